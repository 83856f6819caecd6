#include "services/echo_client/stream_matcher.h"

#include <gtest/gtest.h>

namespace echo {
namespace {

class StreamMatcherTest : public testing::Test {
 protected:
  // Sends message by message; the stream so far is what an echo server gives back.
  void send(std::uint64_t message, std::int64_t now = 0) {
    std::vector<std::uint8_t> bytes(payload_.size(1, message));
    payload_.fill(1, message, 0, bytes);
    stream_.insert(stream_.end(), bytes.begin(), bytes.end());
    matcher_.sent_bytes(bytes.size());
    matcher_.sent(message, now);
  }
  std::size_t receive(std::span<const std::uint8_t> bytes, std::int64_t now = 0) {
    return matcher_.receive(bytes, now, [this](const StreamEcho& echo) { echoes_.push_back(echo); });
  }

  Payload payload_ = Payload::bytes({10, 0, 1000}, Fill::random, 5);
  StreamMatcher matcher_{payload_, 1};
  std::vector<std::uint8_t> stream_;
  std::vector<StreamEcho> echoes_;
};

TEST_F(StreamMatcherTest, FindsMessagesWhateverTheChunking) {
  for (std::uint64_t message = 1; message <= 6; ++message) send(message);
  for (const std::uint8_t& byte : stream_) receive({&byte, 1});
  ASSERT_EQ(echoes_.size(), 6U);
  std::uint64_t offset = 0;
  for (std::size_t i = 0; i < echoes_.size(); ++i) {
    EXPECT_EQ(echoes_[i].message, i + 1);
    EXPECT_EQ(echoes_[i].status, EchoStatus::echo);
    EXPECT_EQ(echoes_[i].offset, offset);
    EXPECT_EQ(echoes_[i].hash, hash_of(std::span(stream_).subspan(offset, echoes_[i].length)));
    offset += echoes_[i].length;
  }
  EXPECT_EQ(matcher_.open(), 0U);
}

TEST_F(StreamMatcherTest, TakesSeveralMessagesInOneChunk) {
  for (std::uint64_t message = 1; message <= 3; ++message) send(message, 7);
  EXPECT_EQ(receive(stream_, 10), 0U);
  ASSERT_EQ(echoes_.size(), 3U);
  EXPECT_EQ(echoes_[2].rtt_ns, 3);
}

TEST_F(StreamMatcherTest, NamesTheFirstDifferentByteOfTheMessage) {
  for (std::uint64_t message = 1; message <= 3; ++message) send(message);
  stream_[10 + 500] ^= 1;
  receive(stream_);
  ASSERT_EQ(echoes_.size(), 3U);
  EXPECT_EQ(echoes_[0].status, EchoStatus::echo);
  EXPECT_EQ(echoes_[2].status, EchoStatus::altered);
  EXPECT_EQ(echoes_[2].first_difference, 500U);
}

TEST_F(StreamMatcherTest, CallsBytesBeyondWhatWasSentUnsolicited) {
  send(1);
  stream_.insert(stream_.end(), {1, 2, 3});
  EXPECT_EQ(receive(stream_), 3U);
  EXPECT_EQ(echoes_.size(), 1U);
}

TEST_F(StreamMatcherTest, CallsAnExpiredMessageLate) {
  send(1);
  EXPECT_TRUE(matcher_.expire(1));
  EXPECT_FALSE(matcher_.expire(1));
  EXPECT_EQ(matcher_.open(), 0U);
  receive(stream_);
  ASSERT_EQ(echoes_.size(), 1U);
  EXPECT_EQ(echoes_[0].status, EchoStatus::late);
}

}  // namespace
}  // namespace echo
