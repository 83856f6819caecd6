#include "lab/copies/shared_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "lab/base/text.h"

namespace echolab::copies {

namespace {

// Shorter texts are alike by themselves: a loop that receives and sends can be written in few ways.
constexpr std::size_t least_text = 400;    // characters of a file without comments and white space
constexpr std::size_t least_marks = 20;    // about 90 tokens that are not everybody's
constexpr std::size_t least_stretch = 80;  // tokens in a row
constexpr double least_share = 0.8;
constexpr std::size_t most_stretches = 5;

// Where two programs have the same fingerprint.
using Places = std::vector<std::pair<TextMark, TextMark>>;

// Which programs have something, by its digest.
using Holders = std::vector<std::pair<std::uint64_t, std::uint32_t>>;

struct Stretch {
  std::size_t tokens = 0, lines = 0;
  std::string where;  // "server.py lines 3-40 = main.py lines 10-47"
};

// All stretches of equal tokens around the fingerprints that two programs share, the longest first.
std::vector<Stretch> stretches_of(const TextPrint& first, const TextPrint& second, const Places& shared) {
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::int64_t>, std::size_t> done_until;
  std::vector<Stretch> stretches;
  for (const auto& [a, b] : shared) {
    const std::vector<Token>& one = first.files[a.file].source.tokens;
    const std::vector<Token>& other = second.files[b.file].source.tokens;
    const auto [done, is_new] =
        done_until.try_emplace({a.file, b.file, std::int64_t{a.position} - std::int64_t{b.position}}, 0);
    if (a.position < done->second) continue;
    std::size_t i = a.position, j = b.position;
    while (i > 0 && j > 0 && one[i - 1].kind == other[j - 1].kind) {
      --i;
      --j;
    }
    std::size_t length = 0;
    while (i + length < one.size() && j + length < other.size() && one[i + length].kind == other[j + length].kind)
      ++length;
    done->second = i + length;
    if (length < gram_length) continue;  // two digests that are equal by chance
    const auto lines = [length](const std::vector<Token>& tokens, std::size_t begin) {
      return std::pair{tokens[begin].line, tokens[begin + length - 1].line};
    };
    const auto [one_begin, one_end] = lines(one, i);
    const auto [other_begin, other_end] = lines(other, j);
    stretches.push_back({length, std::size_t{one_end} - one_begin + 1,
                         fmt::format("{} lines {}-{} = {} lines {}-{}", first.files[a.file].name, one_begin, one_end,
                                     second.files[b.file].name, other_begin, other_end)});
  }
  std::ranges::stable_sort(stretches, std::ranges::greater{}, &Stretch::tokens);
  return stretches;
}

class Programs {
 public:
  explicit Programs(const std::vector<TextPrint>& programs)
      : programs_(programs), most_(std::max<std::size_t>(2, programs.size() / 3)) {
    find_template();
    for (std::size_t i = 0; i < programs_.size(); ++i) {
      for (const TextFile& file : programs_[i].files) {
        if (file.source.text_size >= least_text) texts_.emplace_back(file.source.text, static_cast<std::uint32_t>(i));
      }
    }
    sort_and_drop_common(texts_);
  }

  std::vector<SharedText> pairs() const {
    Pairs same_text;
    for_each_pair(texts_, [&](std::uint32_t a, std::uint32_t b) { same_text.emplace(a, b); });
    Pairs candidates = with_shared_marks();
    candidates.insert(same_text.begin(), same_text.end());
    std::vector<SharedText> found;
    for (const auto& pair : candidates) {
      SharedText text = compare(pair.first, pair.second, same_text.contains(pair));
      if (!text.reason.empty()) found.push_back(std::move(text));
    }
    return found;
  }

 private:
  using Pairs = std::set<std::pair<std::uint32_t, std::uint32_t>>;

  // Leaves what at least two and not too many programs have.
  void sort_and_drop_common(Holders& holders) const {
    std::ranges::sort(holders);
    const auto repeated = std::ranges::unique(holders);
    holders.erase(repeated.begin(), repeated.end());
    Holders kept;
    for_each_digest(holders, [&](auto begin, auto end) {
      const auto count = static_cast<std::size_t>(end - begin);
      if (count >= 2 && count <= most_) kept.insert(kept.end(), begin, end);
    });
    holders = std::move(kept);
  }

  template <typename Use>
  static void for_each_digest(const Holders& holders, Use use) {
    for (auto begin = holders.begin(), end = begin; begin != holders.end(); begin = end) {
      while (end != holders.end() && end->first == begin->first) ++end;
      use(begin, end);
    }
  }

  template <typename Use>
  static void for_each_pair(const Holders& holders, Use use) {
    for_each_digest(holders, [&](auto begin, auto end) {
      for (auto i = begin; i != end; ++i) {
        for (auto j = i + 1; j != end; ++j) use(i->second, j->second);
      }
    });
  }

  void find_template() {
    for (std::size_t i = 0; i < programs_.size(); ++i) {
      for (const TextMark& mark : programs_[i].marks) marks_.emplace_back(mark.digest, static_cast<std::uint32_t>(i));
    }
    std::ranges::sort(marks_);
    for_each_digest(marks_, [&](auto begin, auto end) {
      if (static_cast<std::size_t>(end - begin) > most_) everybodys_.push_back(begin->first);
    });
    sort_and_drop_common(marks_);
    for (const TextPrint& program : programs_) {
      std::vector<std::size_t>& own = own_.emplace_back(program.files.size());
      for (const TextMark& mark : program.marks) own[mark.file] += is_everybodys(mark) ? 0u : 1u;
      std::size_t needed = std::numeric_limits<std::size_t>::max();
      for (const std::size_t marks : own) {
        if (marks >= least_marks)
          needed = std::min(needed, static_cast<std::size_t>(least_share * static_cast<double>(marks)));
      }
      needed_.push_back(std::max(needed, least_marks));
    }
  }

