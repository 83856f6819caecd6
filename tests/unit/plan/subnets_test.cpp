#include "lab/plan/subnets.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "lab/base/error.h"

namespace echolab::plan {
namespace {

const Prefix pool4 = *Prefix::parse("198.18.0.0/15");
const Prefix pool6 = *Prefix::parse("fd00::/8");

// Prefixes in and around the pool, from single addresses to all of it.
rc::Gen<std::vector<Prefix>> some_prefixes() {
  const auto one = rc::gen::apply(
      [](std::uint32_t address, int length) { return Prefix(IpAddress::v4(0xc6000000u | address), length); },
      rc::gen::inRange<std::uint32_t>(0x100000, 0x180000), rc::gen::inRange(17, 33));
  return rc::gen::container<std::vector<Prefix>>(one);
}

RC_GTEST_PROP(Subnets, AreFreeLargeEnoughAndApart, ()) {
  const auto occupied = *some_prefixes();
  const auto nodes = *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(1, 901));
  const auto run_id = *rc::gen::arbitrary<std::string>();
  SubnetAllocator allocator(run_id, occupied);
  std::vector<Prefix> taken = occupied;
  for (const std::uint64_t count : nodes) {
    Prefix found;
    try {
      found = allocator.allocate_v4(count);
    } catch (const EnvironmentError&) {
      // Right only when no slot of that size is free.
      int length = 28;
      while ((std::uint64_t{1} << (32 - length)) < count + 5) --length;
      const std::uint32_t size = 1u << (32 - length);
      for (std::uint32_t at = 0; at < 1u << 17; at += size) {
        const Prefix slot(IpAddress::v4(0xc6120000 + at), length);
        RC_ASSERT(std::any_of(taken.begin(), taken.end(), [&](const Prefix& t) { return t.overlaps(slot); }));
      }
      return;
    }
    RC_ASSERT(pool4.overlaps(found) && found.length() > 15 && found.length() <= 28);
    RC_ASSERT(found.usable_hosts() >= count + 1);
    for (const Prefix& other : taken) RC_ASSERT(!other.overlaps(found));
    taken.push_back(found);
  }
}

RC_GTEST_PROP(Subnets, FollowFromTheRunIdAlone, (const std::string& run_id)) {
  SubnetAllocator one(run_id, {}), two(run_id, {});
  RC_ASSERT(one.allocate_v4(5) == two.allocate_v4(5));
  RC_ASSERT(one.allocate_v6() == two.allocate_v6());
}

TEST(Subnets, ThousandsFitAndThenItSaysSo) {
  SubnetAllocator allocator("run", {});
  std::set<Prefix> found;
  for (int i = 0; i < 8192; ++i) found.insert(allocator.allocate_v4(5));
  EXPECT_EQ(found.size(), 8192u);
  try {
    allocator.allocate_v4(5);
    FAIL() << "a subnet that cannot be free";
  } catch (const EnvironmentError& error) {
    EXPECT_NE(error.mend().find("echolab clean"), std::string::npos);
  }
}

TEST(Subnets, ParallelRunsRarelyWantTheSame) {
  std::set<Prefix> found;
  for (int i = 0; i < 100; ++i) {
    const std::string run_id = "run" + std::to_string(i);
    SubnetAllocator allocator(run_id, {});
    found.insert(allocator.allocate_v4(5));
  }
  EXPECT_GE(found.size(), 95u);
}

TEST(Subnets, DefaultRoutesOccupyNothing) {
  SubnetAllocator allocator("run",
                            {*Prefix::parse("0.0.0.0/0"), *Prefix::parse("128.0.0.0/1"), *Prefix::parse("::/0")});
  EXPECT_TRUE(pool4.overlaps(allocator.allocate_v4(5)));
  EXPECT_TRUE(pool6.overlaps(allocator.allocate_v6()));
}

TEST(Subnets, AWiderRouteTakesThePoolAway) {
  SubnetAllocator allocator("run", {*Prefix::parse("198.0.0.0/8")});
  EXPECT_THROW(allocator.allocate_v4(5), EnvironmentError);
}

TEST(Subnets, Ipv6NetworksOfARunShareTheirSite) {
  SubnetAllocator allocator("run", {});
  const Prefix one = allocator.allocate_v6(), two = allocator.allocate_v6();
  EXPECT_EQ(one.length(), 64);
  EXPECT_FALSE(one.overlaps(two));
  EXPECT_EQ(Prefix(one.network(), 48), Prefix(two.network(), 48));
  SubnetAllocator other("run", {Prefix(one.network(), 48)});
  EXPECT_FALSE(other.allocate_v6().overlaps(Prefix(one.network(), 48)));
}

}  // namespace
}  // namespace echolab::plan
