#include "lab/conversations/lay_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "lab/base/text.h"
#include "lab/scenario/check_kinds.h"
#include "lab/verify/expected_payload.h"

namespace echolab::conversations {

namespace {

bool same_place(const plan::Exchange& exchange, const Conversation& conversation) {
  return exchange.client_address == conversation.client.address && exchange.server == conversation.server &&
         (exchange.client_port.value == 0 || exchange.client_port == conversation.client.port);
}

bool same_opening(const plan::Exchange& exchange, const Conversation& conversation) {
  const verify::ExpectedPayload expected(exchange);
  const std::uint64_t size = expected.size(1);
  if (!conversation.tcp && size != conversation.opening_length) return false;
  const std::uint64_t common = std::min<std::uint64_t>(size, conversation.opening.size());
  return common > 0 && conversation.opening.starts_with(expected.part(1, 0, common));
}

// Which exchange each conversation is; nullopt: none.
class Assignment {
 public:
  Assignment(const plan::Plan& plan, const std::vector<Conversation>& conversations)
      : plan_(plan), conversations_(conversations), taken_(plan.exchanges.size()), of_(conversations.size()) {
    assign(same_place);
    assign(same_opening);
    assign([](const plan::Exchange&, const Conversation&) { return true; });
  }
  const std::vector<std::optional<std::size_t>>& of() const { return of_; }

 private:
  template <typename Fits>
  void assign(Fits fits) {
    for (std::size_t i = 0; i < conversations_.size(); ++i) {
      const Conversation& conversation = conversations_[i];
      if (of_[i] || !conversation.judged) continue;
      for (std::size_t k = 0; k < plan_.exchanges.size(); ++k) {
        const plan::Exchange& exchange = plan_.exchanges[k];
        const bool possible = !taken_[k] && exchange.protocol == conversation.protocol &&
                              exchange.server.port == conversation.server.port;
        if (!possible || !fits(exchange, conversation)) continue;
        taken_[k] = true;
        of_[i] = k;
        break;
      }
    }
  }

  const plan::Plan& plan_;
  const std::vector<Conversation>& conversations_;
  std::vector<bool> taken_;
  std::vector<std::optional<std::size_t>> of_;
};

void move_node(plan::Node& node, const IpAddress& address) {
  (address.is_v4() ? node.address4 : node.address6) = address;
}

// "3 of 4 planned clients: client-2, client-3 and 1 more"
std::string some_names(const std::vector<std::string>& names) {
  constexpr std::size_t shown = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), shown); ++i) text += (i > 0 ? ", " : "") + names[i];
  if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

}  // namespace

LaidPlan lay_plan(const plan::Plan& plan, const std::vector<Conversation>& conversations) {
  LaidPlan laid;
  laid.plan = plan;
  laid.plan.exchanges.clear();
  for (plan::Node& node : laid.plan.nodes) node.writes_events = false;

  const Assignment assignment(plan, conversations);
  std::vector<std::optional<std::size_t>> conversation_of(plan.exchanges.size());
  std::size_t unplanned = 0;
  for (std::size_t i = 0; i < conversations.size(); ++i) {
    if (assignment.of()[i]) conversation_of[*assignment.of()[i]] = i;
    if (!assignment.of()[i] && conversations[i].judged) ++unplanned;
  }
  std::vector<std::string> absent;
  for (std::size_t k = 0; k < plan.exchanges.size(); ++k) {
    plan::Exchange exchange = plan.exchanges[k];
    if (!conversation_of[k]) {
      absent.push_back(plan.nodes[exchange.client_node].name);
      continue;
    }
    const Conversation& conversation = conversations[*conversation_of[k]];
    exchange.server = conversation.server;
    exchange.client_address = conversation.client.address;
    exchange.client_port = conversation.client.port;
    move_node(laid.plan.nodes[exchange.client_node], conversation.client.address);
    move_node(laid.plan.nodes[exchange.server_node], conversation.server.address);
    laid.plan.exchanges.push_back(std::move(exchange));
    laid.conversations.push_back(static_cast<std::uint32_t>(*conversation_of[k]));
  }
  if (!absent.empty()) {
    absent.erase(std::unique(absent.begin(), absent.end()), absent.end());
    laid.notes.push_back(fmt::format("not in this capture, so not judged: {}", some_names(absent)));
  }
  if (unplanned > 0) {
    laid.notes.push_back(fmt::format("{} beyond the scenario's clients {} not judged by its checks",
                                     counted(unplanned, "conversation", "conversations"),
                                     unplanned == 1 ? "is" : "are"));
  }
  std::vector<std::string> need_logs;
  std::erase_if(laid.plan.checks, [&](const plan::Check& check) {
    const bool needs_logs = scenario::facts_of(check.kind).witness != scenario::Witness::capture;
    if (needs_logs) need_logs.push_back(check.id);
    return needs_logs;
  });
  for (plan::Check& check : laid.plan.checks) {
    std::erase_if(check.prerequisites, [&](const std::string& id) {
      return std::find(need_logs.begin(), need_logs.end(), id) != need_logs.end();
    });
  }
  if (!need_logs.empty()) {
    laid.notes.push_back(fmt::format("not judged, for there are no logs beside a capture: {}", some_names(need_logs)));
  }
  return laid;
}

}  // namespace echolab::conversations
