// Servers with one planted fault each: every fault is caught, and the packet that is cited is the one that tshark's
// view of the wire shows to be wrong.

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>

#include "lab/base/file.h"
#include "tests/integration/lab/lab.h"
#include "tests/integration/lab/wire.h"

namespace echolab::lab_test {
namespace {

using PacketNumbers = std::set<std::uint64_t>;

struct Fault {
  std::string kind;
  std::string check;                                   // the check that has to fail
  std::function<PacketNumbers(const WireLab&)> wrong;  // the packets that prove it
};

void PrintTo(const Fault& fault, std::ostream* stream) {
  *stream << fault.kind;
}  // the test's name, not its bytes

constexpr double timeout_seconds = 0.3;

std::string scenario_text(const std::string& protocol, const std::string& fault) {
  return "echolab: 1\nname: fault-" + fault +
         "\nservers:\n"
         "  - {name: server, protocol: " +
         protocol + ", image: echolab/faulty-server, args: [\"--fault\", \"" + fault +
         "\", \"--every\", \"3\", \"--delay\", \"600ms\"]}\n"
         "clients:\n"
         "  - name: client\n    containers: 2\n    protocol: " +
         protocol +
         "\n    messages: {text: \"message {message} of {node}: hello\", count: 6, timeout: 300ms, interval: 20ms}\n";
}

struct FaultRun {
  int status = -1;
  nlohmann::json result;
  WireLab wire;
  std::string err;
};

FaultRun run_with_fault(const test::TemporaryFolder& folder, const std::string& protocol, const std::string& fault) {
  write_file_atomically(folder / "fault.yaml", scenario_text(protocol, fault));
  const std::filesystem::path run = folder / "run";
  const test::Finished finished = test::run_program(
      echolab({"run", "--engine", "docker", "--json", "--out", run.string(), (folder / "fault.yaml").string()}));
  FaultRun outcome{finished.status, nlohmann::json::parse(finished.out, nullptr, false), {}, finished.err};
  if (finished.status == 1) {
    outcome.wire.datagrams = udp_datagrams(run / "captures/lab.pcapng");
    const nlohmann::json plan = read_json(run / "plan.json");
    outcome.wire.server = plan["nodes"][0]["address4"];
  }
  return outcome;
}

// Packets that failed findings of one check cite.
PacketNumbers cited_packets(const nlohmann::json& result, const std::string& check) {
  PacketNumbers cited;
  for (const auto& finding : result["findings"]) {
    if (finding["check"] != check || finding["outcome"] != "failed") continue;
    for (const auto& evidence : finding["evidence"]) {
      if (evidence.contains("packet")) cited.insert(evidence["packet"].get<std::uint64_t>());
    }
  }
  return cited;
}

class UdpFault : public testing::TestWithParam<Fault> {
 protected:
  void SetUp() override {
    if (const std::string reason = why_no_docker(); !reason.empty()) GTEST_SKIP() << reason;
    if (!test::has_program("tshark")) GTEST_SKIP() << "tshark is not installed";
  }
  test::TemporaryFolder folder_;
};

TEST_P(UdpFault, IsCaughtWithTheRightPacket) {
  const FaultRun run = run_with_fault(folder_, "udp", GetParam().kind);
  ASSERT_EQ(run.status, 1) << run.result.dump(2) << run.err;
  EXPECT_EQ(run.result["verdict"], "failed");
  const PacketNumbers wrong = GetParam().wrong(run.wire);
  ASSERT_FALSE(wrong.empty()) << "the planted fault did not happen";
  const PacketNumbers cited = cited_packets(run.result, GetParam().check);
  for (const std::uint64_t packet : wrong)
    EXPECT_TRUE(cited.contains(packet)) << "packet " << packet << run.result.dump(2);
}

INSTANTIATE_TEST_SUITE_P(
    Docker, UdpFault,
    testing::Values(
        Fault{"drop", "echoes_match", [](const WireLab& w) { return w.requests_without_equal_reply(); }},
        Fault{"double", "nothing_else_echoed", [](const WireLab& w) { return w.second_replies(); }},
        Fault{"alter", "echoes_match", [](const WireLab& w) { return w.replies_that_equal_no_own_request(); }},
        Fault{"truncate", "echoes_match", [](const WireLab& w) { return w.replies_that_equal_no_own_request(); }},
        Fault{"append", "echoes_match", [](const WireLab& w) { return w.replies_that_equal_no_own_request(); }},
        Fault{"upper", "echoes_match", [](const WireLab& w) { return w.replies_that_equal_no_own_request(); }},
        Fault{"delay", "echoes_match", [](const WireLab& w) { return w.replies_after(timeout_seconds); }},
        Fault{"other-port", "nothing_else_echoed", [](const WireLab& w) { return w.replies_from_other_ports(); }},
        Fault{"wrong-client", "nothing_else_echoed",
              [](const WireLab& w) { return w.replies_that_equal_no_own_request(); }},
        Fault{"unsolicited", "nothing_else_echoed",
              [](const WireLab& w) { return w.replies_that_equal_no_own_request(); }},
        Fault{"first-client-only", "echoes_match", [](const WireLab& w) { return w.requests_without_equal_reply(); }}),
    [](const auto& fault) {
      std::string name = fault.param.kind;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

class TcpFault : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (const std::string reason = why_no_docker(); !reason.empty()) GTEST_SKIP() << reason;
  }
  test::TemporaryFolder folder_;
};

TEST_P(TcpFault, IsCaughtAndCitesAPacket) {
  const FaultRun run = run_with_fault(folder_, "tcp", GetParam());
  ASSERT_EQ(run.status, 1) << run.result.dump(2) << run.err;
  PacketNumbers cited = cited_packets(run.result, "echoes_match");
  cited.merge(cited_packets(run.result, "nothing_else_echoed"));
  EXPECT_FALSE(cited.empty()) << run.result.dump(2);
}

INSTANTIATE_TEST_SUITE_P(Docker, TcpFault, testing::Values("alter", "drop", "truncate", "append", "close-early"),
                         [](const auto& fault) {
                           std::string name = fault.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace echolab::lab_test
