#include "services/echo_client/datagram_matcher.h"

#include <gtest/gtest.h>

#include <string>

#include "services/common/hash.h"

namespace echo {
namespace {

class DatagramMatcherTest : public testing::Test {
 protected:
  void use(std::vector<std::string> templates) { payload_ = Payload::text(std::move(templates)); }
  std::vector<std::uint8_t> bytes_of(std::uint64_t message) const {
    std::vector<std::uint8_t> bytes(payload_.size(1, message));
    payload_.fill(1, message, 0, bytes);
    return bytes;
  }
  void send(std::uint64_t message, std::int64_t now = 0) {
    const auto bytes = bytes_of(message);
    matcher_.sent(message, bytes.size(), hash_of(bytes), now);
  }
  DatagramMatch receive(std::span<const std::uint8_t> bytes, std::int64_t now = 0) {
    return matcher_.match(bytes, hash_of(bytes), now);
  }
  DatagramMatch receive(const std::string& text) {
    return receive(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  }

  Payload payload_ = Payload::text({"message {message}"});
  DatagramMatcher matcher_{payload_, 1};
};

void expect(const DatagramMatch& match, EchoStatus status, std::uint64_t message) {
  EXPECT_EQ(match.status, status);
  EXPECT_EQ(match.message, message);
}

TEST_F(DatagramMatcherTest, MatchesByContentWhateverTheOrder) {
  for (std::uint64_t message = 1; message <= 3; ++message) send(message, 100);
  const DatagramMatch third = receive(bytes_of(3), 142);
  expect(third, EchoStatus::echo, 3);
  EXPECT_EQ(third.rtt_ns, 42);
  expect(receive(bytes_of(1)), EchoStatus::echo, 1);
  expect(receive(bytes_of(2)), EchoStatus::echo, 2);
  EXPECT_EQ(matcher_.open(), 0U);
}

TEST_F(DatagramMatcherTest, TellsLateFromDuplicate) {
  send(1);
  matcher_.expire(1);
  expect(receive(bytes_of(1)), EchoStatus::late, 1);
  expect(receive(bytes_of(1)), EchoStatus::duplicate, 1);
}

TEST_F(DatagramMatcherTest, GivesIdenticalPayloadsToTheOldestOpenRequest) {
  use({"same"});
  send(1);
  send(2);
  expect(receive("same"), EchoStatus::echo, 1);
  expect(receive("same"), EchoStatus::echo, 2);
  expect(receive("same"), EchoStatus::duplicate, 2);
}

TEST_F(DatagramMatcherTest, PrefersAnOpenRequestToAnExpiredOneWithTheSameBytes) {
  use({"same"});
  send(1);
  matcher_.expire(1);
  send(2);
  expect(receive("same"), EchoStatus::echo, 2);
  expect(receive("same"), EchoStatus::late, 1);
}

TEST_F(DatagramMatcherTest, CallsAnAlteredDatagramByOrder) {
  send(1);
  send(2);
  const DatagramMatch match = receive("messagE 1");
  expect(match, EchoStatus::altered, 1);
  EXPECT_EQ(match.first_difference, 6U);
}

TEST_F(DatagramMatcherTest, CallsCutAndLengthenedEchoesAltered) {
  send(1);
  EXPECT_EQ(receive("message ").first_difference, 8U);
  send(2);
  EXPECT_EQ(receive("message 2!").first_difference, 9U);
}

TEST_F(DatagramMatcherTest, CallsWhatResemblesNothingUnsolicited) {
  send(1);
  expect(receive("something else altogether"), EchoStatus::unsolicited, 0);
  expect(receive(bytes_of(1)), EchoStatus::echo, 1);
  expect(receive("message 9"), EchoStatus::unsolicited, 0);
}

TEST_F(DatagramMatcherTest, CountsAttemptsOfARepeatedMessage) {
  send(1, 10);
  send(1, 20);
  EXPECT_EQ(matcher_.attempts(1), 2U);
  const DatagramMatch match = receive(bytes_of(1), 25);
  EXPECT_TRUE(match.was_repeated);
  EXPECT_EQ(match.rtt_ns, 5);
  EXPECT_EQ(matcher_.attempts(1), 0U);
}

TEST_F(DatagramMatcherTest, EchoesAnEmptyDatagram) {
  use({""});
  send(1);
  expect(receive(""), EchoStatus::echo, 1);
}

TEST_F(DatagramMatcherTest, ForgetsTheOldestHistoryOnly) {
  for (std::uint64_t message = 1; message <= DatagramMatcher::max_history + 1; ++message) {
    send(message);
    matcher_.expire(message);
  }
  expect(receive(bytes_of(1)), EchoStatus::unsolicited, 0);
  expect(receive(bytes_of(2)), EchoStatus::late, 2);
}

}  // namespace
}  // namespace echo
