// A scenario's checks on captures that other machines recorded.

#include "lab/conversations/judge_by_scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lab/base/file.h"
#include "lab/conversations/judge_capture.h"
#include "lab/plan/make_plan.h"
#include "lab/scenario/load.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/wire_builder.h"

namespace echolab::conversations {
namespace {

using testing::Contains;
using testing::HasSubstr;

const Endpoint loopback_server{*IpAddress::parse("127.0.0.1"), Port{5000}};
Endpoint loopback_client(std::uint16_t port) {
  return {*IpAddress::parse("127.0.0.1"), Port{port}};
}

class ScenarioOnACapture : public testing::Test {
 protected:
  static plan::Plan plan_of(const std::string& body) {
    return plan::make_plan(scenario::load_text("hand-in.yaml", "echolab: 1\nname: hand-in\n" + body),
                           {"20261123T000000Z-000000", {}});
  }
  CaptureVerdict judge(const plan::Plan& plan, std::string_view bytes) {
    write_file_atomically(folder_ / "hand-in.pcap", bytes);
    JudgeOptions options;
    for (const plan::Exchange& exchange : plan.exchanges) {
      options.servers.push_back({exchange.server.port, exchange.protocol});
    }
    CaptureVerdict verdict = judge_capture(folder_ / "hand-in.pcap", options);
    judge_by_scenario(verdict, plan);
    return verdict;
  }
  static const CaptureFinding& finding(const CaptureVerdict& verdict, std::string_view check,
                                       std::string_view subject) {
    for (const CaptureFinding& each : verdict.findings) {
      if (each.check == check && each.subject == subject) return each;
    }
    throw std::logic_error("no finding " + std::string(check) + " of " + std::string(subject));
  }

