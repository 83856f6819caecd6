#include "lab/docker_api/stream_demux.h"

#include <gtest/gtest.h>

#include <string>

namespace echolab::docker_api {
namespace {

std::string frame(char type, const std::string& body) {
  std::string bytes{type, 0, 0, 0};
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(body.size() >> shift & 0xff);
  return bytes + body;
}

struct Collected {
  std::string out, err;
  StreamDemux demux{
      [this](Stream stream, std::string_view bytes) { (stream == Stream::standard_output ? out : err) += bytes; }};
};

TEST(StreamDemux, TakesStreamsApartHoweverTheyAreSplit) {
  const std::string input = frame(1, "hello ") + frame(2, "oops") + frame(1, "") + frame(1, std::string(70000, 'x'));
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, input.size()}) {
    Collected collected;
    for (std::size_t at = 0; at < input.size(); at += piece) {
      ASSERT_TRUE(collected.demux.feed(std::string_view(input).substr(at, piece)));
    }
    EXPECT_EQ(collected.out, "hello " + std::string(70000, 'x'));
    EXPECT_EQ(collected.err, "oops");
    EXPECT_TRUE(collected.demux.between_frames());
  }
}

TEST(StreamDemux, ACutOffFrameIsSeen) {
  Collected collected;
  const std::string input = frame(1, "hello");
  ASSERT_TRUE(collected.demux.feed(std::string_view(input).substr(0, input.size() - 1)));
  EXPECT_FALSE(collected.demux.between_frames());
}

TEST(StreamDemux, AFrameOfFourGibibytesCostsNothing) {
  Collected collected;
  ASSERT_TRUE(
      collected.demux.feed(std::string("\x01\0\0\0\xff\xff\xff\xff"
                                       "abc",
                                       11)));
  EXPECT_EQ(collected.out, "abc");
  EXPECT_FALSE(collected.demux.between_frames());
}

TEST(StreamDemux, AnUnknownTypeEndsTheReading) {
  Collected collected;
  EXPECT_FALSE(collected.demux.feed(frame(1, "fine") + frame(9, "bad")));
  EXPECT_EQ(collected.out, "fine");
  EXPECT_EQ(collected.demux.damage(), "a frame of unknown type in the output stream");
  EXPECT_FALSE(collected.demux.feed(frame(1, "more")));
  EXPECT_EQ(collected.out, "fine");
}

TEST(StreamDemux, RawTextIsNotMistakenForFrames) {
  Collected collected;
  EXPECT_FALSE(collected.demux.feed("OCI runtime exec failed"));
  EXPECT_TRUE(collected.out.empty() && collected.err.empty());
}

}  // namespace
}  // namespace echolab::docker_api
