#pragma once
// One check is one file and one row of the table in verify.cpp. A check only reads: the ledger is complete by then.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/artifacts/run_folder.h"
#include "lab/verify/finding.h"
#include "lab/verify/ledger.h"
#include "lab/verify/node_logs.h"
#include "lab/verify/wire.h"

namespace echolab::verify {

struct CheckContext {
  const artifacts::RunFolder& run;
  const Ledger& ledger;
  const WireReading& wire;
  const std::vector<NodeRecord>& nodes;

  const NodeRecord& client_of(const ExchangeState& exchange) const { return nodes.at(exchange.plan->client_node); }
  const NodeRecord& server_of(const ExchangeState& exchange) const { return nodes.at(exchange.plan->server_node); }
  const NetworkEvidence& capture_of(const ExchangeState& exchange) const;
  // Why what is missing from the capture can't be held against anybody; empty when it can.
  std::string doubt_of_absence(const ExchangeState& exchange) const;
};

// Collects what one check sees of one subject. The first failure is the finding's message; without a failure the first
// doubt is. Evidence of all of them is kept, up to a bound.
class Judgement {
 public:
  Judgement(const plan::Check& check, std::string subject, std::string capture_file);

  void fail(std::string sentence, std::string hint, const Incidents* incidents = nullptr);
  void doubt(std::string sentence, const Incidents* incidents = nullptr);
  // Something is not there: fails when the evidence is complete, else it is a doubt.
  void absent(const std::string& doubt_of_absence, std::string sentence, std::string hint,
              const Incidents* incidents = nullptr);
  void line(std::string file, std::uint64_t number);
  Finding finish(std::string passed) &&;

 private:
  void take(std::string sentence, std::string hint, const Incidents* incidents);

  Finding finding_;
  std::string capture_file_;
};

using CheckFunction = std::function<void(const CheckContext&, const plan::Check&, std::vector<Finding>&)>;
void check_echoes_match(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings);
void check_nothing_else_echoed(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings);
void check_own_port(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings);
void check_counts(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings);

// Words for sentences.
std::string counted(std::uint64_t count, std::string_view singular, std::string_view plural);  // "3 messages"
std::string and_more(const Incidents& incidents, std::string_view plural);  // " (2 messages so)", or nothing for one
std::string in_packet(std::uint64_t packet);                                // " (packet 7)", or nothing
std::string how_it_ended(const std::string& node,
                         const NodeRecord& record);  // a sentence, or nothing when it ended well

}  // namespace echolab::verify
