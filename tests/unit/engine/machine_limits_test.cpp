#include "lab/engine/machine_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lab/base/file.h"
#include "tests/support/temporary_folder.h"

namespace echolab::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// One server, and clients of which each container holds two.
plan::Plan lab_of(std::size_t containers) {
  plan::Plan plan;
  plan.nodes.resize(containers + 1);
  for (std::size_t node = 1; node <= containers; ++node) {
    for (std::uint32_t client = 1; client <= 2; ++client) {
      plan::Exchange exchange;
      exchange.client_node = node;
      exchange.client = client;
      plan.exchanges.push_back(exchange);
    }
  }
  return plan;
}

class MachineLimits : public testing::Test {
 protected:
  void set(const std::string& name, std::string_view value) {
    create_folders((folder_ / name).parent_path());
    write_file_atomically(folder_ / name, value);
  }
  test::TemporaryFolder folder_;
};

TEST_F(MachineLimits, NeighboursCountPairsOfNodesAndLeaveHalfOfTheTableToOthers) {
  set("net/ipv4/neigh/default/gc_thresh3", "400\n");
  EXPECT_EQ(neighbour_entries(lab_of(100)), 200u);
  EXPECT_THAT(predict_limits(lab_of(100), folder_.path()), IsEmpty());
  EXPECT_THAT(predict_limits(lab_of(101), folder_.path()),
              ElementsAre(testing::AllOf(HasSubstr("202 neighbour entries"), HasSubstr("holds 400"),
                                         HasSubstr("net.ipv4.neigh.default.gc_thresh3=808"))));
}

TEST_F(MachineLimits, ATableOfUnknownSizeIsTakenForLinuxsOwn) {
  EXPECT_EQ(neighbour_table_size(folder_.path()), 1024u);
}

TEST_F(MachineLimits, NamespacesAreOneForEachNodeAndOneForTheBridges) {
  set("user/max_net_namespaces", "11\n");
  EXPECT_THAT(predict_limits(lab_of(9), folder_.path()), IsEmpty());
  EXPECT_THAT(predict_limits(lab_of(10), folder_.path()),
              ElementsAre(HasSubstr("12 network namespaces are needed, and a user may have 11")));
}

}  // namespace
}  // namespace echolab::engine
