#include "services/capture_agent/event_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

#include "services/capture_agent/failure.h"

namespace echo {

namespace {

std::int64_t nanoseconds(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (character == '"' || character == '\\') {
      out += '\\';
      out += character;
    } else if (byte < 0x20 || byte > 0x7e) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
    } else {
      out += character;
    }
  }
  return out + '"';
}

EventWriter::EventWriter(const std::string& destination) {
  if (destination == "-") {
    fd_ = STDERR_FILENO;
    return;
  }
  file_ = UniqueFd(::open(destination.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file_) throw Failure("create " + destination, errno);
  fd_ = file_.get();
}

void EventWriter::write(std::string_view event, const std::string& members) {
  if (fd_ < 0) return;
  const auto line =
      fmt::format("{{\"v\":1,\"event\":\"{}\",\"mono_ns\":{},\"wall_ns\":{}{}{}}}\n", event,
                  nanoseconds(CLOCK_MONOTONIC), nanoseconds(CLOCK_REALTIME), members.empty() ? "" : ",", members);
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    // Nobody reads our events any more: the capture itself is worth finishing all the same.
    if (written < 0) return;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace echo
