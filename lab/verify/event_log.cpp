#include "lab/verify/event_log.h"

#include <charconv>

namespace echolab::verify {

namespace {

// Reads one flat JSON object left to right. After a mistake every read fails, and done() says so once.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool failed() const { return failed_; }
  bool at_end() {
    skip_space();
    return !failed_ && text_.empty();
  }
  bool accept(char c) {
    if (!next_is(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!accept(c)) failed_ = true;
  }
  bool next_is(char c) {
    skip_space();
    return !failed_ && !text_.empty() && text_.front() == c;
  }
  std::string_view string() {
    expect('"');
    if (failed_) return {};
    for (std::size_t i = 0; i < text_.size(); ++i) {
      if (text_[i] == '\\') {
        ++i;
      } else if (text_[i] == '"') {
        const std::string_view value = text_.substr(0, i);
        text_.remove_prefix(i + 1);
        return value;
      }
    }
    failed_ = true;
    return {};
  }
  // A number, true, false, null, or a list of strings and such: kept as written. Objects are not ours.
  std::string_view bare() {
    if (accept('[')) return list();
    std::size_t i = 0;
    while (i < text_.size() && is_bare(text_[i])) ++i;
    if (i == 0) failed_ = true;
    if (failed_) return {};
    const std::string_view value = text_.substr(0, i);
    text_.remove_prefix(i);
    return value;
  }

 private:
  static bool is_bare(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '+' || c == '.' || c == 'E';
  }
  std::string_view list() {
    if (accept(']')) return "[]";
    do {
      if (next_is('"')) {
        string();
      } else if (!text_.empty() && is_bare(text_.front())) {
        bare();
      } else {
        failed_ = true;  // a nested list too: nothing of ours is nested
      }
    } while (!failed_ && accept(','));
    expect(']');
    return "[]";
  }
  void skip_space() {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\t' || text_.front() == '\r')) {
      text_.remove_prefix(1);
    }
  }

  std::string_view text_;
  bool failed_ = false;
};

}  // namespace

bool EventLine::parse(std::string_view line) {
  size_ = 0;
  event_ = {};
  Scanner scanner(line);
  scanner.expect('{');
  do {
    Field field;
    field.key = scanner.string();
    scanner.expect(':');
    field.is_text = scanner.next_is('"');
    field.value = field.is_text ? scanner.string() : scanner.bare();
    if (scanner.failed()) return false;
    if (size_ < fields_.size()) fields_[size_++] = field;  // no event of ours has as many keys
  } while (scanner.accept(','));
  scanner.expect('}');
  if (!scanner.at_end() || fields_[0].key != "v" || number("v") != 1) return false;
  event_ = text("event").value_or("");
  return !event_.empty();
}

const EventLine::Field* EventLine::find(std::string_view key) const {
  for (std::size_t i = 0; i < size_; ++i) {
    if (fields_[i].key == key) return &fields_[i];
  }
  return nullptr;
}

std::optional<std::string_view> EventLine::text(std::string_view key) const {
  const Field* field = find(key);
  if (field == nullptr || !field->is_text) return std::nullopt;
  return field->value;
}

std::optional<std::uint64_t> EventLine::number(std::string_view key) const {
  const Field* field = find(key);
  if (field == nullptr || field->is_text) return std::nullopt;
  std::uint64_t value = 0;
  const char* end = field->value.data() + field->value.size();
  const auto [stop, error] = std::from_chars(field->value.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> EventLine::hash() const {
  const auto digits = text("hash");
  if (!digits || digits->size() != 16) return std::nullopt;
  std::uint64_t value = 0;
  const char* end = digits->data() + digits->size();
  const auto [stop, error] = std::from_chars(digits->data(), end, value, 16);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

EventLog::EventLog(const std::filesystem::path& file) : lines_(file, longest_line) {}

bool EventLog::next(EventLine& line) {
  while (lines_.next()) {
    if (!lines_.too_long() && line.parse(lines_.line())) return true;
    ++skipped_;
  }
  return false;
}

}  // namespace echolab::verify
