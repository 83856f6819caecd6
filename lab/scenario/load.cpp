#include "lab/scenario/load.h"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

#include "lab/base/diagnostic.h"
#include "lab/base/file.h"
#include "lab/base/text.h"
#include "lab/scenario/build_scenario.h"
#include "lab/scenario/check_format.h"
#include "lab/scenario/mistakes.h"
#include "lab/scenario/source_text.h"
#include "lab/scenario/yaml_tree.h"

namespace echolab::scenario {

Scenario load_file(const std::filesystem::path& file) {
  // Read one byte more than is allowed would do, but a friendly message needs the size, and no one should wait for
  // 100 MB to be read only to hear that it is too much.
  std::error_code error;
  const auto bytes = std::filesystem::file_size(file, error);
  if (!error && bytes > max_file_bytes + 3) {  // 3: a byte order mark
    throw InvalidInput(file.string(), "",
                       {{{},
                         fmt::format("the file has {} bytes; a scenario has at most {} (256 KiB)",
                                     with_thousands(bytes), with_thousands(max_file_bytes)),
                         ""}});
  }
  return load_text(file.string(), read_file(file, max_file_bytes + 3));
}

Scenario load_text(const std::string& file, const std::string& source) {
  const SourceText text(source);
  const auto fail_if_any = [&](std::vector<Diagnostic> diagnostics) {
    if (!diagnostics.empty()) throw InvalidInput(file, text.text(), std::move(diagnostics));
  };
  fail_if_any(find_bad_bytes(text));

  YamlResult yaml = parse_yaml(text);
  if (!yaml.whole) fail_if_any(std::move(yaml.mistakes));
  Mistakes mistakes(text);
  mistakes.add(std::move(yaml.mistakes));
  if (yaml.root.is(Node::Kind::map)) {
    check_format(yaml.root, mistakes);
    Scenario scenario = build_scenario(yaml.root, std::filesystem::path(file).parent_path(), mistakes);
    fail_if_any(mistakes.take());
    scenario.file = file;
    scenario.source = source;
    return scenario;
  }
  if (yaml.root.is(Node::Kind::null)) {
    mistakes.at(yaml.root, "the file holds no scenario",
                "begin with 'echolab: 1', then 'name:', 'servers:', 'clients:'");
  } else {
    mistakes.at(yaml.root,
                fmt::format("a scenario is a map (key: value), not a {}",
                            yaml.root.is(Node::Kind::list) ? "list" : "single value"),
                "begin with 'echolab: 1', then 'name:', 'servers:', 'clients:'");
  }
  fail_if_any(mistakes.take());
  throw std::logic_error("a root that is no map was accepted");
}

}  // namespace echolab::scenario
