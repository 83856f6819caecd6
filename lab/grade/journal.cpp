#include "lab/grade/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>
#include <zlib.h>

#include <optional>

#include "lab/base/error.h"
#include "lab/base/json.h"

namespace echolab::grade {

namespace {

constexpr std::size_t checksum_digits = 8;
constexpr std::size_t most_bytes = 64u << 20;

std::string checksum_of(std::string_view record) {
  const auto sum = ::crc32(0, reinterpret_cast<const Bytef*>(record.data()), static_cast<uInt>(record.size()));
  return fmt::format("{:08x}", sum);
}

// The record of a whole line; nothing when it is not what was written.
std::optional<nlohmann::json> record_in(std::string_view line) {
  if (line.size() < checksum_digits + 2 || line[checksum_digits] != ' ') return {};
  const std::string_view record = line.substr(checksum_digits + 1);
  if (checksum_of(record) != line.substr(0, checksum_digits)) return {};
  auto json = nlohmann::json::parse(record, nullptr, false);
  if (!json.is_object()) return {};
  return json;
}

}  // namespace

Journal::Journal(const std::filesystem::path& file) : file_(file) {
  fd_ = UniqueFd(::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!fd_) throw EnvironmentError("open " + file.string(), errno_text(errno), "");
  if (::flock(fd_.get(), LOCK_EX | LOCK_NB) != 0) {
    throw EnvironmentError("grade into " + file.parent_path().string(), "another echolab is at work on it",
                           "wait for it to end, or take another --out");
  }
  read(read_file(file, most_bytes));
}

void Journal::read(const std::string& content) {
  std::size_t from = 0;
  while (from < content.size()) {
    const std::size_t end = content.find('\n', from);
    if (end == std::string::npos) break;
    const std::string_view line(content.data() + from, end - from);
    from = end + 1;
    const auto record = record_in(line);
    const std::string student = record ? record->value("student", "") : "";
    if (student.empty()) {
      ++damaged_;
      continue;
    }
    JournalState& state = students_[student];
    state.attempts = std::max(state.attempts, record->value("attempt", 0));
    state.digest = record->value("result", state.digest);
  }
  if (from == content.size()) return;
  ++damaged_;  // the torn last line: what follows must begin on a line of its own
  if (::ftruncate(fd_.get(), static_cast<off_t>(from)) != 0) {
    throw EnvironmentError("mend " + file_.string(), errno_text(errno), "");
  }
}

void Journal::started(const std::string& student, int attempt) {
  append(nlohmann::ordered_json{{"event", "started"}, {"student", student}, {"attempt", attempt}}.dump());
  JournalState& state = students_[student];
  state.attempts = attempt;
}

void Journal::finished(const std::string& student, const std::string& digest) {
  append(nlohmann::ordered_json{{"event", "finished"}, {"student", student}, {"result", digest}}.dump());
  students_[student].digest = digest;
}

void Journal::append(const std::string& record) {
  write_all(fd_.get(), checksum_of(record) + ' ' + record + '\n', file_);
  if (::fdatasync(fd_.get()) != 0) throw EnvironmentError("sync " + file_.string(), errno_text(errno), "");
}

}  // namespace echolab::grade
