#include "services/capture_agent/sentinel.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace echo {
namespace {

constexpr std::string_view nonce = "0123456789abcdef";

TEST(Sentinel, HasTheLayoutOfTheDocument) {
  const SentinelFrame frame = make_sentinel(Which::begin, nonce);
  const std::vector<std::uint8_t> header{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02,
                                         0xec, 0x40, 0x1a, 0xb0, 0x00, 0x88, 0xb5};
  EXPECT_EQ(std::vector<std::uint8_t>(frame.begin(), frame.begin() + 14), header);
  EXPECT_EQ(std::string(frame.begin() + 14, frame.begin() + 53), "echolab sentinel begin 0123456789abcdef");
  EXPECT_EQ(std::string(frame.begin() + 53, frame.end()), std::string(7, '\0'));
}

TEST(Sentinel, IsRecognisedByKindAndNonce) {
  const SentinelFrame begin = make_sentinel(Which::begin, nonce), end = make_sentinel(Which::end, nonce);
  EXPECT_EQ(recognise_sentinel(begin, nonce), Which::begin);
  EXPECT_EQ(recognise_sentinel(end, nonce), Which::end);
  EXPECT_EQ(recognise_sentinel(begin, "fedcba9876543210"), std::nullopt);
}

TEST(Sentinel, AShortOrChangedFrameIsNone) {
  SentinelFrame frame = make_sentinel(Which::end, nonce);
  EXPECT_EQ(recognise_sentinel(std::span(frame).first(59), nonce), std::nullopt);
  frame[20] ^= 1;
  EXPECT_EQ(recognise_sentinel(frame, nonce), std::nullopt);
}

TEST(Sentinel, PaddingByTheLinkDoesNotHideIt) {
  const SentinelFrame frame = make_sentinel(Which::end, nonce);
  std::vector<std::uint8_t> padded(frame.begin(), frame.end());
  padded.resize(64);
  EXPECT_EQ(recognise_sentinel(padded, nonce), Which::end);
}

TEST(Nonce, IsSixteenLowerCaseHexadecimalDigits) {
  EXPECT_TRUE(is_nonce(random_nonce()));
  EXPECT_NE(random_nonce(), random_nonce());
  EXPECT_FALSE(is_nonce("0123456789ABCDEF"));
  EXPECT_FALSE(is_nonce("0123456789abcde"));
}

}  // namespace
}  // namespace echo
