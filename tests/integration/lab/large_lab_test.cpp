// A lab with more nodes than the machine's neighbour table has room for, on the engine of namespaces.

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "lab/base/file.h"
#include "tests/integration/lab/lab.h"

namespace echolab::lab_test {
namespace {

TEST(LargeLab, NodesAreToldTheirNeighboursWhereTheTableWouldNotHoldThem) {
  std::ifstream file("/proc/sys/net/ipv4/neigh/default/gc_thresh3");
  int limit = 1024;
  file >> limit;
  // Client and server learn each other, and half of the table is for others. Where it is very large, it need not be told.
  const int too_many = limit / 4 + 4;
  const int clients = std::min(too_many, 300);
  const test::TemporaryFolder folder;
  write_file_atomically(folder / "large.yaml",
                        "echolab: 1\nname: large\nnetworks: [{name: lab, subnet: 198.19.0.0/21}]\n"
                        "servers: [{name: server, protocol: udp}]\n"
                        "clients: [{name: client, containers: " +
                            std::to_string(clients) + ", messages: {text: \"hello {node}\"}}]\n");
  const test::Finished run = test::run_program(
      echolab({"run", "--engine", "local", "--out", (folder / "run").string(), (folder / "large.yaml").string()}));
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_EQ(run.err.find("telling nodes their neighbours") != std::string::npos, clients == too_many) << run.err;
  const nlohmann::json result = read_json(folder / "run" / "result.json");
  EXPECT_EQ(result["verdict"], "passed");
  EXPECT_EQ(result["clients"].size(), static_cast<std::size_t>(clients));
  EXPECT_TRUE(result["capture_complete"].get<bool>());
}

}  // namespace
}  // namespace echolab::lab_test
