#include "lab/scenario/mistakes.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "lab/base/text.h"

namespace echolab::scenario {

namespace {
constexpr std::size_t shown_mistakes = 25;
}  // namespace

void Mistakes::at(const Node& node, std::string message, std::string hint) {
  all_.push_back({source_.span(node.offset, node.length), std::move(message), std::move(hint)});
}

void Mistakes::inside(const Node& scalar, std::size_t offset, std::size_t length, std::string message,
                      std::string hint) {
  const std::string_view rest = std::string_view(source_.text()).substr(scalar.offset);
  const std::size_t quote_bytes = !rest.empty() && (rest[0] == '"' || rest[0] == '\'') ? 1 : 0;
  if (rest.substr(quote_bytes).starts_with(scalar.text)) {
    all_.push_back({source_.span(scalar.offset + quote_bytes + offset, length), std::move(message), std::move(hint)});
  } else {
    at(scalar, std::move(message), std::move(hint));
  }
}

void Mistakes::add(std::vector<Diagnostic> others) {
  all_.insert(all_.end(), std::make_move_iterator(others.begin()), std::make_move_iterator(others.end()));
}

std::vector<Diagnostic> Mistakes::take() {
  std::stable_sort(all_.begin(), all_.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::pair(a.where.line, a.where.column) < std::pair(b.where.line, b.where.column);
  });
  if (all_.size() > shown_mistakes) {
    const std::size_t more = all_.size() - shown_mistakes;
    all_.resize(shown_mistakes);
    all_.push_back(
        {all_.back().where, fmt::format("{} more mistakes follow", more), "mend the first ones and try again"});
  }
  return std::exchange(all_, {});
}

namespace {

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& allowed) {
  if (const std::string_view near = closest(word, allowed); !near.empty()) return near;
  // An abbreviation, when it can stand for one word only.
  const auto begins = [&](std::string_view candidate) { return word.size() >= 3 && candidate.starts_with(word); };
  if (std::count_if(allowed.begin(), allowed.end(), begins) != 1) return {};
  return *std::find_if(allowed.begin(), allowed.end(), begins);
}

}  // namespace

std::string suggest(std::string_view word, const std::vector<std::string_view>& allowed) {
  const std::string_view near = nearest(word, allowed);
  if (!near.empty()) return fmt::format("did you mean '{}'?", near);
  return fmt::format("allowed: {}", fmt::join(allowed, ", "));
}

std::string quote(std::string_view word) {
  return fmt::format("'{}'", cut_to_width(word.substr(0, 400), 60));
}

}  // namespace echolab::scenario
