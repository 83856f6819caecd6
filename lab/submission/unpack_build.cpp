#include <fmt/format.h>

#include "lab/base/diagnostic.h"
#include "lab/base/text.h"
#include "lab/submission/archive_reader.h"
#include "lab/submission/clean_tree.h"
#include "lab/submission/intake.h"
#include "lab/submission/program.h"

namespace echolab::submission {

namespace {

[[noreturn]] void refuse(std::string message) {
  throw InvalidInput(
      "the archive of the build", "",
      {{{0, 0, 0}, std::move(message), "a build leaves regular files and folders, as many as may be handed in"}});
}

void unpack(const std::string& tar, CleanTree& tree, const IntakeLimits& limits) {
  constexpr std::uint64_t any_ratio = std::uint64_t{1} << 32;  // it is not compressed
  ArchiveReader reader(tar, ArchiveReader::Format::tar, {limits.all_bytes, limits.files * 10, any_ratio});
  for (ArchiveEntry entry; reader.next(entry);) {
    if (entry.kind == ArchiveEntry::Kind::folder) continue;
    const std::string shown = cut_to_width(escape_for_terminal(entry.name), 80);
    const EntryName name = clean_name(entry.name, {limits.depth, limits.name_bytes});
    std::string reason = !entry.refusal.empty() ? entry.refusal : name.reason;
    if (reason.empty() && name.path.empty()) reason = "it has no name";
    if (reason.empty()) reason = tree.add_file(name.path, entry.executable, [&] { return reader.read(); });
    if (!reason.empty()) refuse(fmt::format("{}: {}", shown, reason));
  }
}

}  // namespace

void unpack_build(const std::string& tar, const std::filesystem::path& folder) {
  const IntakeLimits limits;
  CleanTree tree(folder, {{limits.depth, limits.name_bytes}, limits.file_bytes, limits.all_bytes, limits.files});
  try {
    unpack(tar, tree, limits);
  } catch (const ArchiveError& error) {
    refuse(error.what());
  } catch (const TooMuch& error) {
    refuse(fmt::format("it has {}", error.what()));
  }
}

}  // namespace echolab::submission
