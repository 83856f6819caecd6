#include "lab/report/console.h"

#include <gmock/gmock.h>

namespace echolab::report {
namespace {

using testing::HasSubstr;
using testing::Not;
using verify::Outcome;

artifacts::RunFolder small_run() {
  artifacts::RunFolder run;
  run.folder = "artifacts/x";
  run.plan.scenario_name = "udp-echo";
  run.plan.checks = {{"echoes_match", scenario::CheckKind::echoes_match, 1, 0}};
  return run;
}

verify::Finding failure(const std::string& message) {
  verify::Finding finding;
  finding.check = "echoes_match";
  finding.subject = "client-1";
  finding.outcome = Outcome::failed;
  finding.message = message;
  finding.hint = "echo the bytes as they are";
  finding.expected = "abc";
  finding.got = "abd";
  finding.evidence = {{verify::Evidence::Kind::packet, "captures/lab.pcapng", 14}};
  return finding;
}

TEST(RenderVerdict, NamesPacketCommandAndHintOfAFailure) {
  verify::Verdict verdict;
  verdict.outcome = Outcome::failed;
  verdict.packets = 20;
  verdict.findings = {failure("message 3 came back altered in packet 14")};
  verdict.exchanges = {{.subject = "client-1",
                        .local = "198.18.0.3:40000",
                        .server = "198.18.0.2:5000",
                        .protocol = "udp",
                        .planned = 5,
                        .sent = 5,
                        .echoed = 4,
                        .altered = 1,
                        .rtt_p50_ns = 210'000}};
  const std::string text = render_verdict(small_run(), verdict, {});
  EXPECT_THAT(text, HasSubstr("FAILED  echoes_match client-1: message 3 came back altered in packet 14"));
  EXPECT_THAT(text, HasSubstr("tshark -r artifacts/x/captures/lab.pcapng -V -Y 'frame.number==14'\n"));
  EXPECT_THAT(text, HasSubstr("hint: echo the bytes as they are"));
  EXPECT_THAT(text, HasSubstr("210 µs"));
  EXPECT_THAT(text, HasSubstr("FAILED  udp-echo: 4 of 5 messages echoed, 20 packets"));
}

TEST(RenderVerdict, ShowsRequestAndReplyTogether) {
  verify::Verdict verdict;
  verdict.outcome = Outcome::failed;
  verdict.findings = {failure("m")};
  verdict.findings[0].evidence = {{verify::Evidence::Kind::line, "nodes/server/events.jsonl", 3},
                                  {verify::Evidence::Kind::packet, "captures/lab.pcapng", 22},
                                  {verify::Evidence::Kind::packet, "captures/lab.pcapng", 25},
                                  {verify::Evidence::Kind::packet, "captures/lab.pcapng", 31}};
  EXPECT_THAT(render_verdict(small_run(), verdict, {}), HasSubstr("-Y 'frame.number==22 || frame.number==25'\n"));
}

TEST(RenderVerdict, ShowsNoControlCharactersOfStudents) {
  verify::Verdict verdict;
  verdict.outcome = Outcome::failed;
  verdict.findings = {failure("\x1b]52;c;evil\x07")};
  verdict.notes = {"\x1b[2Jnote"};
  EXPECT_THAT(render_verdict(small_run(), verdict, {}), Not(HasSubstr("\x1b")));
}

TEST(RenderVerdict, SaysHowManyFailuresAreNotShown) {
  verify::Verdict verdict;
  verdict.outcome = Outcome::failed;
  verdict.findings.assign(30, failure("m"));
  EXPECT_THAT(render_verdict(small_run(), verdict, {}), HasSubstr("and 18 more in artifacts/x/findings.json"));
}

TEST(RenderVerdict, TellsInconclusiveFromFailed) {
  verify::Verdict verdict;
  verdict.outcome = Outcome::inconclusive;
  verdict.findings = {failure("the capture lost packets")};
  verdict.findings[0].outcome = Outcome::inconclusive;
  const std::string text = render_verdict(small_run(), verdict, {});
  EXPECT_THAT(text, HasSubstr("UNCLEAR  echoes_match"));
  EXPECT_THAT(text, HasSubstr("INCONCLUSIVE  udp-echo"));
  EXPECT_THAT(text, Not(HasSubstr("FAILED")));
}

TEST(RenderVerdict, TellsWarningsFromFailuresAndShowsWhatWasNotRun) {
  verify::Verdict verdict;
  verdict.outcome = Outcome::failed;
  verify::Finding warning = failure("2 second echoes");
  warning.level = scenario::Level::warning;
  verify::Finding skipped;
  skipped.check = "tcp_close";
  skipped.subject = "client-2";
  skipped.message = "not run: it requires 'tcp_handshake', which failed";
  verdict.findings = {skipped, warning, failure("message 1 is lost")};
  artifacts::RunFolder run = small_run();
  run.plan.checks[0].level = scenario::Level::warning;
  const std::string text = render_verdict(run, verdict, {});
  EXPECT_THAT(text, HasSubstr("echoes_match (warning)"));
  const auto failed = text.find("FAILED  echoes_match client-1: message 1 is lost");
  const auto warned = text.find("WARNING  echoes_match client-1: 2 second echoes");
  const auto not_run = text.find("NOT RUN  tcp_close client-2: not run: it requires 'tcp_handshake', which failed");
  ASSERT_NE(not_run, std::string::npos) << text;
  EXPECT_LT(failed, warned);
  EXPECT_LT(warned, not_run);
}

}  // namespace
}  // namespace echolab::report
