// Kinds of checks that rest on what programs wrote.

#include <gmock/gmock.h>

#include "tests/unit/verify/check_lab.h"

namespace echolab::verify {
namespace {

using scenario::CheckKind;
using scenario::LogLineTerms;
using scenario::LogStream;
using ::testing::HasSubstr;

// --- log_line

struct LineLab : CheckLab {
  explicit LineLab(LogLineTerms terms) : CheckLab(CheckKind::log_line, std::move(terms)) {
    add({"hello"});
    run.plan.nodes[1].variables = {{"student_id", "20261234"}, {"name", "홍.길동"}};
    exchange_all(0);
  }
};

LogLineTerms lines(std::string matches, std::uint64_t at_least = 1, std::optional<std::uint64_t> at_most = {}) {
  return {std::move(matches), false, LogStream::standard_output, at_least, at_most};
}

TEST(LogLineCheck, CitesFileAndLine) {
  LineLab lab(lines("echo of .*{student_id}"));
  lab.set_stream("client-1", "stdout", "> \necho of 1 20261234\r\n");
  const Finding finding = lab.judge();
  EXPECT_EQ(finding.outcome, Outcome::passed);
  EXPECT_EQ(finding.message,
            "1 line of client-1 matches 'echo of .*20261234' (nodes/client-1/stdout line 2: echo of 1 20261234)");
  ASSERT_EQ(finding.evidence.size(), 1u);
  EXPECT_EQ(finding.evidence[0].kind, Evidence::Kind::line);
  EXPECT_EQ(finding.evidence[0].file, "nodes/client-1/stdout");
  EXPECT_EQ(finding.evidence[0].number, 2u);
}

TEST(LogLineCheck, ValuesAreQuotedAndOtherBracesBelongToTheExpression) {
  LineLab lab(lines("^{name} [0-9]{3}$"));
  lab.set_stream("client-1", "stdout", "홍x길동 123\n홍.길동 12\n");
  EXPECT_EQ(lab.outcome(), Outcome::failed);
  lab.set_stream("client-1", "stdout", "홍.길동 123");
  EXPECT_EQ(lab.outcome(), Outcome::passed);
}

TEST(LogLineCheck, CountsLines) {
  const auto outcome = [](std::uint64_t at_least, std::optional<std::uint64_t> at_most) {
    LineLab lab(lines("x", at_least, at_most));
    lab.set_stream("client-1", "stdout", "x x\ny\nx\n");
    return lab.outcome();
  };
  EXPECT_EQ(outcome(2, 2), Outcome::passed);
  EXPECT_EQ(outcome(3, std::nullopt), Outcome::failed);
  EXPECT_EQ(outcome(0, 1), Outcome::failed);
}

TEST(LogLineCheck, StreamsAndPrograms) {
  LogLineTerms terms = lines("listening");
  terms.of_server = true;
  terms.stream = LogStream::any;
  LineLab lab(terms);
  lab.set_stream("server", "stderr", "listening");
  const Finding finding = lab.judge("server");
  EXPECT_EQ(finding.outcome, Outcome::passed);
  EXPECT_EQ(finding.evidence[0].file, "nodes/server/stderr");
  std::get<LogLineTerms>(lab.check().terms).stream = LogStream::standard_output;
  EXPECT_EQ(lab.outcome("server"), Outcome::failed);
  std::get<LogLineTerms>(lab.check().terms).stream = LogStream::events;
  EXPECT_EQ(lab.judge("server").message, "server writes no event log");
  EXPECT_EQ(lab.outcome("server"), Outcome::not_run);
}

TEST(LogLineCheck, EventLogs) {
  LogLineTerms terms = lines(R"("event":"timeout")", 0, 0);
  terms.stream = LogStream::events;
  LineLab lab(terms);
  lab.run.plan.nodes[1].writes_events = true;
  EXPECT_EQ(lab.outcome(), Outcome::passed);
  lab.log_line("client-1", R"("event":"timeout","client":1,"message":1)");
  EXPECT_EQ(lab.outcome(), Outcome::failed);
}

TEST(LogLineCheck, WhatIsNotInACutLogMayHaveBeenInTheRest) {
  artifacts::NodeExit exit;
  exit.exit_code = 0;
  exit.stdout_cut = 5000;
  const auto with = [&](LogLineTerms terms, std::string text) {
    LineLab lab(std::move(terms));
    lab.exits = {{"client-1", exit}};
    lab.set_stream("client-1", "stdout", std::move(text));
    return lab.judge();
  };
  const std::string cut = "begin\n[echolab: 5000 bytes left out here]\nend\n";
  EXPECT_EQ(with(lines("middle"), cut).outcome, Outcome::inconclusive);
  EXPECT_EQ(with(lines("middle", 0, 0), cut).outcome, Outcome::inconclusive);
  EXPECT_EQ(with(lines("end"), cut).outcome, Outcome::passed);
  EXPECT_EQ(with(lines("end", 0, 0), cut).outcome, Outcome::failed);
  EXPECT_EQ(with(lines("left out"), cut).outcome, Outcome::inconclusive);  // our own mark is no line of the program
}

TEST(LogLineCheck, BytesThatAreNoTextDoNoHarm) {
  LineLab lab(lines("^good$"));
  lab.set_stream("client-1", "stdout", std::string("\xff\xfe\0bad\n", 7) + std::string(300'000, 'x') + "\ngood\n");
  const Finding finding = lab.judge();
  EXPECT_EQ(finding.outcome, Outcome::passed);
  EXPECT_EQ(finding.evidence[0].number, 3u);
  LineLab end(lines("end$"));
  end.set_stream("client-1", "stdout", std::string(300'000, 'x') + "end\n");
  EXPECT_EQ(end.outcome(), Outcome::inconclusive);  // only its beginning is searched
}

TEST(LogLineCheck, AContainerThatNeverStartedWroteNothing) {
  LineLab lab(lines("x"));
  artifacts::NodeExit exit;
  exit.error = "no such image";
  lab.exits = {{"client-1", exit}};
  EXPECT_EQ(lab.outcome(), Outcome::inconclusive);
}

TEST(LogLineCheck, OneFindingPerContainer) {
  LineLab lab(lines("x"));
  lab.add_client_beside(0);
  lab.set_stream("client-1", "stdout", "x");
  const Verdict verdict = verify_run(lab.write());
  ASSERT_EQ(verdict.findings.size(), 1u);
  EXPECT_EQ(verdict.findings[0].subject, "client-1");
}

// --- logs_agree

struct AgreeLab : CheckLab {
  AgreeLab() : CheckLab(CheckKind::logs_agree) {
    add({"hello"});
    for (plan::Node& node : run.plan.nodes) node.writes_events = true;
    log_bind(0);
    exchange_all(0);
  }
};

TEST(LogsAgreeCheck, ThreeWitnesses) {
  AgreeLab lab;
  lab.log_message(0, 1);
  EXPECT_EQ(lab.outcome(), Outcome::passed);
  EXPECT_EQ(lab.judge().message, "both logs and the capture tell the same of 1 message");
  lab.incomplete();
  EXPECT_EQ(lab.outcome(), Outcome::inconclusive);
}

TEST(LogsAgreeCheck, ADisagreementIsNamed) {
  AgreeLab lab;
  lab.log_sent(0, 1);
  lab.log_server("recv", 0, "hello");
  lab.log_server("send", 0, "hello");
  const Finding finding = lab.judge();
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_EQ(finding.message, "the echo of message 1 is on the wire (packet 2), but the client did not log it");
}

TEST(LogsAgreeCheck, IncompleteLogsProveNothingAndNoLogsAreNotJudged) {
  AgreeLab cut;
  cut.logs_totals = false;
  EXPECT_EQ(cut.outcome(), Outcome::inconclusive);
  AgreeLab none;
  for (plan::Node& node : none.run.plan.nodes) node.writes_events = false;
  EXPECT_EQ(none.judge().message, "neither program writes an event log");
  EXPECT_EQ(none.outcome(), Outcome::not_run);
}

// --- bound_port

struct PortLab : CheckLab {
  explicit PortLab(std::optional<Port> port) : CheckLab(CheckKind::bound_port, scenario::PortTerms{port}) {
    add({"hello"});
  }
};

TEST(BoundPortCheck, TheWireDecides) {
  PortLab lab(std::nullopt);
  lab.exchange_all(0);
  const Finding finding = lab.judge("server");
  EXPECT_EQ(finding.outcome, Outcome::passed);
  EXPECT_EQ(finding.message, "answered 1 client from port 5000, first in packet 2");
  EXPECT_TRUE(cites_packet(finding, 2));
  PortLab other(Port{7});
  other.exchange_all(0);
  EXPECT_EQ(other.judge("server").message, "client-1 was answered from port 5000, not from port 7 (packet 2)");
  EXPECT_EQ(other.outcome("server"), Outcome::failed);
}

TEST(BoundPortCheck, AnAnswerFromAnotherPort) {
  PortLab lab(std::nullopt);
  lab.request(0, 1);
  lab.wire.udp({lab.server().address, Port{5001}}, lab.client(0), "hello");
  const Finding finding = lab.judge("server");
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_EQ(finding.message, "client-1 was answered from 198.18.0.2:5001, not from port 5000 (packet 2)");
}

TEST(BoundPortCheck, NoAnswerAtAll) {
  PortLab lab(std::nullopt);
  lab.request(0, 1);
  EXPECT_EQ(lab.judge("server").message, "client-1 was never answered");
  EXPECT_EQ(lab.outcome("server"), Outcome::failed);
  lab.incomplete();
  EXPECT_EQ(lab.outcome("server"), Outcome::inconclusive);
}

TEST(BoundPortCheck, TheLogMustSayTheSame) {
  const auto with = [](const char* local, bool complete) {
    PortLab lab(std::nullopt);
    lab.run.plan.nodes[0].writes_events = true;
    lab.log_line("server", std::string(R"("event":"bind","proto":"udp","local":")") + local + '"');
    lab.logs_totals = complete;
    lab.exchange_all(0);
    return lab.judge("server");
  };
  EXPECT_EQ(with("0.0.0.0:5000", true).outcome, Outcome::passed);
  const Finding finding = with("0.0.0.0:5001", true);
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_EQ(finding.message, "the server's log does not say that it bound udp port 5000");
  EXPECT_EQ(finding.evidence.at(0).file, "nodes/server/events.jsonl");
  EXPECT_EQ(with("0.0.0.0:5001", false).outcome, Outcome::passed);  // an incomplete log is left aside
}

// --- accept_order

struct AcceptLab : CheckLab {
  explicit AcceptLab(std::int64_t apart_us = 5000) : CheckLab(CheckKind::accept_order) {
    run.plan.nodes[0].writes_events = true;
    for (int i = 0; i < 2; ++i) add({"x"}, Transport::tcp);
    Connection(*this, 0).exchange({"x"});
    wire.advance_us(apart_us);
    Connection(*this, 1).exchange({"x"});
  }
  void accept(std::size_t client) {
    log_line("server", R"("event":"accept","conn":1,"local":"198.18.0.2:5000","remote":")" +
                           this->client(client).to_string() + '"');
  }
};

TEST(AcceptOrderCheck, IsTheOrderOfTheHandshakes) {
  AcceptLab lab;
  lab.accept(0);
  lab.accept(1);
  EXPECT_EQ(lab.outcome("server"), Outcome::passed) << lab.judge("server").message;
  AcceptLab swapped;
  swapped.accept(1);
  swapped.accept(0);
  const Finding finding = swapped.judge("server");
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_EQ(finding.message,
            "client-2 was accepted before client-1, whose handshake ended first (packet 3, the other's is packet 11)");
  EXPECT_TRUE(cites_packet(finding, 3) && cites_packet(finding, 11));
}

TEST(AcceptOrderCheck, HandshakesWithinAMillisecondHaveNoOrder) {
  AcceptLab lab(700);
  lab.accept(1);
  lab.accept(0);
  EXPECT_EQ(lab.outcome("server"), Outcome::passed) << lab.judge("server").message;
}

TEST(AcceptOrderCheck, EveryHandshakeHasItsAccept) {
  AcceptLab lab;
  lab.accept(0);
  EXPECT_THAT(lab.judge("server").message, HasSubstr("no accept of client-2, whose handshake ended in packet 11"));
  EXPECT_EQ(lab.outcome("server"), Outcome::failed);
  lab.logs_totals = false;
  EXPECT_EQ(lab.outcome("server"), Outcome::inconclusive);
  lab.run.plan.nodes[0].writes_events = false;
  EXPECT_EQ(lab.outcome("server"), Outcome::not_run);
}

}  // namespace
}  // namespace echolab::verify