  test::TemporaryFolder folder_;
};

constexpr const char* two_students = R"(
servers: [{name: server, protocol: udp}]
clients:
  - name: student
    identities: [{student_id: "20261111"}, {student_id: "20262222"}]
    messages: {text: "{student_id} #{message}", count: 2}
checks:
  - {kind: echoes_match}
  - {kind: own_port}
  - {kind: payload_contains, id: names, text: "{student_id}"}
  - {kind: log_line, id: greeting, matches: hello}
  - {kind: loss, id: none_lost, requires: greeting}
  - {kind: logs_agree}
)";

void exchange(test::WireBuilder& wire, const Endpoint& client, const std::string& text) {
  wire.udp(client, loopback_server, text);
  wire.advance_us(90);
  wire.udp(loopback_server, client, text);
}

TEST_F(ScenarioOnACapture, FindsEachClientByWhatItSaysFirst) {
  test::WireBuilder wire;
  for (const char* message : {" #1", " #2"}) {
    exchange(wire, loopback_client(50022), "20262222" + std::string(message));
    exchange(wire, loopback_client(50011), "20261111" + std::string(message));
  }
  const CaptureVerdict verdict = judge(plan_of(two_students), wire.file());
  EXPECT_EQ(verdict.outcome, Outcome::passed);
  EXPECT_THAT(finding(verdict, "own_port", "student-1").message, HasSubstr("127.0.0.1:50011"));
  EXPECT_THAT(finding(verdict, "own_port", "student-2").message, HasSubstr("127.0.0.1:50022"));
  EXPECT_EQ(finding(verdict, "names", "student-2").outcome, Outcome::passed);
  // Logs are not there: the check that needs them is told, and who required it goes without.
  EXPECT_THAT(verdict.notes, Contains(HasSubstr("no logs beside a capture: greeting, logs_agree")));
  EXPECT_EQ(finding(verdict, "none_lost", "student-1").outcome, Outcome::passed);
}

TEST_F(ScenarioOnACapture, JudgesOnlyClientsThatTheCaptureShows) {
  test::WireBuilder wire;
  exchange(wire, loopback_client(50022), "20262222 #1");
  exchange(wire, loopback_client(50022), "20262222 #2");
  const CaptureVerdict verdict = judge(plan_of(two_students), wire.file());
  EXPECT_EQ(verdict.outcome, Outcome::passed);
  EXPECT_THAT(verdict.notes, Contains("not in this capture, so not judged: student-1"));
  EXPECT_THROW(finding(verdict, "echoes_match", "student-1"), std::logic_error);
}

TEST_F(ScenarioOnACapture, FailsAClientThatDidNotSendWhatIsPlanned) {
  test::WireBuilder wire;
  exchange(wire, loopback_client(50011), "20261111 #1");
  exchange(wire, loopback_client(50011), "something else");
  const CaptureVerdict verdict = judge(plan_of(two_students), wire.file());
  EXPECT_EQ(verdict.outcome, Outcome::failed);
  const CaptureFinding& echoes = finding(verdict, "echoes_match", "student-1");
  EXPECT_THAT(echoes.message, HasSubstr("message 2 of student-1 was not sent as planned (packet 3)"));
  EXPECT_THAT(echoes.packets, Contains(3u));
}

TEST_F(ScenarioOnACapture, LeavesFurtherConversationsAside) {
  test::WireBuilder wire;
  for (const int number : {50011, 50022, 50033}) {
    const auto port = static_cast<std::uint16_t>(number);
    const std::string id = port == 50022 ? "20262222" : "20261111";
    exchange(wire, loopback_client(port), id + " #1");
    exchange(wire, loopback_client(port), id + " #2");
  }
  const CaptureVerdict verdict = judge(plan_of(two_students), wire.file());
  EXPECT_EQ(verdict.outcome, Outcome::passed);
  EXPECT_THAT(verdict.notes, Contains(HasSubstr("1 conversation beyond the scenario's clients")));
}

TEST_F(ScenarioOnACapture, IsInconclusiveForACutFile) {
  test::WireBuilder wire;
  exchange(wire, loopback_client(50011), "20261111 #1");
  exchange(wire, loopback_client(50011), "20261111 #2");
  const std::string_view file = wire.file();
  const CaptureVerdict verdict = judge(plan_of(two_students), file.substr(0, file.size() - 3));
  EXPECT_TRUE(verdict.truncated);
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
}

TEST_F(ScenarioOnACapture, CountsTheMessagesOfAConnection) {
  const plan::Plan plan = plan_of(R"(
servers: [{name: server, protocol: tcp}]
clients: [{name: client, messages: {text: [hello, world], count: 4}}]
)");
  test::WireBuilder wire;
  const Endpoint client = loopback_client(50011);
  constexpr std::uint8_t fin = 1, syn = 2, psh = 8, ack = 16;
  wire.tcp(client, loopback_server, 99, 0, syn);
  wire.tcp(loopback_server, client, 499, 100, syn | ack);
  wire.tcp(client, loopback_server, 100, 500, ack);
  wire.tcp(client, loopback_server, 100, 500, psh | ack, "helloworldhello");
  wire.tcp(client, loopback_server, 115, 500, psh | ack, "world");
  wire.tcp(loopback_server, client, 500, 120, psh | ack, "helloworldhelloworld");
  wire.tcp(client, loopback_server, 120, 520, fin | ack);
  wire.tcp(loopback_server, client, 520, 121, fin | ack);
  const CaptureVerdict verdict = judge(plan, wire.file());
  EXPECT_EQ(verdict.outcome, Outcome::passed);
  EXPECT_EQ(verdict.conversations[0].requests, 4u);
  EXPECT_EQ(verdict.conversations[0].echoed, 4u);
}

TEST_F(ScenarioOnACapture, SaysWhenTheCaptureShowsNothingOfIt) {
  test::WireBuilder wire;
  exchange(wire, loopback_client(50011), "20261111 #1");
  plan::Plan plan = plan_of(two_students);
  for (plan::Exchange& planned : plan.exchanges) planned.server.port = Port{9};
  const CaptureVerdict verdict = judge(plan, wire.file());
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
  EXPECT_THAT(verdict.findings[0].message, HasSubstr("no exchange of the scenario"));
}

}  // namespace
}  // namespace echolab::conversations
