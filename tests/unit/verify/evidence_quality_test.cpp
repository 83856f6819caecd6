// What is incomplete never fails anybody; what is wrong in plain sight does.

#include <gmock/gmock.h>

#include "tests/support/run_folder_builder.h"
#include "tests/unit/verify/verdict_matchers.h"

namespace echolab::verify {
namespace {

using test::RunFolderBuilder;
using ::testing::HasSubstr;

struct Lab : RunFolderBuilder {
  Lab() {
    add_client({"one", "two"});
    for (plan::Node& node : run.plan.nodes) node.writes_events = false;
  }
  void incomplete() {
    run.engine.captures[0].complete = false;
    run.engine.captures[0].reasons = {"tcpdump dropped 3 packets"};
  }
  Verdict judge() { return verify_run(write()); }
};

TEST(EvidenceQuality, ALostEchoInAnIncompleteCaptureIsInconclusive) {
  Lab lab;
  lab.incomplete();
  lab.request(0, 1);
  lab.echo(0, 1);
  lab.request(0, 2);
  const Verdict verdict = lab.judge();
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
  for (const Finding& finding : verdict.findings) EXPECT_NE(finding.outcome, Outcome::failed) << finding.message;
  EXPECT_THAT(finding_of(verdict, "echoes_match", "client-1").message, HasSubstr("tcpdump dropped 3 packets"));
}

TEST(EvidenceQuality, AnAlteredEchoInAnIncompleteCaptureStillFails) {
  Lab lab;
  lab.incomplete();
  lab.request(0, 1);
  lab.reply(0, "onE");
  const Verdict verdict = lab.judge();
  EXPECT_EQ(outcome_of(verdict, "echoes_match", "client-1"), Outcome::failed);
  EXPECT_EQ(outcome_of(verdict, "counts", "client-1"), Outcome::inconclusive);
}

TEST(EvidenceQuality, AnEchoWhoseRequestTheCaptureLostIsInconclusive) {
  Lab lab;
  lab.incomplete();
  lab.request(0, 1);
  lab.echo(0, 1);
  lab.echo(0, 2);
  const Verdict verdict = lab.judge();
  EXPECT_EQ(outcome_of(verdict, "nothing_else_echoed", "client-1"), Outcome::inconclusive);
}

TEST(EvidenceQuality, AnEchoWithoutRequestInACompleteCaptureFails) {
  Lab lab;
  lab.request(0, 1);
  lab.echo(0, 1);
  lab.echo(0, 2);
  EXPECT_EQ(outcome_of(lab.judge(), "nothing_else_echoed", "client-1"), Outcome::failed);
}

TEST(EvidenceQuality, AFileThatIsCutOffIsIncomplete) {
  Lab lab;
  lab.exchange_all(0);
  lab.write();
  const auto file = lab.run.folder / "captures/lab.pcap";
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 5);
  const Verdict verdict = verify_run(lab.run);
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
  EXPECT_THAT(verdict.notes[0], HasSubstr("cut off after packet 3"));
}

TEST(EvidenceQuality, AMissingCaptureIsInconclusive) {
  Lab lab;
  lab.writes_capture = false;
  const Verdict verdict = lab.judge();
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
  EXPECT_EQ(verdict.findings.size(), 5u);
  for (const Finding& finding : verdict.findings) EXPECT_EQ(finding.outcome, Outcome::inconclusive);
}

TEST(EvidenceQuality, ACorruptCaptureIsInconclusive) {
  Lab lab;
  lab.writes_capture = false;
  lab.write();
  std::filesystem::create_directories(lab.run.folder / "captures");
  write_file_atomically(lab.run.folder / "captures/lab.pcap", "this is no capture, whatever its name says");
  EXPECT_EQ(verify_run(lab.run).outcome, Outcome::inconclusive);
}

TEST(EvidenceQuality, DatagramsCutBySnaplenAreNotFullyCompared) {
  Lab lab;
  lab.run.plan.exchanges[0].payload = plan::TextPayload{{std::string(300, 'a'), std::string(300, 'b')}};
  lab.wire.set_snaplen(100);
  lab.exchange_all(0);
  const Verdict verdict = lab.judge();
  EXPECT_EQ(verdict.exchanges[0].echoed, 2u);
  EXPECT_EQ(outcome_of(verdict, "echoes_match", "client-1"), Outcome::inconclusive);
  EXPECT_EQ(outcome_of(verdict, "nothing_else_echoed", "client-1"), Outcome::passed);
}

TEST(EvidenceQuality, ANodeThatCrashedFailsWithItsExitCode) {
  Lab lab;
  lab.request(0, 1);
  lab.echo(0, 1);
  artifacts::NodeExit exit;
  exit.exit_code = 139;
  lab.exits = {{"client-1", exit}};
  lab.write();
  write_file_atomically(lab.run.folder / "nodes/client-1/stderr", "starting\nSegmentation fault\n");
  const Verdict verdict = verify_run(lab.run);
  const Finding finding = finding_of(verdict, "echoes_match", "client-1");
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_THAT(finding.message, HasSubstr("client-1 ended with exit code 139, saying: starting\\nSegmentation fault"));
  EXPECT_EQ(outcome_of(verdict, "counts", "client-1"), Outcome::failed);
}

TEST(EvidenceQuality, ANodeThatTheEngineCouldNotStartIsInconclusive) {
  Lab lab;
  artifacts::NodeExit exit;
  exit.error = "no space left on device";
  lab.exits = {{"client-1", exit}};
  const Verdict verdict = lab.judge();
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
  EXPECT_THAT(finding_of(verdict, "own_port", "client-1").message, HasSubstr("no space left on device"));
}

TEST(EvidenceQuality, WithoutFindingsNothingRan) {
  Lab lab;
  lab.run.plan.checks.clear();
  EXPECT_EQ(lab.judge().outcome, Outcome::not_run);
}

TEST(EvidenceQuality, AManifestThatTheCaptureContradictsMakesItIncomplete) {
  Lab lab;
  lab.request(0, 1);
  lab.run.damaged = {"captures/lab.pcap"};
  EXPECT_EQ(lab.judge().outcome, Outcome::inconclusive);
}

}  // namespace
}  // namespace echolab::verify
