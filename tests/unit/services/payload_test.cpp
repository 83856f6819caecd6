#include "services/common/payload.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

namespace echo {
namespace {

using nlohmann::json;

std::string hex(std::span<const std::uint8_t> bytes) {
  std::string out;
  for (const std::uint8_t byte : bytes) {
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

std::string sha256(std::span<const std::uint8_t> bytes) {
  std::array<std::uint8_t, 32> digest{};
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return hex(digest);
}

Payload payload_of(const json& vector) {
  if (vector["kind"] == "text") return Payload::text(vector["templates"].get<std::vector<std::string>>());
  const std::map<std::string, Fill> fills{{"zero", Fill::zero}, {"pattern", Fill::pattern}, {"random", Fill::random}};
  return Payload::bytes(vector["sizes"].get<std::vector<std::uint64_t>>(), fills.at(vector["fill"].get<std::string>()),
                        vector["seed"].get<std::uint64_t>());
}

TEST(Payload, GivesTheGoldenVectors) {
  const json vectors = json::parse(std::ifstream("tests/golden/payloads.json"));
  ASSERT_GT(vectors.size(), 50U);
  for (const json& vector : vectors) {
    const Payload payload = payload_of(vector);
    const std::uint64_t client = vector["client"], message = vector["message"];
    ASSERT_EQ(payload.size(client, message), vector["length"].get<std::uint64_t>()) << vector;
    std::vector<std::uint8_t> bytes(vector["length"].get<std::size_t>());
    payload.fill(client, message, 0, bytes);
    if (vector.contains("hex")) {
      EXPECT_EQ(hex(bytes), vector["hex"].get<std::string>()) << vector;
    } else {
      EXPECT_EQ(sha256(bytes), vector["sha256"].get<std::string>()) << vector;
    }
  }
}

TEST(Payload, GivesTheSameBytesFromEveryOffset) {
  for (const Payload& payload :
       {Payload::bytes({100}, Fill::random, 7), Payload::bytes({600}, Fill::pattern, 7),
        Payload::text({"message {message} of {client}"}), Payload::fixed("as it is {message}")}) {
    std::vector<std::uint8_t> whole(payload.size(3, 9));
    payload.fill(3, 9, 0, whole);
    for (std::size_t offset = 0; offset < whole.size(); ++offset) {
      std::vector<std::uint8_t> rest(whole.size() - offset);
      payload.fill(3, 9, offset, rest);
      ASSERT_TRUE(std::equal(rest.begin(), rest.end(), whole.begin() + static_cast<std::ptrdiff_t>(offset))) << offset;
    }
  }
}

}  // namespace
}  // namespace echo
