#include "lab/submission/gathering.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "lab/base/beneath.h"
#include "lab/base/error.h"
#include "lab/base/hash.h"
#include "lab/base/text.h"
#include "lab/base/unicode.h"
#include "lab/submission/content_digest.h"

namespace echolab::submission {

namespace {

TreeLimits tree_limits(const IntakeLimits& limits) {
  return {{limits.depth, limits.name_bytes}, limits.file_bytes, limits.all_bytes, limits.files};
}

std::string_view refusal_of(FileKind kind) {
  switch (kind) {
    case FileKind::symbolic_link:
      return "a symbolic link";
    case FileKind::fifo:
      return "a FIFO";
    case FileKind::socket:
      return "a socket";
    case FileKind::device:
      return "a device";
    case FileKind::none:
      return "it went away";
    case FileKind::regular:
    case FileKind::folder:
      break;
  }
  return {};
}

}  // namespace

ReadPiece pieces_of(int fd) {
  const auto buffer = std::make_shared<std::string>(std::size_t{64} << 10, '\0');
  return [fd, buffer]() -> std::string_view {
    for (;;) {
      const ssize_t got = ::read(fd, buffer->data(), buffer->size());
      if (got >= 0) return std::string_view(*buffer).substr(0, static_cast<std::size_t>(got));
      if (errno != EINTR) throw EntryReadError(errno_text(errno));
    }
  };
}

std::string hand_in_extension(std::string_view name, std::string_view id) {
  if (!name.starts_with(id)) return {};
  const std::string extension = fold_case(name.substr(id.size()));
  return extension == ".pcapng" || extension == ".pcap" || extension == ".png" ? extension : std::string();
}

Gathering::Gathering(Intake& intake, std::string id, std::filesystem::path destination, const IntakeLimits& limits)
    : intake_(intake), id_(std::move(id)), destination_(std::move(destination)), limits_(limits) {
  create_folders(destination_);
  folder_ = open_folder(destination_);
  if (!list_folder(folder_.get(), 0, destination_)) {
    throw EnvironmentError("take a submission into " + destination_.string(), "the folder is not empty",
                           "choose another one");
  }
}

void Gathering::reject(std::string name, std::string reason) {
  if (too_many_rejected_to_tell()) {
    ++untold_;
  } else {
    intake_.rejected.push_back({std::move(name), std::move(reason)});
  }
}

void Gathering::count_entry() {
  if (++entries_ > limits_.files * entries_per_file) {
    throw TooMuch(fmt::format("more than {} entries", with_thousands(limits_.files * entries_per_file)));
  }
}

void Gathering::add_file(const std::string& name, bool executable, const ReadPiece& read) {
  const EntryName clean = clean_name(name, tree_limits(limits_).names);
  if (!clean.reason.empty()) return reject(name, clean.reason);
  if (clean.path.empty()) return reject(name, "it has no name");
  if (is_junk(clean.path)) return;
  if (std::count(clean.path.begin(), clean.path.end(), '/') <= 1) {
    const std::string extension = hand_in_extension(clean.path.substr(clean.path.rfind('/') + 1), id_);
    if (!extension.empty()) return add_hand_in(name, extension != ".png", extension, read);
  }
  if (!tree_) tree_ = std::make_unique<CleanTree>(destination_ / "program", tree_limits(limits_));
  if (std::string reason = tree_->add_file(clean.path, executable, read); !reason.empty()) {
    reject(name, std::move(reason));
  }
}

void Gathering::add_hand_in(const std::string& name, bool capture, const std::string& extension,
                            const ReadPiece& read) {
  std::optional<std::filesystem::path>& kept = capture ? intake_.capture : intake_.picture;
  if (kept) return reject(name, fmt::format("{} was taken already", kept->filename().string()));
  const std::string file = id_ + extension;
  if (!copy_new_file(folder_.get(), file, false, limits_.hand_in_bytes, read)) {
    return reject(name, fmt::format("larger than {}", humanize_bytes(limits_.hand_in_bytes)));
  }
  kept = destination_ / file;
}

void Gathering::walk(int folder, const std::string& prefix, const std::filesystem::path& name_for_errors) {
  const auto names = list_folder(folder, limits_.files * entries_per_file, name_for_errors);
  if (!names) throw TooMuch(fmt::format("more than {} entries", with_thousands(limits_.files * entries_per_file)));
  for (const std::string& name : *names) {
    count_entry();
    if (is_junk(name)) continue;
    const std::string path = prefix + name;
    const FileKind kind = look_beneath(folder, name).kind;
    if (kind == FileKind::folder) {
      walk_below(folder, name, path, name_for_errors);
    } else if (kind == FileKind::regular) {
      add_found_file(folder, name, path);
    } else {
      reject(path, std::string(refusal_of(kind)));
    }
  }
}

void Gathering::walk_below(int folder, const std::string& name, const std::string& path,
                           const std::filesystem::path& name_for_errors) {
  // Judged before its files: the limit of depth is what bounds the recursion.
  const EntryName clean = clean_name(path + "/x", tree_limits(limits_).names);
  if (!clean.reason.empty()) return reject(path, clean.reason);
  const Opened below = open_beneath(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!below.fd) return reject(path, errno_text(below.error));
  walk(below.fd.get(), path + "/", name_for_errors / name);
}

void Gathering::add_found_file(int folder, const std::string& name, const std::string& path) {
  // It may be another thing by now: the flags, and fstat() on what was really opened, decide.
  const Opened file = open_beneath(folder, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
  if (!file.fd) return reject(path, errno_text(file.error));
  struct stat status {};
  if (::fstat(file.fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return reject(path, "it changed while it was read");
  }
  if (status.st_nlink > 1) return reject(path, "a hard link: the file has another name somewhere");
  try {
    add_file(path, (status.st_mode & 0111) != 0, pieces_of(file.fd.get()));
  } catch (const EntryReadError& error) {
    reject(path, error.what());
  }
}

void Gathering::add_archive(int fd, ArchiveReader::Format format) {
  const std::uint64_t most = limits_.all_bytes + 2 * limits_.hand_in_bytes;
  ArchiveReader reader(fd, format, {most, limits_.files * entries_per_file});
  for (ArchiveEntry entry; reader.next(entry);) {
    if (entry.kind == ArchiveEntry::Kind::folder) continue;  // made when a file is in it
    if (entry.kind == ArchiveEntry::Kind::other) {
      if (!is_junk(entry.name)) reject(entry.name, entry.refusal);
    } else {
      add_file(entry.name, entry.executable, [&] { return reader.read(); });
    }
  }
}

bool Gathering::finish_program(bool wrapped) {
  if (!tree_ || tree_->files() == 0) {
    drop_program();
    return false;
  }
  if (wrapped) {
    tree_->strip_wrapping_folder([](std::string_view name) { return name == "server" || name == "client"; });
  }
  tree_.reset();
  intake_.program = destination_ / "program";
  return true;
}

void Gathering::drop_program() {
  tree_.reset();
  std::error_code error;
  std::filesystem::remove_all(destination_ / "program", error);
  if (error) throw EnvironmentError("remove " + (destination_ / "program").string(), error.message(), "");
}

void Gathering::finish() {
  if (untold_ > 0)
    intake_.rejected.push_back({"", fmt::format("and {}", counted(untold_, "more entry", "more entries"))});
  Sha256 digest;
  bool any = false;
  const auto add = [&](std::string_view what, const std::string& sha256) {
    digest.update(fmt::format("{} {}\n", what, sha256));
    any = true;
  };
  if (!intake_.program.empty()) add("program", content_digest(intake_.program));
  if (intake_.capture) add(intake_.capture->extension().string(), sha256_hex_of_file(*intake_.capture));
  if (intake_.picture) add(intake_.picture->extension().string(), sha256_hex_of_file(*intake_.picture));
  if (any) intake_.sha256 = digest.hex();
}

}  // namespace echolab::submission
