#include "services/echo_server/server_options.h"

#include <gtest/gtest.h>

namespace echo {
namespace {

std::variant<ServerOptions, int> read(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "echo-server");
  return read_server_options(static_cast<int>(arguments.size()), arguments.data());
}

TEST(ServerOptions, ListenOnBothWildcardsByDefault) {
  const auto options = std::get<ServerOptions>(read({}));
  EXPECT_TRUE(options.udp);
  EXPECT_TRUE(options.tcp);
  ASSERT_EQ(options.addresses.size(), 2U);
  EXPECT_EQ(options.addresses[0].to_string(), "0.0.0.0:5000");
  EXPECT_EQ(options.addresses[1].to_string(), "[::]:5000");
  EXPECT_TRUE(options.ipv6_is_optional);
  EXPECT_EQ(options.threads, 1U);
}

TEST(ServerOptions, InsistOnIpv6WhenItWasAskedFor) {
  const auto options = std::get<ServerOptions>(read({"--family", "ipv6", "--port", "0", "--protocol", "udp"}));
  ASSERT_EQ(options.addresses.size(), 1U);
  EXPECT_EQ(options.addresses[0].to_string(), "[::]:0");
  EXPECT_FALSE(options.ipv6_is_optional);
  EXPECT_FALSE(options.tcp);
}

TEST(ServerOptions, AddressesReplaceTheWildcards) {
  const auto options = std::get<ServerOptions>(read({"--address", "127.0.0.1", "--address", "::1", "--port", "7"}));
  ASSERT_EQ(options.addresses.size(), 2U);
  EXPECT_EQ(options.addresses[1].to_string(), "[::1]:7");
}

TEST(ServerOptions, RefuseMistakesWithStatus2) {
  EXPECT_EQ(std::get<int>(read({"--port", "70000"})), 2);
  EXPECT_EQ(std::get<int>(read({"--address", "nobody"})), 2);
  EXPECT_EQ(std::get<int>(read({"--address", "::1", "--family", "ipv4"})), 2);
  EXPECT_EQ(std::get<int>(read({"--protocol", "sctp"})), 2);
  EXPECT_EQ(std::get<int>(read({"--threads", "0"})), 2);
  EXPECT_EQ(std::get<int>(read({"--threads", "-1"})), 2);
  EXPECT_EQ(std::get<int>(read({"--threads", "65"})), 2);
}

}  // namespace
}  // namespace echo
