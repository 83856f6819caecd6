#pragma once
// One check is one file and one row of the table in verify.cpp. A check only reads: the ledger is complete by then.

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "lab/artifacts/run_folder.h"
#include "lab/verify/finding.h"
#include "lab/verify/ledger.h"
#include "lab/verify/node_logs.h"
#include "lab/verify/wire.h"
#include "lab/verify/wire_probes.h"

namespace echolab::verify {

struct CheckContext {
  const artifacts::RunFolder& run;
  const Ledger& ledger;
  const WireReading& wire;
  const std::vector<NodeRecord>& nodes;
  const WireProbes& probes;

  const NodeRecord& client_of(const ExchangeState& exchange) const { return nodes.at(exchange.plan->client_node); }
  const NodeRecord& server_of(const ExchangeState& exchange) const { return nodes.at(exchange.plan->server_node); }
  const NetworkEvidence& capture_of(const ExchangeState& exchange) const;
  // Why what is missing from the capture can't be held against anybody; empty when it can.
  std::string doubt_of_absence(const ExchangeState& exchange) const;

  // Whether the check is about this exchange: its group and, for kinds of one protocol, that.
  bool concerns(const plan::Check& check, const ExchangeState& exchange) const;
  // The exchanges that the check is about, by server, in the plan's order of servers.
  struct ServerView {
    std::size_t node;
    std::vector<const ExchangeState*> exchanges;  // at least one
  };
  std::vector<ServerView> servers(const plan::Check& check) const;
  // The first reason to doubt among them.
  std::string doubt_of_absence(const ServerView& server) const;
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
  // There is nothing to judge; only before any failure or doubt.
  void skip(std::string sentence);
  void line(std::string file, std::uint64_t number);
  void cite(std::initializer_list<std::uint64_t> packets);  // beside what is cited already; 0 is none
  Outcome outcome() const { return finding_.outcome; }
  Finding finish(std::string passed) &&;

 private:
  void take(std::string sentence, std::string hint, const Incidents* incidents);

  Finding finding_;
  std::string capture_file_;
};

using CheckFunction = void (*)(const CheckContext&, const plan::Check&, std::vector<Finding>&);
void check_echoes_match(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings);
void check_nothing_else_echoed(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings);
void check_own_port(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings);
void check_counts(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings);
void check_loss(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings);
void check_round_trip(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings);
// duplicates, reordering, unsolicited
void check_surplus(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings);
void check_bound_port(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings);
void check_payload_contains(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings);
void check_udp_header(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings);
void check_tcp_handshake(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings);
void check_tcp_close(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings);
void check_no_reset(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings);
// retransmissions, zero_windows
void check_segments(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings);
void check_accept_order(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings);
void check_served_at_once(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings);
void check_logs_agree(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings);
void check_log_line(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings);

// Whether client's log, server's log and wire tell the same story, as far as they are complete (check_logs_agree.cpp).
void judge_agreement(const CheckContext& context, const ExchangeState& exchange, Judgement& judgement);
// True when the client sent nothing: then that is told, and there is nothing else to judge.
bool sent_nothing(const CheckContext& context, const ExchangeState& exchange, Judgement& judgement);
// Incidents that cite these packets; 0 is none.
Incidents at_packets(std::initializer_list<std::uint64_t> packets);
std::string events_file(const CheckContext& context, std::size_t node);  // "nodes/client-1/events.jsonl"

// Words for sentences.
std::string and_more(const Incidents& incidents, std::string_view plural);  // " (2 messages so)", or nothing for one
std::string in_packet(std::uint64_t packet);                                // " (packet 7)", or nothing
std::string how_it_ended(const std::string& node,
                         const NodeRecord& record);  // a sentence, or nothing when it ended well

}  // namespace echolab::verify
