#include "lab/copies/source_tokens.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace echolab::copies {

namespace {

constexpr std::array<std::string_view, 24> brace_extensions{
    ".c",   ".cc", ".cpp", ".cs",  ".cxx", ".go", ".h",     ".hh",    ".hpp", ".hxx", ".java", ".js",
    ".jsx", ".kt", ".kts", ".mjs", ".php", ".rs", ".scala", ".swift", ".ts",  ".tsx", ".cjs",  ".dart"};
constexpr std::array<std::string_view, 5> hash_extensions{".py", ".pyw", ".rb", ".sh", ".bash"};

// What gives a program its shape in any of the languages; everything else that looks like one is a name.
constexpr std::array<std::string_view, 58> keywords{
    "and",    "as",     "assert",   "async", "await",   "bool",    "break",  "case",   "catch",  "char",
    "class",  "const",  "continue", "def",   "default", "defer",   "del",    "do",     "elif",   "else",
    "enum",   "except", "false",    "False", "final",   "finally", "float",  "fn",     "for",    "func",
    "go",     "goto",   "if",       "in",    "int",     "is",      "lambda", "long",   "loop",   "match",
    "new",    "None",   "not",      "null",  "nullptr", "or",      "return", "select", "static", "struct",
    "switch", "throw",  "true",     "True",  "try",     "void",    "while",  "with"};
constexpr std::array<std::string_view, 7> importing{"import", "from", "package", "using", "use", "#include", "require"};

constexpr std::uint32_t name_kind = 1, number_kind = 2, string_kind = 3, first_text_kind = 16;

template <std::size_t Size>
bool contains(const std::array<std::string_view, Size>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
// Bytes above ASCII: names may be Korean.
bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || is_digit(c) ||
         static_cast<unsigned char>(c) >= 0x80;
}

class Scanner {
 public:
  Scanner(std::string_view source, Syntax syntax, std::size_t limit)
      : source_(source), syntax_(syntax), limit_(limit) {}

  SourceTokens scan() {
    std::string text;
    if (source_.starts_with("\xef\xbb\xbf")) at_ = 3;  // byte order mark
    while (at_ < source_.size() && result_.tokens.size() < limit_) {
      const std::size_t begin = at_;
      const std::uint32_t line = line_;
      const std::uint32_t kind = next();
      if (kind == 0) continue;
      result_.tokens.push_back({kind, line});
      text.append(source_.substr(begin, at_ - begin));
      result_.text_size += at_ - begin;
      text += '\0';
    }
    result_.text = XXH3_64bits(text.data(), text.size());
    return std::move(result_);
  }

 private:
  bool looking_at(std::string_view word) const { return source_.substr(at_).starts_with(word); }

  void skip_line() { at_ = std::min(source_.find('\n', at_), source_.size()); }

  // Moves behind `end`, counting lines; to the end of the text when there is none.
  void skip_behind(std::string_view end) {
    const std::size_t found = source_.find(end, at_);
    const std::size_t stop = found == std::string_view::npos ? source_.size() : found + end.size();
    line_ += static_cast<std::uint32_t>(std::ranges::count(source_.substr(at_, stop - at_), '\n'));
    at_ = stop;
  }

  // The kind of what stands here, 0 when it is nothing to compare; moves on by at least one character.
  std::uint32_t next() {
    const char c = source_[at_];
    if (c == '\n') {
      ++at_;
      ++line_;
      begins_line_ = true;
      return 0;
    }
    if (is_space(c)) {
      ++at_;
      return 0;
    }
    const bool begins_line = std::exchange(begins_line_, false);
    if (begins_line && imports()) return skip_line(), 0;
    if (syntax_ == Syntax::hashes && c == '#') return skip_line(), 0;
    if (syntax_ == Syntax::braces && looking_at("//")) return skip_line(), 0;
    if (syntax_ == Syntax::braces && looking_at("/*")) {
      at_ += 2;
      skip_behind("*/");
      return 0;
    }
    for (const std::string_view quotes : {"\"\"\"", "'''"}) {
      if (syntax_ != Syntax::hashes || !looking_at(quotes)) continue;
      at_ += 3;
      skip_behind(quotes);
      return 0;
    }
    if (c == '"' || c == '\'' || c == '`') return quoted(c), string_kind;
    if (is_digit(c)) {
      while (at_ < source_.size() && (is_name(source_[at_]) || source_[at_] == '.')) ++at_;
      return number_kind;
    }
    if (is_name(c)) return word();
    ++at_;
    return c == ';' ? 0 : first_text_kind + static_cast<unsigned char>(c);  // some write it where others need not
  }

  std::uint32_t word() {
    const std::size_t begin = at_;
    while (at_ < source_.size() && is_name(source_[at_])) ++at_;
    const std::string_view text = source_.substr(begin, at_ - begin);
    const auto keyword = std::ranges::find(keywords, text);
    if (keyword == keywords.end()) return name_kind;
    return first_text_kind + 256 + static_cast<std::uint32_t>(keyword - keywords.begin());
  }

  bool imports() const {
    std::size_t end = at_ + (source_[at_] == '#' ? 1 : 0);
    while (end < source_.size() && is_name(source_[end])) ++end;
    return contains(importing, source_.substr(at_, end - at_));
  }

  // Ends with its line when the closing quote is missing, but for `…`, which may have many lines.
  void quoted(char quote) {
    ++at_;
    while (at_ < source_.size() && source_[at_] != quote) {
      if (source_[at_] == '\n') {
        if (quote != '`') return;
        ++line_;
      }
      if (source_[at_] == '\\' && at_ + 1 < source_.size() && source_[at_ + 1] != '\n') ++at_;
      ++at_;
    }
    if (at_ < source_.size()) ++at_;
  }

  std::string_view source_;
  Syntax syntax_;
  std::size_t limit_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  bool begins_line_ = true;
  SourceTokens result_;
};

}  // namespace

std::optional<Syntax> syntax_of(const std::filesystem::path& file) {
  std::string extension = file.extension().string();
  for (char& c : extension) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (contains(brace_extensions, extension)) return Syntax::braces;
  if (contains(hash_extensions, extension)) return Syntax::hashes;
  return std::nullopt;
}

SourceTokens tokenize(std::string_view source, Syntax syntax, std::size_t limit) {
  return Scanner(source, syntax, limit).scan();
}

}  // namespace echolab::copies
