// Payloads against vectors that another program computed from docs/events.md: tests/golden/plan/payloads.py.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "lab/base/file.h"
#include "lab/base/hash.h"
#include "lab/base/json.h"
#include "lab/base/text.h"
#include "lab/plan/plan.h"

namespace echolab::plan {
namespace {

Payload payload_from(const nlohmann::json& json) {
  if (json.contains("templates")) return TextPayload{json.at("templates")};
  const std::string fill = json.at("fill");
  return BytePayload{json.at("sizes"),
                     fill == "zero"      ? scenario::Fill::zero
                     : fill == "pattern" ? scenario::Fill::pattern
                                         : scenario::Fill::random,
                     json.value("seed", std::uint64_t{1})};
}

TEST(Payload, MatchesTheVectorsOfAnIndependentProgram) {
  const auto vectors = nlohmann::json::parse(read_file("tests/golden/plan/payloads.json"));
  ASSERT_GE(vectors.size(), 10u);
  for (const auto& vector : vectors) {
    const Payload payload = payload_from(vector.at("payload"));
    const std::uint32_t client = vector.at("client"), message = vector.at("message");
    const std::string got = payload_of(payload, client, message);
    EXPECT_EQ(got.size(), vector.at("size")) << vector;
    EXPECT_EQ(payload_size(payload, client, message), vector.at("size")) << vector;
    EXPECT_EQ(sha256_hex(got), vector.at("sha256")) << vector;
  }
}

// The vectors the services are held to, when both halves are in the tree.
TEST(Payload, MatchesTheVectorsOfTheServices) {
  constexpr const char* file = "tests/golden/payloads.json";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is missing: it comes with the services";
  const auto vectors = nlohmann::json::parse(read_file(file));
  ASSERT_FALSE(vectors.empty());
  for (const auto& vector : vectors) {
    const std::uint32_t client = vector.at("client"), message = vector.at("message");
    const std::string got = payload_of(payload_from(vector), client, message);
    EXPECT_EQ(got.size(), vector.at("length")) << vector;
    if (vector.contains("hex")) {
      EXPECT_EQ(to_hex({reinterpret_cast<const std::uint8_t*>(got.data()), got.size()}), vector.at("hex")) << vector;
    } else {
      EXPECT_EQ(sha256_hex(got), vector.at("sha256")) << vector;
    }
  }
}

// SplitMix64 from state 0, as published with its reference code.
TEST(Payload, RandomBytesAreSplitMix64) {
  const std::uint64_t client_step = 0x9E3779B97F4A7C15, message_step = 0xD1B54A32D192ED03;
  const BytePayload payload{{16}, scenario::Fill::random, 0 - client_step - message_step};
  const std::string got = payload_of(payload, 1, 1);
  EXPECT_EQ(to_hex({reinterpret_cast<const std::uint8_t*>(got.data()), got.size()}),
            "afcd1d7b39a820e2f465b9a16a9e786e");
}

TEST(Payload, TemplatesAndSizesTakeTurns) {
  const Payload text = TextPayload{{"a{message}", "b{{{client}}}"}};
  EXPECT_EQ(payload_of(text, 7, 1), "a1");
  EXPECT_EQ(payload_of(text, 7, 2), "b{7}");
  EXPECT_EQ(payload_of(text, 7, 3), "a3");
  const Payload bytes = BytePayload{{0, 3}, scenario::Fill::pattern, 1};
  EXPECT_EQ(payload_of(bytes, 1, 1), "");
  EXPECT_EQ(payload_of(bytes, 1, 2), "\x02\x03\x04");
  EXPECT_EQ(payload_size(bytes, 1, 4), 3u);
}

}  // namespace
}  // namespace echolab::plan
