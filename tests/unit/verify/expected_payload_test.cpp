#include "lab/verify/expected_payload.h"

#include <gtest/gtest.h>

namespace echolab::verify {
namespace {

Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// The parts made here must be parts of what the planner says, from every offset and for every fill.
TEST(ExpectedPayload, PartsAreThePlannersBytes) {
  for (const auto fill : {scenario::Fill::zero, scenario::Fill::pattern, scenario::Fill::random}) {
    plan::Exchange exchange;
    exchange.client = 3;
    exchange.messages = 4;
    exchange.payload = plan::BytePayload{{0, 1, 13, 1000}, fill, 42};
    const ExpectedPayload expected(exchange);
    for (std::uint32_t m = 1; m <= 8; ++m) {
      const std::string whole = plan::payload_of(exchange.payload, 3, m);
      EXPECT_EQ(expected.size(m), whole.size());
      EXPECT_EQ(expected.part(m, 0, 5000), whole);
      for (std::size_t offset = 0; offset <= whole.size(); offset += 7) {
        const std::string rest = whole.substr(offset);
        EXPECT_EQ(expected.part(m, offset, 11), rest.substr(0, 11));
        EXPECT_FALSE(expected.difference(m, offset, bytes_of(rest)));
        EXPECT_EQ(expected.difference(m, offset, bytes_of(rest + "x")), rest.size());
      }
    }
  }
}

TEST(ExpectedPayload, NamesTheFirstDifference) {
  plan::Exchange exchange;
  exchange.payload = plan::TextPayload{{"hello {message} of {client}"}};
  exchange.client = 2;
  const ExpectedPayload expected(exchange);
  EXPECT_FALSE(expected.difference(7, 0, bytes_of("hello 7 of 2")));
  EXPECT_EQ(expected.difference(7, 0, bytes_of("hello 8 of 2")), 6u);
  EXPECT_EQ(expected.difference(7, 6, bytes_of("7 of 3")), 5u);
  EXPECT_FALSE(expected.equals(7, bytes_of("hello 7"), 7));
  EXPECT_TRUE(expected.equals(7, bytes_of("hello 7"), 12));  // the capture cut it
}

TEST(ExpectedPayload, HashesAsTheEventLogsDo) {
  EXPECT_EQ(payload_hash({}), 0x2d06800538d394c2u);  // XXH3 64 of nothing, from its specification
}

}  // namespace
}  // namespace echolab::verify
