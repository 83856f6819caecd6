#pragma once
// A lab with one check, whose finding is looked at.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lab/scenario/check_kinds.h"
#include "tests/support/run_folder_builder.h"
#include "tests/unit/verify/verdict_matchers.h"

namespace echolab::verify {

constexpr std::uint8_t fin = 1, syn = 2, rst = 4, psh = 8, ack = 16;

// Programs write no event logs unless a test lets them.
struct CheckLab : test::RunFolderBuilder {
  explicit CheckLab(scenario::CheckKind kind, scenario::CheckTerms terms = {}) {
    run.plan.checks.clear();
    run.plan.nodes[0].writes_events = false;
    ask(kind, std::move(terms));
  }
  plan::Check& ask(scenario::CheckKind kind, scenario::CheckTerms terms = {}) {
    plan::Check check;
    check.id = scenario::facts_of(kind).name;
    check.kind = kind;
    check.terms = std::move(terms);
    return run.plan.checks.emplace_back(std::move(check));
  }
  plan::Check& check() { return run.plan.checks.front(); }
  std::size_t add(std::vector<std::string> messages, Transport protocol = Transport::udp) {
    const std::size_t index = add_client(std::move(messages), protocol);
    plan::Node& node = run.plan.nodes.back();
    node.writes_events = false;
    node.group = "client";
    return index;
  }
  void incomplete() {
    run.engine.captures[0].complete = false;
    run.engine.captures[0].reasons = {"tcpdump dropped 3 packets"};
  }
  // Of the first check.
  Finding judge(std::string_view subject = "client-1") { return finding_of(verify_run(write()), check().id, subject); }
  Outcome outcome(std::string_view subject = "client-1") { return judge(subject).outcome; }
};

// One TCP connection of an exchange whose two ends are driven by hand.
class Connection {
 public:
  Connection(CheckLab& lab, std::size_t exchange)
      : wire_(lab.wire), client_(lab.client(exchange)), server_(lab.server(exchange)) {}
  std::uint64_t open() {
    wire_.tcp(client_, server_, 1000, 0, syn);
    wire_.tcp(server_, client_, 9000, 1001, syn | ack);
    return wire_.tcp(client_, server_, 1001, 9001, ack);
  }
  std::uint64_t send(std::string_view bytes) {
    const auto packet = send_again(0, bytes);
    sent_ += static_cast<std::uint32_t>(bytes.size());
    return packet;
  }
  std::uint64_t answer(std::string_view bytes) {
    wire_.advance_us(100);
    const auto packet = wire_.tcp(server_, client_, 9001 + echoed_, 1001 + sent_, psh | ack, bytes);
    echoed_ += static_cast<std::uint32_t>(bytes.size());
    return packet;
  }
  // Bytes that begin so far before the end of what was sent.
  std::uint64_t send_again(std::uint32_t back, std::string_view bytes) {
    wire_.advance_us(100);
    return wire_.tcp(client_, server_, 1001 + sent_ - back, 9001 + echoed_, psh | ack, bytes);
  }
  void lose_request(std::uint32_t bytes) { sent_ += bytes; }  // sent, and acknowledged later, but not captured
  std::uint64_t reset_by_server() { return wire_.tcp(server_, client_, 9001 + echoed_, 1001 + sent_, rst | ack); }
  std::uint64_t fin_of_client() { return wire_.tcp(client_, server_, 1001 + sent_, 9001 + echoed_, fin | ack); }
  std::uint64_t fin_of_server() { return wire_.tcp(server_, client_, 9001 + echoed_, 1002 + sent_, fin | ack); }
  void close() {
    fin_of_client();
    fin_of_server();
    wire_.tcp(client_, server_, 1002 + sent_, 9002 + echoed_, ack);
  }
  // A whole connection: each message sent and echoed.
  void exchange(const std::vector<std::string>& messages) {
    open();
    for (const std::string& message : messages) {
      send(message);
      answer(message);
    }
    close();
  }

 private:
  test::WireBuilder& wire_;
  Endpoint client_, server_;
  std::uint32_t sent_ = 0, echoed_ = 0;
};

}  // namespace echolab::verify
