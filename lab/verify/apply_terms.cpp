#include "lab/verify/apply_terms.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <unordered_map>

#include "lab/scenario/check_kinds.h"
#include "lab/verify/subject_texts.h"

namespace echolab::verify {

namespace {

// Whom a finding is about.
struct Subject {
  const plan::Node* node = nullptr;         // none: the whole lab
  const ExchangeState* exchange = nullptr;  // none: a container or a server
  std::size_t index = 0;                    // of the node
};

// Those of one check, and where to find them: a lab has up to 100,000 clients.
struct Findings {
  std::vector<Finding*> all;
  std::unordered_map<std::string, const Finding*> by_subject;
  std::unordered_map<const plan::Node*, std::vector<const Finding*>> by_node;  // nullptr: the lab
};

class Terms {
 public:
  Terms(const CheckContext& context, std::vector<Finding>& findings) : context_(context), findings_(findings) {
    const plan::Plan& plan = context.run.plan;
    for (std::size_t i = 0; i < plan.nodes.size(); ++i) subjects_[plan.nodes[i].name] = {&plan.nodes[i], nullptr, i};
    for (const ExchangeState& exchange : context.ledger.exchanges) {
      const std::size_t node = exchange.plan->client_node;
      subjects_[exchange.subject] = {&plan.nodes.at(node), &exchange, node};
    }
    for (const plan::Check& check : plan.checks) checks_[check.id] = &check;
    for (Finding& finding : findings) {
      Findings& of_check = of_check_[finding.check];
      of_check.all.push_back(&finding);
      of_check.by_subject.emplace(finding.subject, &finding);
      of_check.by_node[subject_of(finding).node].push_back(&finding);
    }
  }

  void apply() {
    for (Finding& finding : findings_) {
      const plan::Check& check = *checks_.at(finding.check);
      finding.level = check.level;
      if (check.negated) negate(check, finding);
    }
    for (const plan::Check& check : context_.run.plan.checks) settle(check);
    for (Finding& finding : findings_) add_texts(*checks_.at(finding.check), finding);
  }

 private:
  Subject subject_of(const Finding& finding) const {
    const auto at = subjects_.find(finding.subject);
    return at == subjects_.end() ? Subject{} : at->second;
  }

  // Exchanges that a finding rests on.
  std::vector<const ExchangeState*> exchanges_of(const Subject& subject) const {
    if (subject.exchange != nullptr) return {subject.exchange};
    std::vector<const ExchangeState*> found;
    for (const ExchangeState& exchange : context_.ledger.exchanges) {
      const bool concerned = subject.node == nullptr || exchange.plan->server_node == subject.index ||
                             exchange.plan->client_node == subject.index;
      if (concerned) found.push_back(&exchange);
    }
    return found;
  }

  void negate(const plan::Check& check, Finding& finding) const {
    if (finding.outcome != Outcome::passed && finding.outcome != Outcome::failed) return;
    const auto exchanges = exchanges_of(subject_of(finding));
    const bool on_wire = scenario::facts_of(check.kind).witness != scenario::Witness::logs;
    if (finding.outcome == Outcome::failed) {
      // Where nothing was sent there is nothing that could be as it was asked for.
      const auto silent = [](const ExchangeState* e) { return e->requests == 0 && e->sent == 0 && !e->tcp.opened; };
      if (on_wire && std::all_of(exchanges.begin(), exchanges.end(), silent)) return;
      finding.outcome = Outcome::passed;
      finding.message = "as asked for, " + finding.message;
      finding.hint.clear();
      return;
    }
    finding.hint.clear();
    // What the capture did not see may be just what was asked for.
    for (const ExchangeState* exchange : exchanges) {
      const std::string doubt = on_wire ? context_.doubt_of_absence(*exchange) : "";
      if (doubt.empty()) continue;
      finding.outcome = Outcome::inconclusive;
      finding.message = fmt::format("{}, which should not be so; that proves nothing, for {}", finding.message, doubt);
      return;
    }
    finding.outcome = Outcome::failed;
    finding.message = finding.message + ", which should not be so";
  }

