#include "lab/submission/intake.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>

#include "lab/base/beneath.h"
#include "lab/base/error.h"
#include "lab/base/unicode.h"
#include "lab/submission/gathering.h"

namespace echolab::submission {

namespace {

// Above any class with all its files, and little memory.
constexpr std::size_t most_entries = 100'000;
constexpr std::array<std::string_view, 5> program_endings{"", ".zip", ".tar", ".tar.gz", ".tgz"};
constexpr std::array<std::string_view, 3> hand_in_endings{".pcapng", ".pcap", ".png"};

std::vector<std::string> entries_of(int folder, const std::filesystem::path& submissions) {
  auto names = list_folder(folder, most_entries, submissions);
  if (!names) {
    throw EnvironmentError("list " + submissions.string(), fmt::format("it has more than {} entries", most_entries),
                           "name the folder that holds the submissions and nothing else");
  }
  return std::move(*names);
}

// The entry of that name: with its ending in any case, Windows writes .ZIP, but as given when there are both.
std::string find_entry(const std::vector<std::string>& names, const std::string& id, std::string_view ending) {
  const std::string exact = id + std::string(ending);
  if (std::binary_search(names.begin(), names.end(), exact)) return exact;
  const auto found = std::find_if(names.begin(), names.end(), [&](const std::string& name) {
    return name.starts_with(id) && fold_case(std::string_view(name).substr(id.size())) == ending;
  });
  return found != names.end() ? *found : std::string();
}

struct Source {
  UniqueFd fd;
  std::string refusal;
};

Source open_source(int folder, const std::string& name, bool is_folder) {
  const FileKind kind = look_beneath(folder, name).kind;
  if (kind == FileKind::symbolic_link) return {UniqueFd(), "a symbolic link"};
  if (kind != (is_folder ? FileKind::folder : FileKind::regular)) {
    return {UniqueFd(), is_folder ? "not a folder" : "not a regular file"};
  }
  Opened opened = open_beneath(folder, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | (is_folder ? O_DIRECTORY : O_NOCTTY));
  if (!opened.fd) return {UniqueFd(), errno_text(opened.error)};
  struct stat status {};
  if (::fstat(opened.fd.get(), &status) != 0) return {UniqueFd(), errno_text(errno)};
  if (is_folder) return {std::move(opened.fd), {}};
  if (!S_ISREG(status.st_mode)) return {UniqueFd(), "not a regular file"};
  if (status.st_nlink > 1) return {UniqueFd(), "a hard link: the file has another name somewhere"};
  return {std::move(opened.fd), {}};
}

struct Magic {
  std::string_view bytes, name;
};

// By the first bytes: names lie, and Korean archivers write formats of their own.
ArchiveReader::Format format_of(int fd) {
  char start[8] = {};
  const ssize_t got = ::pread(fd, static_cast<char*>(start), sizeof start, 0);
  const std::string_view head(static_cast<const char*>(start), got > 0 ? static_cast<std::size_t>(got) : 0);
  if (head.empty()) throw ArchiveError("its archive is empty");
  if (head.starts_with("PK")) return ArchiveReader::Format::zip;
  constexpr std::array<Magic, 6> others{{{"Rar!", "RAR"},
                                         {"7z\xbc\xaf\x27\x1c", "7z"},
                                         {"ALZ\x01", "ALZ"},
                                         {"EGGA", "EGG"},
                                         {"BZh", "bzip2"},
                                         {std::string_view("\xfd"
                                                           "7zXZ",
                                                           5),
                                          "xz"}}};
  for (const Magic& other : others) {
    if (head.starts_with(other.bytes)) {
      throw ArchiveError(fmt::format("its archive is of format {}: only zip, tar and tar.gz are read", other.name));
    }
  }
  return ArchiveReader::Format::tar;
}

class Submission {
 public:
  Submission(Intake& intake, const std::filesystem::path& submissions, const marks::Student& student,
             const std::filesystem::path& destination, const IntakeLimits& limits)
      : intake_(intake),
        id_(student.id),
        submissions_(submissions),
        folder_(open_folder(submissions)),
        names_(entries_of(folder_.get(), submissions)),
        gathering_(intake, student.id, destination, limits) {}

  void take() {
    take_hand_ins();
    take_program();
    gathering_.finish();
  }

