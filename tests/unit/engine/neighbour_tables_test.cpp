#include "lab/engine/neighbour_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lab/base/file.h"
#include "tests/support/temporary_folder.h"

namespace echolab::engine {
namespace {

// As Linux 6 prints it, for two processors.
std::string statistics(std::string_view first, std::string_view second) {
  return "entries  allocs   table_fulls destroys\n00000400 000011f6 " + std::string(first) + " 00000b2f\n" +
         "00000400 000010b0 " + std::string(second) + " 00001377\n";
}

TEST(NeighbourTables, CountsRefusalsOfBothFamiliesOnAllProcessorsSinceTheBeginning) {
  const test::TemporaryFolder folder;
  write_file_atomically(folder / "arp_cache", statistics("000001f8", "000001f7"));
  write_file_atomically(folder / "ndisc_cache", statistics("00000000", "00000001"));
  const NeighbourTables tables(folder.path());
  EXPECT_EQ(tables.refused(), 0u);
  write_file_atomically(folder / "arp_cache", statistics("000001fa", "00000200"));
  write_file_atomically(folder / "ndisc_cache", statistics("00000000", "00000002"));
  EXPECT_EQ(tables.refused(), 2u + 9u + 1u);
  EXPECT_THAT(NeighbourTables::explain(1), testing::HasSubstr("full 1 time, "));
  EXPECT_THAT(NeighbourTables::explain(12), testing::HasSubstr("sysctl -w net.ipv4.neigh.default.gc_thresh3="));
}

TEST(NeighbourTables, SayNothingWhereTheKernelDoesNot) {
  const test::TemporaryFolder folder;
  EXPECT_EQ(NeighbourTables(folder.path()).refused(), 0u);
  write_file_atomically(folder / "arp_cache", "entries allocs\n1 2\n");
  EXPECT_EQ(NeighbourTables(folder.path()).refused(), 0u);
}

}  // namespace
}  // namespace echolab::engine
