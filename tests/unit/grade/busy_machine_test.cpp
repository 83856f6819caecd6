#include "lab/grade/busy_machine.h"

#include <gtest/gtest.h>

#include "lab/grade/admission.h"
#include "lab/scenario/load.h"

namespace echolab::grade {
namespace {

TEST(BusyMachine, IsAShareOfTime) {
  const BusyMachine machine;
  const auto share = machine.stalled_share();
  if (!share) GTEST_SKIP() << "this kernel has no /proc/pressure/cpu";
  EXPECT_GE(*share, 0.0);
  EXPECT_LE(*share, 1.0);
}

std::vector<scenario::Scenario> lab_of(const std::string& memory) {
  return {scenario::load_text(
      "lab.yaml", "echolab: 1\nname: lab\nservers: [{name: server, protocol: udp, limits: {memory: " + memory +
                      "}}]\nclients: [{name: client, containers: 2}]\n")};
}

TEST(Admission, WhatIsAskedForIsGiven) {
  EXPECT_EQ(admit(3, lab_of("256MiB")).jobs, 3u);
  EXPECT_EQ(admit(1, lab_of("256MiB")).processors, 1u);
}

TEST(Admission, MemoryBoundsIt) {
  EXPECT_GT(memory_of_student(lab_of("1GiB")), std::uint64_t{1} << 30);
  EXPECT_EQ(admit(0, lab_of("64GiB")).jobs, 1u) << "a lab that needs more than there is still gets its turn, alone";
  EXPECT_GE(admit(0, lab_of("64MiB")).jobs, 1u);
}

}  // namespace
}  // namespace echolab::grade
