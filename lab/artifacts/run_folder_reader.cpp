#include "lab/artifacts/records.h"
#include "lab/artifacts/run_folder.h"
#include "lab/base/error.h"
#include "lab/base/hash.h"
#include "lab/plan/make_plan.h"

namespace echolab::artifacts {

namespace {

constexpr std::size_t largest_document = 64u << 20;  // plan.json of 100,000 clients stays below

// Files whose size or digest is not what the manifest says, and files that are gone.
std::vector<std::string> damaged_files(const std::filesystem::path& folder, const Manifest& manifest) {
  std::vector<std::string> damaged;
  for (const ManifestEntry& entry : manifest.files) {
    const std::filesystem::path file = folder / entry.path;
    const auto status = std::filesystem::symlink_status(file);
    if (!std::filesystem::is_regular_file(status) || std::filesystem::file_size(file) != entry.size ||
        sha256_hex_of_file(file) != entry.sha256) {
      damaged.push_back(entry.path);
    }
  }
  return damaged;
}

}  // namespace

RunFolder read_run_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(folder / "plan.json", error)) {
    throw EnvironmentError("read run folder " + folder.string(), "it has no plan.json",
                           "name the folder that `echolab run` printed at its end");
  }
  RunFolder run;
  run.folder = folder;
  run.plan = plan::from_json(read_file(folder / "plan.json", largest_document));
  if (std::filesystem::is_regular_file(folder / "engine.json", error)) {
    run.engine = engine_record_from_json(read_file(folder / "engine.json", largest_document), folder / "engine.json");
  } else {
    run.engine.problems.push_back("the run was ended before its engine could write down what happened");
  }
  if (std::filesystem::is_regular_file(folder / "manifest.json", error)) {
    const std::filesystem::path file = folder / "manifest.json";
    const Manifest manifest = manifest_from_json(read_file(file, largest_document), file);
    run.finished = manifest.complete;
    run.damaged = damaged_files(folder, manifest);
  }
  return run;
}

std::filesystem::path RunFolder::node_file(const std::string& node, std::string_view file) const {
  return folder / "nodes" / node / file;
}

NodeExit RunFolder::node_exit(const std::string& node) const {
  const std::filesystem::path file = node_file(node, "exit.json");
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) return {};
  return node_exit_from_json(read_file(file, 1u << 20), file);
}

}  // namespace echolab::artifacts
