#include "services/echo_client/client_options.h"

#include <gtest/gtest.h>

namespace echo {
namespace {

std::variant<ClientOptions, int> read(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "echo-client");
  return read_client_options(static_cast<int>(arguments.size()), arguments.data());
}

ClientOptions options_of(const std::vector<const char*>& arguments) {
  return std::get<ClientOptions>(read(arguments));
}

TEST(ClientOptions, AreTheCoursesClientWithoutMessages) {
  const ClientOptions options = options_of({"198.18.0.2", "5000"});
  EXPECT_TRUE(options.interactive);
  EXPECT_EQ(options.timeout, std::chrono::seconds(2));
  EXPECT_FALSE(options.tcp);
}

TEST(ClientOptions, CountEachTextOrSizeOnceByDefault) {
  EXPECT_EQ(options_of({"s", "1", "--message", "a", "--message", "b"}).count, 2U);
  const ClientOptions sizes = options_of({"s", "1", "--size", "0,1,1472"});
  EXPECT_EQ(sizes.count, 3U);
  EXPECT_EQ(sizes.payload.size(1, 3), 1472U);
  EXPECT_EQ(options_of({"s", "1", "--size", "9", "--count", "7", "--rate", "10"}).interval,
            std::chrono::milliseconds(100));
}

TEST(ClientOptions, TakeAMessageThatLooksLikeAnOption) {
  EXPECT_EQ(options_of({"s", "1", "--message=--x"}).payload.size(1, 1), 3U);
}

TEST(ClientOptions, RefuseMistakesWithStatus2) {
  const std::vector<std::vector<const char*>> mistakes{
      {},
      {"s"},
      {"s", "0", "--message", "a"},
      {"s", "1", "--message", "a", "--size", "1"},
      {"s", "1", "--size", "65508"},
      {"s", "1", "--size", "1", "--timeout", "5"},
      {"s", "1", "--size", "1", "--retries", "1", "--protocol", "tcp"},
      {"s", "1", "--size", "1", "--half-close"},
      {"s", "1", "--size", "1", "--window", "0"},
      {"s", "1", "--message", "a", "--fill", "zero"},
      {"s", "1", "--size", "1", "--bind-address", "nobody"},
      {"s", "1", "--size", "1", "--bind-port", "65535", "--clients", "2"},
      {"s", "1", "--message-file", "/no/such/file"},
  };
  for (const auto& arguments : mistakes) {
    const auto result = read(arguments);
    ASSERT_TRUE(std::holds_alternative<int>(result)) << (arguments.empty() ? "" : arguments.back());
    EXPECT_EQ(std::get<int>(result), 2);
  }
}

TEST(ClientOptions, HelpAndVersionEndWithStatus0) {
  EXPECT_EQ(std::get<int>(read({"--help"})), 0);
  EXPECT_EQ(std::get<int>(read({"--version"})), 0);
}

}  // namespace
}  // namespace echo