  bool is_everybodys(const TextMark& mark) const { return std::ranges::binary_search(everybodys_, mark.digest); }

  // Pairs that share enough fingerprints for one file at least.
  Pairs with_shared_marks() const {
    Pairs pairs;
    const std::size_t programs = programs_.size();
    // Of every program's fingerprints: who of the later programs has it too, as a range of marks_.
    std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>> rows(programs);
    for_each_digest(marks_, [&](auto begin, auto end) {
      const auto from = static_cast<std::uint32_t>(begin - marks_.begin());
      const auto to = static_cast<std::uint32_t>(end - marks_.begin());
      for (std::uint32_t i = from; i < to; ++i) rows[marks_[i].second].emplace_back(i + 1, to);
    });
    std::vector<std::uint32_t> counts(programs);  // of one program with all others
    for (std::uint32_t program = 0; program < programs; ++program) {
      std::ranges::fill(counts, 0u);
      for (const auto& [begin, end] : rows[program]) {
        for (std::uint32_t i = begin; i < end; ++i) ++counts[marks_[i].second];
      }
      for (std::uint32_t other = program + 1; other < programs; ++other) {
        if (counts[other] >= std::min(needed_[program], needed_[other])) pairs.emplace(program, other);
      }
    }
    return pairs;
  }

  SharedText compare(std::uint32_t first, std::uint32_t second, bool same_text) const {
    SharedText result{first, second, {}, {}};
    const TextPrint& one = programs_[first];
    const TextPrint& other = programs_[second];
    if (same_text) {
      std::vector<std::string> files = files_with_same_text(one, other);
      result.reason = fmt::format("{} the same but for comments and white space",
                                  counted(files.size(), "source file is", "source files are"));
      if (files.size() > most_stretches) files.resize(most_stretches);
      result.evidence = std::move(files);
      return result;
    }
    const auto places = shared_places(one, other);
    const Share in_first = largest_share(first, places, [](const auto& place) { return place.first.file; });
    const Share in_second = largest_share(second, places, [](const auto& place) { return place.second.file; });
    const bool is_first = in_first.share >= in_second.share;
    const Share& best = is_first ? in_first : in_second;
    if (best.share < least_share) return result;
    const std::vector<Stretch> stretches = stretches_of(one, other, places);
    if (stretches.empty() || stretches[0].tokens < least_stretch) return result;
    result.reason = fmt::format(
        "{} % of the {} student's {} is in the other's program too, leaving aside names, numbers, texts, comments, "
        "layout "
        "and what the class has in common; the longest stretch has {}",
        static_cast<int>(best.share * 100), is_first ? "first" : "second", best.file,
        counted(stretches[0].lines, "line", "lines"));
    for (std::size_t i = 0; i < std::min(most_stretches, stretches.size()); ++i) {
      result.evidence.push_back(stretches[i].where);
    }
    return result;
  }

  std::vector<std::string> files_with_same_text(const TextPrint& one, const TextPrint& other) const {
    std::vector<std::string> files;
    for (const TextFile& file : one.files) {
      if (file.source.text_size < least_text) continue;
      const auto same = std::ranges::find_if(other.files, [&](const TextFile& candidate) {
        return candidate.source.text == file.source.text && candidate.source.text_size == file.source.text_size;
      });
      const auto holder = std::ranges::lower_bound(texts_, file.source.text, {}, &Holders::value_type::first);
      const bool counts = holder != texts_.end() && holder->first == file.source.text;
      if (same != other.files.end() && counts) files.push_back(fmt::format("{} = {}", file.name, same->name));
    }
    return files;
  }

  struct Share {
    double share = 0;
    std::string file;
  };
  // Of the files with enough in common the one of which most is in the other program: a server may be copied and its
  // client not. What is everybody's counts on neither side.
  template <typename FileOf>
  Share largest_share(std::uint32_t index, const Places& places, FileOf file_of) const {
    const TextPrint& program = programs_[index];
    const std::vector<std::size_t>& own = own_[index];
    std::vector<std::size_t> shared(program.files.size());
    for (const auto& place : places) ++shared[file_of(place)];
    Share best;
    for (std::size_t i = 0; i < program.files.size(); ++i) {
      if (shared[i] < least_marks) continue;
      const double share = static_cast<double>(shared[i]) / static_cast<double>(own[i]);
      if (share > best.share) best = {share, program.files[i].name};
    }
    return best;
  }

  Places shared_places(const TextPrint& one, const TextPrint& other) const {
    Places places;
    auto b = other.marks.begin();
    for (const TextMark& a : one.marks) {
      while (b != other.marks.end() && b->digest < a.digest) ++b;
      if (b == other.marks.end()) break;
      if (b->digest == a.digest && !is_everybodys(a)) places.emplace_back(a, *b);
    }
    std::ranges::sort(places, {}, [](const auto& pair) { return std::pair{pair.first.file, pair.first.position}; });
    return places;
  }

  const std::vector<TextPrint>& programs_;
  std::size_t most_;                           // programs that may have the same and still not be everybody's
  Holders marks_, texts_;                      // sorted; without what is everybody's
  std::vector<std::vector<std::size_t>> own_;  // fingerprints that are not everybody's, by program and file
  std::vector<std::size_t> needed_;            // of these, to be enough of some file of a program
  std::vector<std::uint64_t> everybodys_;      // sorted; fingerprints that more programs have
};

}  // namespace

std::vector<SharedText> find_shared_text(const std::vector<TextPrint>& programs) {
  return Programs(programs).pairs();
}

}  // namespace echolab::copies
