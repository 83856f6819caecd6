#include "lab/engine/compose/node_log.h"

#include <unistd.h>

#include <array>
#include <charconv>

#include "lab/base/json.h"

namespace echolab::engine {

namespace {
constexpr std::size_t longest_line = 4096;  // docs/events.md
}

void NodeLog::read_on() {
  if (!folder_) folder_ = EvidenceFolder::open(path_);
  if (!folder_) return;
  if (!address_) {
    const std::string text = folder_->read("address").value_or("");
    // Only with its line end is the line whole.
    if (text.ends_with('\n')) address_ = IpAddress::parse(std::string_view(text).substr(0, text.find_first_of(" \n")));
  }
  // Before the events: when the program has ended, all its events are in the log that is read below.
  if (!exit_text_) exit_text_ = folder_->read("exit");
  if (!events_) events_ = folder_->open_file("events.jsonl");
  if (!events_) return;
  std::array<char, 16 * 1024> buffer{};
  for (ssize_t count = 0; (count = ::read(events_.get(), buffer.data(), buffer.size())) > 0;) {
    for (const char byte : std::string_view(buffer.data(), static_cast<std::size_t>(count))) {
      if (byte == '\n') {
        take_line(partial_);
        partial_.clear();
      } else if (partial_.size() <= longest_line) {
        partial_.push_back(byte);
      }
    }
  }
}

void NodeLog::take_line(std::string_view line) {
  const auto event = nlohmann::json::parse(line, nullptr, false);
  if (!event.is_object()) return;
  const auto name = event.find("event");
  if (name == event.end()) return;
  if (*name == "ready") ready_ = true;
  if (const auto status = event.find("status"); *name == "recv" && status != event.end() && *status == "echo")
    ++echoed_;
}

std::optional<int> NodeLog::exit_code() const {
  if (!exit_text_) return std::nullopt;
  int code = 0;
  const char* const end = exit_text_->data() + exit_text_->size();
  const auto [rest, error] = std::from_chars(exit_text_->data(), end, code);
  if (error != std::errc() || (rest != end && *rest != '\n')) return std::nullopt;
  return code;
}

}  // namespace echolab::engine
