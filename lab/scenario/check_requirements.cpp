#include "lab/scenario/check_requirements.h"

#include <fmt/format.h>

#include <map>

namespace echolab::scenario {

namespace {

// Whether one comes back to `id` by way of what `first` requires.
bool leads_back(const std::multimap<std::string, std::string>& requires_of, const std::string& first,
                const std::string& id) {
  std::set<std::string> reached;
  std::vector<std::string> waiting{first};
  while (!waiting.empty()) {
    const std::string at = waiting.back();
    waiting.pop_back();
    if (!reached.insert(at).second) continue;
    const auto [begin, end] = requires_of.equal_range(at);
    for (auto next = begin; next != end; ++next) waiting.push_back(next->second);
  }
  return reached.contains(id);
}

}  // namespace

void check_requirements(const std::set<std::string>& ids, const std::vector<Requirement>& required,
                        Mistakes& mistakes) {
  const std::vector<std::string_view> known(ids.begin(), ids.end());
  std::multimap<std::string, std::string> requires_of;
  bool all_known = true;
  for (const auto& [id, item] : required) {
    requires_of.emplace(id, item->text);
    if (item->text == id) {
      mistakes.at(*item, fmt::format("check '{}' requires itself", id), "take it out");
      all_known = false;
    } else if (!ids.contains(item->text)) {
      mistakes.at(*item, fmt::format("there is no check {}", quote(item->text)), suggest(item->text, known));
      all_known = false;
    }
  }
  if (!all_known) return;
  for (const auto& [id, item] : required) {
    if (!leads_back(requires_of, item->text, id)) continue;
    mistakes.at(*item, fmt::format("'{}' requires '{}', which requires '{}' in turn", id, item->text, id),
                "one of them must come first: take a requirement out");
    return;  // one mistake for the whole circle
  }
}

}  // namespace echolab::scenario
