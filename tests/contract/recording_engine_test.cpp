// The engine that only records keeps to what every engine promises: a folder that can be read, nothing left, and no
// verdict about what did not happen.

#include "lab/engine/recording/recording_engine.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include "lab/artifacts/run_folder.h"
#include "lab/base/error.h"
#include "lab/base/file.h"
#include "lab/scenario/load.h"
#include "lab/verify/verify.h"
#include "tests/support/temporary_folder.h"

namespace echolab::engine {
namespace {

using testing::HasSubstr;

class NoObserver final : public Observer {
 public:
  void step(std::string_view) override {}
  void nodes_ready(std::size_t, std::size_t) override {}
  void nodes_finished(std::size_t, std::size_t) override {}
  void echoed(std::uint64_t, std::uint64_t) override {}
};

class RecordingEngine : public testing::Test {
 protected:
  void record(const std::string& name, bool interrupted = false) {
    Interrupt interrupt;
    if (interrupted) ::kill(::getpid(), SIGINT);
    artifacts::RunFolderWriter writer(folder_ / name, plan_, scenario_.source);
    NoObserver observer;
    const auto engine = make_recording_engine();
    engine->run({plan_, writer, observer, interrupt});
    writer.finish(false);
  }
  // The steps without their times.
  std::vector<std::string> steps(const std::string& name) {
    std::vector<std::string> lines;
    std::string text = read_file(folder_ / name / "events.jsonl");
    for (std::size_t begin = 0, end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
      const std::string line = text.substr(begin, end - begin);
      const std::size_t step = line.find("\"step\"");
      lines.push_back(line.substr(step, line.find(',', step) - step) + line.substr(line.find("\"detail\"")));
    }
    return lines;
  }

  const scenario::Scenario scenario_ = scenario::load_file("scenarios/udp-echo.yaml");
  const plan::Plan plan_ = plan::make_plan(scenario_, {"20261123T000000Z-000000", {}});
  const test::TemporaryFolder folder_;
};

TEST_F(RecordingEngine, WritesDownEveryStepInOrderAndTheSameTwice) {
  record("one");
  record("two");
  const std::vector<std::string> lines = steps("one");
  EXPECT_EQ(lines, steps("two"));
  std::vector<std::string> wanted{"network", "capture"};
  for (const plan::Node& node : plan_.nodes) wanted.push_back(node.name);
  for (const char* step : {"ready", "release", "run", "stop", "gather"}) wanted.push_back(step);
  ASSERT_EQ(lines.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_THAT(lines[i], HasSubstr(wanted[i]));
  EXPECT_THAT(lines[2], HasSubstr("echolab/echo-server"));
}

TEST_F(RecordingEngine, NeitherPassesNorFailsAnybody) {
  record("run");
  const artifacts::RunFolder run = artifacts::read_run_folder(folder_ / "run");
  EXPECT_EQ(run.plan, plan_);
  EXPECT_FALSE(run.engine.finished);
  const verify::Verdict verdict = verify::verify_run(run);
  EXPECT_EQ(verdict.outcome, verify::Outcome::inconclusive);
  for (const verify::Finding& finding : verdict.findings) EXPECT_NE(finding.outcome, verify::Outcome::failed);
  EXPECT_THAT(run.node_exit("server").error, HasSubstr("starts nothing"));
}

TEST_F(RecordingEngine, EndsAtCtrlC) {
  EXPECT_THROW(record("run", true), Interrupted);
}

}  // namespace
}  // namespace echolab::engine
