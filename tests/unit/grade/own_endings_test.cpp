#include "lab/grade/own_endings.h"

#include <gmock/gmock.h>

#include "lab/base/file.h"
#include "tests/support/temporary_folder.h"

namespace echolab::grade {
namespace {

using testing::IsEmpty;

class OwnEndings : public testing::Test {
 protected:
  void add(plan::Role role, const std::string& name, const std::string& events, const std::string& output = "") {
    plan::Node node;
    node.role = role;
    node.name = name;
    node.supervised = true;
    run_.plan.nodes.push_back(node);
    create_folders(run_.node_file(name, "stdout").parent_path());
    write_file_atomically(run_.node_file(name, "stdout"), output);
    write_file_atomically(run_.node_file(name, "events.jsonl"), events);
  }

  test::TemporaryFolder folder_;
  artifacts::RunFolder run_{folder_.path(), {}, {}, true, {}};
};

TEST_F(OwnEndings, OfAServerAreToldWithTheErrorItWrote) {
  add(plan::Role::server, "server", "{\"event\":\"ended\",\"exit\":1}\n",
      "listening\r\nTraceback:\r\nOSError: [Errno 99] \x1b[1mno\r\n\r\n  at the end\r\n");
  EXPECT_EQ(own_endings(run_), R"(server ended by itself with exit status 1: 'OSError: [Errno 99] \x1b[1mno')");
}

TEST_F(OwnEndings, OfAServerThatSaidNothingAreToldToo) {
  add(plan::Role::server, "server", "{\"event\":\"ended\",\"signal\":\"SIGSEGV\"}\n");
  add(plan::Role::server, "second", "{\"event\":\"ended\",\"error\":\"server.py: No such file or directory\"}\n");
  EXPECT_EQ(own_endings(run_),
            "server ended by itself with SIGSEGV; second could not be started: server.py: No such file or directory");
}

TEST_F(OwnEndings, ThatWereAskedForAreNone) {
  add(plan::Role::server, "server", "{\"event\":\"ended\",\"exit\":0,\"reason\":\"stopped\"}\n");
  add(plan::Role::client, "client-1", "{\"event\":\"ended\",\"exit\":0}\n");
  add(plan::Role::server, "killed", "{\"event\":\"ready\"}\n");
  EXPECT_THAT(own_endings(run_), IsEmpty());
}

TEST_F(OwnEndings, OfAClientCountWhenItFailed) {
  add(plan::Role::client, "client-1", "{\"event\":\"ended\",\"exit\":3}\n", "bye\n");
  EXPECT_EQ(own_endings(run_), "client-1 ended by itself with exit status 3: 'bye'");
}

TEST(ExplainFailures, LeadsFailedChecksOnly) {
  std::vector<marks::CheckMark> marks(2);
  marks[0].outcome = verify::Outcome::failed;
  marks[0].message = "no echo";
  marks[1].outcome = verify::Outcome::passed;
  marks[1].message = "fine";
  explain_failures(marks, "server ended");
  EXPECT_EQ(marks[0].message, "server ended; no echo");
  EXPECT_EQ(marks[1].message, "fine");
}

}  // namespace
}  // namespace echolab::grade
