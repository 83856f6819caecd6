// Client's log, server's log and the wire: each way in which they can disagree.

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
    log_bind(0);
    request(0, 1);
    echo(0, 1);
    log_message(0, 1);
  }
  Finding match() { return finding_of(verify_run(write()), "echoes_match", "client-1"); }
};

TEST(ThreeWitnesses, AnEchoThatOnlyTheClientSaw) {
  Lab lab;
  lab.request(0, 2);
  lab.log_message(0, 2);
  const Finding finding = lab.match();
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_THAT(finding.message, HasSubstr("message 2 (packet 3) got no echo; the server logged sending it"));
  bool cites_the_line = false;
  for (const Evidence& e : finding.evidence) {
    cites_the_line |= e.kind == Evidence::Kind::line && e.file == "nodes/client-1/events.jsonl" && e.number == 5;
  }
  EXPECT_TRUE(cites_the_line);
}

TEST(ThreeWitnesses, AnEchoThatTheClientDidNotLog) {
  Lab lab;
  const auto request = lab.request(0, 2);
  lab.echo(0, 2);
  lab.log_sent(0, 2);
  lab.log_server("recv", 0, "two");
  lab.log_server("send", 0, "two");
  const Finding finding = lab.match();
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_THAT(finding.message, HasSubstr("the client did not log it"));
  EXPECT_TRUE(cites_packet(finding, request));
}

TEST(ThreeWitnesses, AServerThatLogsWhatNobodySent) {
  Lab lab;
  lab.request(0, 2);
  lab.echo(0, 2);
  lab.log_message(0, 2);
  lab.log_server("recv", 0, "three");
  const Finding finding = lab.match();
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_THAT(finding.message, HasSubstr("the server's log claims to have received"));
}

TEST(ThreeWitnesses, AServerThatDoesNotLogWhatItSent) {
  Lab lab;
  lab.request(0, 2);
  lab.echo(0, 2);
  lab.log_sent(0, 2);
  lab.log_received(0, 2);
  lab.log_server("recv", 0, "two");
  const Finding finding = lab.match();
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_THAT(finding.message, HasSubstr("the server did not log it"));
}

TEST(ThreeWitnesses, AClientThatLogsOtherBytesThanTheWireCarried) {
  Lab lab;
  lab.request(0, 2);
  lab.echo(0, 2);
  lab.log_sent(0, 2);
  lab.log_server("recv", 0, "two");
  lab.log_server("send", 0, "two");
  lab.log_line("client-1", R"("event":"recv","client":1,"message":2,"status":"echo","hash":"00000000deadbeef")");
  EXPECT_THAT(lab.match().message, HasSubstr("the client logged other bytes"));
}

TEST(ThreeWitnesses, ALogWithoutItsTotalsLineIsNotHeldAgainstAnybody) {
  Lab lab;
  lab.request(0, 2);
  lab.echo(0, 2);  // nobody logs it
  lab.logs_totals = false;
  const Verdict verdict = verify_run(lab.write());
  EXPECT_EQ(verdict.outcome, Outcome::passed) << to_json(verdict);
  ASSERT_EQ(verdict.notes.size(), 2u);
  EXPECT_THAT(verdict.notes[0], HasSubstr("ends without its totals line"));
}

TEST(ThreeWitnesses, DroppedEventsAreNotHeldAgainstAnybody) {
  Lab lab;
  lab.request(0, 2);
  lab.echo(0, 2);
  lab.logs_totals = false;
  lab.log_line("client-1", R"("event":"totals","events_dropped":3)");
  lab.log_line("server", R"("event":"totals","events_dropped":1)");
  const Verdict verdict = verify_run(lab.write());
  EXPECT_EQ(verdict.outcome, Outcome::passed) << to_json(verdict);
  EXPECT_THAT(verdict.notes[0], HasSubstr("3 events of client-1 could not be written"));
}

TEST(ThreeWitnesses, AHostileLineMakesTheLogIncomplete) {
  Lab lab;
  lab.request(0, 2);
  lab.echo(0, 2);
  lab.log_line("client-1", R"("event":)");
  lab.log_line("server", std::string(5000, 'x'));
  EXPECT_EQ(verify_run(lab.write()).outcome, Outcome::passed);
}

}  // namespace
}  // namespace echolab::verify
