#include "lab/copies/text_print.h"

#include <algorithm>
#include <stdexcept>

#include "lab/base/file.h"
#include "lab/base/text.h"

namespace echolab::copies {

namespace {

constexpr std::size_t max_files = 200, max_tokens = 50'000, max_entries = 10'000;
constexpr std::size_t max_file_bytes = std::size_t{1} << 20;  // what is larger was made by a program

// Relative names of the source files, sorted.
std::vector<std::filesystem::path> source_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> names;
  std::size_t entries = 0;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (++entries > max_entries) break;
    std::error_code ignored;
    if (entry->symlink_status(ignored).type() != std::filesystem::file_type::regular) continue;
    if (syntax_of(entry->path())) names.push_back(entry->path().lexically_relative(folder));
  }
  std::ranges::sort(names);
  if (names.size() > max_files) names.resize(max_files);
  return names;
}

// Rolling: the digest of the next gram follows from the last one's in constant time. Multiplication by an odd number,
// and a finish that spreads it over all bits.
class GramDigest {
 public:
  explicit GramDigest(const std::vector<Token>& tokens) : tokens_(tokens) {
    for (std::size_t i = 0; i + 1 < gram_length; ++i) {
      value_ = value_ * factor + tokens_[i].kind;
      highest_ *= factor;
    }
  }
  std::uint64_t of(std::size_t begin) {  // in order, from 0
    value_ = value_ * factor + tokens_[begin + gram_length - 1].kind;
    const std::uint64_t digest = spread(value_);
    value_ -= highest_ * tokens_[begin].kind;
    return digest;
  }

 private:
  static constexpr std::uint64_t factor = 0x9e3779b97f4a7c15;
  static std::uint64_t spread(std::uint64_t value) {
    value ^= value >> 32;
    value *= 0xd6e8feb86659fd93;
    value ^= value >> 32;
    return value;
  }

  const std::vector<Token>& tokens_;
  std::uint64_t value_ = 0, highest_ = 1;
};

// The smallest digest of each window, of equal ones the last; one that stays the smallest is kept once.
void winnow(const std::vector<Token>& tokens, std::uint32_t file, std::vector<TextMark>& marks) {
  if (tokens.size() < gram_length) return;
  GramDigest digest(tokens);
  std::vector<std::uint64_t> digests(tokens.size() - gram_length + 1);
  for (std::size_t i = 0; i < digests.size(); ++i) digests[i] = digest.of(i);
  std::size_t kept = digests.size();
  for (std::size_t begin = 0; begin == 0 || begin + window <= digests.size(); ++begin) {
    std::size_t least = begin;
    for (std::size_t i = begin; i < std::min(begin + window, digests.size()); ++i) {
      if (digests[i] <= digests[least]) least = i;
    }
    if (least == kept) continue;
    kept = least;
    marks.push_back({digests[least], file, static_cast<std::uint32_t>(least)});
  }
}

}  // namespace

TextPrint print_program(const std::filesystem::path& folder) {
  TextPrint print;
  std::size_t left = max_tokens;
  for (const std::filesystem::path& name : source_files(folder)) {
    if (left == 0) break;
    try {
      const std::string source = read_file(folder / name, max_file_bytes);
      TextFile file{escape_for_terminal(name.generic_string()), tokenize(source, *syntax_of(name), left)};
      left -= file.source.tokens.size();
      winnow(file.source.tokens, static_cast<std::uint32_t>(print.files.size()), print.marks);
      print.files.push_back(std::move(file));
    } catch (const std::exception&) {
      // Too large, or gone: one file less to compare.
    }
  }
  std::ranges::sort(print.marks);
  const auto repeated = std::ranges::unique(print.marks, {}, &TextMark::digest);
  print.marks.erase(repeated.begin(), repeated.end());
  return print;
}

}  // namespace echolab::copies