 private:
  void take_hand_ins() {
    for (const std::string_view ending : hand_in_endings) {
      const std::string name = find_entry(names_, id_, ending);
      if (name.empty()) continue;
      found_ = true;
      const Source source = open_source(folder_.get(), name, false);
      if (!source.refusal.empty()) {
        gathering_.reject(name, source.refusal);
        refused_ = fmt::format("{} is {}", name, source.refusal);
        continue;
      }
      try {
        gathering_.add_hand_in(name, ending != ".png", std::string(ending), pieces_of(source.fd.get()));
      } catch (const EntryReadError& error) {
        gathering_.reject(name, error.what());
      }
    }
  }

  void take_program() {
    std::string chosen;
    std::string_view chosen_ending;
    for (const std::string_view ending : program_endings) {
      const std::string name = find_entry(names_, id_, ending);
      if (name.empty()) continue;
      if (chosen.empty()) {
        chosen = name;
        chosen_ending = ending;
      } else {
        gathering_.reject(name, fmt::format("not read: {} is there too", chosen));
      }
    }
    if (chosen.empty()) return without_program();
    const bool is_folder = chosen_ending.empty();
    const Source source = open_source(folder_.get(), chosen, is_folder);
    if (!source.refusal.empty()) return unreadable(fmt::format("{} is {}", chosen, source.refusal));
    try {
      if (is_folder) {
        gathering_.add_folder(source.fd.get(), submissions_ / chosen);
      } else {
        gathering_.add_archive(source.fd.get(), format_of(source.fd.get()));
      }
    } catch (const ArchiveError& error) {
      return unreadable(fmt::format("{}: {}", chosen, error.what()));
    } catch (const TooMuch& error) {
      return unreadable(fmt::format("{} has {}", chosen, error.what()));
    }
    if (gathering_.finish_program(!is_folder) || intake_.capture || intake_.picture) {
      intake_.state = Intake::State::taken;
    } else {
      intake_.state = Intake::State::empty;
      intake_.reason = intake_.rejected.empty() ? fmt::format("{} holds no file", chosen)
                                                : fmt::format("{} holds no file that can be taken: the first is {}",
                                                              chosen, intake_.rejected.front().reason);
    }
  }

  void without_program() {
    if (intake_.capture || intake_.picture) {
      intake_.state = Intake::State::taken;
    } else if (found_) {
      intake_.state = Intake::State::unreadable;
      intake_.reason = refused_.empty() ? "the files that were handed in can't be read" : refused_;
    } else {
      intake_.reason = fmt::format("there is no {0}/, {0}.zip, {0}.tar.gz, {0}.pcapng or {0}.png", id_);
    }
  }

  void unreadable(std::string reason) {
    gathering_.drop_program();
    intake_.state = Intake::State::unreadable;
    intake_.reason = std::move(reason);
  }

  Intake& intake_;
  std::string id_;
  std::filesystem::path submissions_;
  UniqueFd folder_;
  std::vector<std::string> names_;
  Gathering gathering_;
  bool found_ = false;   // a hand-in, whatever it is
  std::string refused_;  // why one of them was not taken
};

}  // namespace

Intake take_in(const std::filesystem::path& submissions, const marks::Student& student,
               const std::filesystem::path& destination, const IntakeLimits& limits) {
  Intake intake;
  Submission(intake, submissions, student, destination, limits).take();
  return intake;
}

std::vector<std::string> unclaimed(const std::filesystem::path& submissions,
                                   const std::vector<marks::Student>& students) {
  const UniqueFd folder = open_folder(submissions);
  std::vector<std::string> names = entries_of(folder.get(), submissions);
  std::set<std::string> claimed;
  for (const marks::Student& student : students) {
    for (const std::string_view ending : program_endings) claimed.insert(student.id + std::string(ending));
    for (const std::string_view ending : hand_in_endings) claimed.insert(student.id + std::string(ending));
  }
  // The id as it is, the ending in any case: as find_entry does.
  const auto is_claimed = [&](const std::string& name) {
    if (claimed.contains(name)) return true;
    for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
      if (claimed.contains(name.substr(0, dot) + fold_case(std::string_view(name).substr(dot)))) return true;
    }
    return false;
  };
  std::erase_if(names,
                [&](const std::string& name) { return name.starts_with('.') || is_junk(name) || is_claimed(name); });
  return names;
}

}  // namespace echolab::submission