  // First the checks that this one requires; cycles do not get past the scenario.
  void settle(const plan::Check& check) {
    if (!settled_.insert(check.id).second) return;
    for (const std::string& id : check.prerequisites) {
      const auto required = checks_.find(id);
      if (required == checks_.end()) throw std::logic_error("a plan requires a check that it does not have");
      settle(*required->second);
      for (Finding* finding : of_check_[check.id].all) require(*finding, id);
    }
  }

  void require(Finding& finding, const std::string& id) {
    if (finding.outcome == Outcome::not_run) return;
    const std::vector<const Finding*> about = findings_about(finding, id);
    const auto unmet =
        std::find_if(about.begin(), about.end(), [](const Finding* f) { return f->outcome != Outcome::passed; });
    if (unmet == about.end() && !about.empty()) return;
    const bool same = unmet != about.end() && (*unmet)->subject == finding.subject;
    finding.message = unmet == about.end()
                          ? fmt::format("not run: it requires '{}', which judged nothing", id)
                          : fmt::format("not run: it requires '{}', which {}{}", id, ending_of((*unmet)->outcome),
                                        same ? std::string() : " for " + (*unmet)->subject);
    finding.outcome = Outcome::not_run;
    finding.hint.clear();
    finding.expected.clear();
    finding.got.clear();
    finding.message_number = 0;
    finding.evidence.clear();
  }

  static std::string_view ending_of(Outcome outcome) {
    return outcome == Outcome::failed ? "failed" : outcome == Outcome::not_run ? "was not run" : "is inconclusive";
  }

  // The findings of the other check that this one rests on: those about the same subject, else about its container,
  // else about its server or the lab, else all of them.
  std::vector<const Finding*> findings_about(const Finding& finding, const std::string& id) {
    const Findings& all = of_check_[id];
    if (const auto same = all.by_subject.find(finding.subject); same != all.by_subject.end()) return {same->second};
    const Subject subject = subject_of(finding);
    const auto about = [&](const plan::Node* node) {
      const auto at = all.by_node.find(node);
      return at == all.by_node.end() ? std::vector<const Finding*>() : at->second;
    };
    if (subject.node != nullptr) {
      if (auto same = about(subject.node); !same.empty()) return same;
    }
    if (subject.node != nullptr && subject.node->role == plan::Role::client) {
      std::vector<const Finding*> wider;
      for (const ExchangeState* exchange : exchanges_of(subject)) {
        wider = about(&context_.run.plan.nodes.at(exchange->plan->server_node));
        if (!wider.empty()) return wider;
      }
      if (wider = about(nullptr); !wider.empty()) return wider;
    }
    return least_of_all(all);
  }

  // One finding stands for all of them: the first that did not pass, if there is one.
  static std::vector<const Finding*> least_of_all(const Findings& findings) {
    if (findings.all.empty()) return {};
    const auto unmet = std::find_if(findings.all.begin(), findings.all.end(),
                                    [](const Finding* f) { return f->outcome != Outcome::passed; });
    return {unmet == findings.all.end() ? findings.all.front() : *unmet};
  }

  void add_texts(const plan::Check& check, Finding& finding) const {
    const Subject subject = subject_of(finding);
    const plan::Exchange* const exchange = subject.exchange == nullptr ? nullptr : subject.exchange->plan;
    const auto filled = [&](const std::string& text) {
      return fill_for(text, context_.run.plan, subject.node, exchange, finding.subject);
    };
    const bool failed = finding.outcome == Outcome::failed;
    if (!failed && finding.outcome != Outcome::passed) return;
    const std::string& lead = failed ? check.failed : check.passed;
    if (!lead.empty()) finding.message = fmt::format("{}: {}", filled(lead), finding.message);
    if (failed && !check.hint.empty()) finding.hint = filled(check.hint);
  }

  const CheckContext& context_;
  std::vector<Finding>& findings_;
  std::map<std::string, Subject> subjects_;
  std::map<std::string, const plan::Check*> checks_;
  std::map<std::string, Findings> of_check_;
  std::set<std::string> settled_;
};

}  // namespace

void apply_terms(const CheckContext& context, std::vector<Finding>& findings) {
  Terms(context, findings).apply();
}

}  // namespace echolab::verify
