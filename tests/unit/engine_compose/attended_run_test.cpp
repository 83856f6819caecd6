// The attended engine against nodes that a thread plays by writing to the evidence volume.

#include <gmock/gmock.h>

#include <functional>
#include <thread>

#include "lab/base/error.h"
#include "lab/engine/compose/compose_engine.h"
#include "lab/engine/compose/evidence_watch.h"
#include "tests/unit/engine_compose/temporary_folder.h"

namespace echolab::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

struct Silent final : Observer {
  void step(std::string_view) override {}
  void nodes_ready(std::size_t, std::size_t) override {}
  void nodes_finished(std::size_t, std::size_t) override {}
  void echoed(std::uint64_t messages, std::uint64_t) override { most_echoed = std::max(most_echoed, messages); }
  std::uint64_t most_echoed = 0;
};

plan::Node node(const char* name, plan::Role role, const char* address) {
  plan::Node node;
  node.name = name;
  node.role = role;
  node.address4 = IpAddress::parse(address);
  node.program = scenario::Image{"image"};
  return node;
}

class AttendedRunTest : public testing::Test {
 protected:
  AttendedRunTest() {
    plan_.run_id = "20260101T000000Z-000001";
    plan_.networks.resize(1);
    plan_.networks[0].name = "lab";
    plan_.networks[0].subnet4 = Prefix::parse("198.18.7.0/24");
    plan_.nodes = {node("server", plan::Role::server, "198.18.7.2"), node("client-1", plan::Role::client, "198.18.7.3"),
                   node("client-2", plan::Role::client, "198.18.7.4")};
    plan::Capture capture;
    capture.limit_bytes = 100;
    plan_.captures = {capture};
    plan_.limits = {
        .ready = std::chrono::seconds(30), .run = std::chrono::seconds(30), .stop = std::chrono::seconds(30)};
  }

  void node_is_ready(const std::string& folder, const std::string& address) {
    evidence_.append(folder + "/address", address + " 02:42:00:00:00:01\n");
    evidence_.append(folder + "/events.jsonl", "{\"v\":1,\"event\":\"ready\"}\n");
  }
  void node_ends(const std::string& folder, int status) {
    evidence_.append(folder + "/status", std::to_string(status) + "\n");
    std::filesystem::rename(evidence_.path() / folder / "status", evidence_.path() / folder / "exit");
  }
  // For the thread that plays the nodes: until the engine makes that file.
  void await(const char* file) {
    EvidenceWatch watch;
    watch.watch(evidence_.path());
    while (!std::filesystem::exists(evidence_.path() / file))
      watch.wait(Deadline::in(std::chrono::seconds(30)), interrupt_);
  }
  artifacts::EngineRecord run(const std::function<void()>& nodes) {
    std::jthread player(nodes);
    artifacts::RunFolderWriter folder(out_.path() / "run", plan_, "");
    const auto engine = make_compose_engine({.evidence = evidence_.path()});
    auto record = engine->run({plan_, folder, observer_, interrupt_});
    folder.finish(true);
    return record;
  }
  std::string written(const std::string& file) const { return read_file(out_.path() / "run" / file); }

  Interrupt interrupt_;  // before any thread
  TemporaryFolder evidence_, out_;
  plan::Plan plan_;
  Silent observer_;
};

constexpr const char* complete_capture =
    "{\"v\":1,\"event\":\"counters\",\"captured\":9,\"received\":9,\"dropped\":0}\n"
    "{\"v\":1,\"event\":\"totals\",\"packets\":9,\"complete\":true,\"reasons\":[]}\n";

TEST_F(AttendedRunTest, GathersWhatEveryNodeWrote) {
  const auto record = run([&] {
    node_is_ready("clients/b", "198.18.7.3");  // the order of host names is not the order of addresses
    node_is_ready("server", "198.18.7.2");
    node_is_ready("capture", "198.18.7.2");
    node_is_ready("clients/a", "198.18.7.4");
    await("start");
    evidence_.append("clients/b/stdout", "said by 3");
    evidence_.append("clients/b/events.jsonl", "{\"v\":1,\"event\":\"recv\",\"status\":\"echo\"}");  // no line end
    evidence_.append("clients/b/stderr", "a word\n");
    node_ends("clients/b", 0);
    node_ends("clients/a", 1);
    await("stop");
    evidence_.append("capture/lab.pcap", "frames");
    evidence_.append("capture/events.jsonl", complete_capture);
    node_ends("capture", 0);
    node_ends("server", 0);
  });
  EXPECT_TRUE(record.finished);
  EXPECT_THAT(record.problems, IsEmpty());
  EXPECT_EQ(written("nodes/client-1/stdout"), "said by 3");
  EXPECT_EQ(written("nodes/client-1/stderr"), "a word\n");
  EXPECT_THAT(written("nodes/client-1/events.jsonl"), HasSubstr("\"status\":\"echo\"}\n"));
  EXPECT_THAT(written("nodes/client-2/exit.json"), HasSubstr("\"exit_code\": 1"));
  EXPECT_EQ(written("captures/lab.pcap"), "frames");
  ASSERT_EQ(record.captures.size(), 1u);
  EXPECT_TRUE(record.captures[0].complete);
  EXPECT_EQ(record.captures[0].packets, 9u);
  EXPECT_EQ(record.captures[0].received, 9u);
}

TEST_F(AttendedRunTest, AClientThatEndsEarlyHoldsNobodyUp) {
  const auto record = run([&] {
    node_is_ready("server", "198.18.7.2");
    node_is_ready("capture", "198.18.7.2");
    node_is_ready("clients/a", "198.18.7.3");
    evidence_.append("clients/b/address", "198.18.7.4 02:42:00:00:00:01\n");
    node_ends("clients/b", 2);
    await("start");
    node_ends("clients/a", 0);
    await("stop");
    evidence_.append("capture/events.jsonl", complete_capture);
    evidence_.append("capture/lab.pcap", "");
    node_ends("capture", 0);
    node_ends("server", 0);
  });
  EXPECT_TRUE(record.finished);
  EXPECT_THAT(written("nodes/client-2/exit.json"), HasSubstr("\"exit_code\": 2"));
}

TEST_F(AttendedRunTest, ALimitIsARecordNotAnError) {
  plan_.limits.run = plan_.limits.stop = std::chrono::milliseconds(1);
  const auto record = run([&] {
    for (const char* folder : {"server", "capture"}) node_is_ready(folder, "198.18.7.2");
    node_is_ready("clients/a", "198.18.7.3");
    node_is_ready("clients/b", "198.18.7.4");
    node_is_ready("clients/stranger", "198.18.7.99");
  });
  EXPECT_TRUE(record.finished);
  EXPECT_THAT(record.problems, testing::Contains(HasSubstr("not every client ended within 1ms")));
  EXPECT_THAT(record.problems, testing::Contains(HasSubstr("the server did not end")));
  ASSERT_EQ(record.captures.size(), 1u);
  EXPECT_FALSE(record.captures[0].complete);
  EXPECT_THAT(record.captures[0].reasons, UnorderedElementsAre("the capture agent left no capture file",
                                                               "the capture agent did not reach its end"));
}

TEST_F(AttendedRunTest, ACaptureOverItsLimitIsIncomplete) {
  const auto record = run([&] {
    for (const char* folder : {"server", "capture"}) node_is_ready(folder, "198.18.7.2");
    node_is_ready("clients/a", "198.18.7.3");
    node_is_ready("clients/b", "198.18.7.4");
    await("start");
    node_ends("clients/a", 0);
    node_ends("clients/b", 0);
    await("stop");
    evidence_.append("capture/lab.pcap", std::string(101, 'x'));
    evidence_.append("capture/events.jsonl", complete_capture);
    node_ends("capture", 0);
    node_ends("server", 0);
  });
  EXPECT_FALSE(record.captures.at(0).complete);
  EXPECT_THAT(record.captures.at(0).reasons, ElementsAre("the capture is larger than its limit"));
}

TEST_F(AttendedRunTest, ALabThatNeverGetsReadyIsAnError) {
  plan_.limits.ready = std::chrono::milliseconds(1);
  try {
    run([&] { node_is_ready("server", "198.18.7.2"); });
    FAIL() << "ran without clients";
  } catch (const EnvironmentError& error) {
    EXPECT_THAT(error.cause(), HasSubstr("0 of 2 clients"));
    EXPECT_THAT(error.mend(), HasSubstr("docker compose logs"));
  }
  EXPECT_FALSE(std::filesystem::exists(evidence_.path() / "start"));
}

}  // namespace
}  // namespace echolab::engine
