// Captures and pictures that students hand in, and what is said of each.

#include "lab/submission/hand_in.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>

#include <cstring>

#include "lab/base/cp949.h"
#include "lab/base/file.h"
#include "lab/base/unicode.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/wire_builder.h"
#include "tests/unit/submission/archives.h"

namespace echolab::submission {
namespace {

using echolab::test::WireBuilder;
using testing::HasSubstr;
using verify::Finding;
using verify::Outcome;

const Endpoint client{*IpAddress::parse("127.0.0.1"), Port{54321}};
const Endpoint other{*IpAddress::parse("127.0.0.1"), Port{54322}};
const Endpoint server{*IpAddress::parse("127.0.0.1"), Port{5000}};
const scenario::Identity hong{{"student_id", "20261234"}, {"name", "홍길동"}, {"department", ""}};

class HandIn : public testing::Test {
 protected:
  Finding judge(const std::string& bytes, const std::vector<std::string>& texts = {"{student_id}"}) {
    write_file_atomically(folder_ / "c.pcapng", bytes);
    return judge_capture(folder_ / "c.pcapng", "20261234.pcapng", {1, 0, texts}, hong);
  }
  Finding judge_png(const std::string& bytes) {
    write_file_atomically(folder_ / "p.png", bytes);
    return judge_picture(folder_ / "p.png", "20261234.png", {}, hong);
  }
  static void exchange(WireBuilder& wire, const std::string& text, const Endpoint& from = client) {
    wire.udp(from, server, text);
    wire.advance_us(100);
    wire.udp(server, from, text);
    wire.advance_us(100);
  }
  echolab::test::TemporaryFolder folder_;
};

std::vector<std::uint64_t> packets(const Finding& finding) {
  std::vector<std::uint64_t> numbers;
  for (const verify::Evidence& each : finding.evidence) {
    EXPECT_EQ(each.file, "20261234.pcapng");
    numbers.push_back(each.number);
  }
  return numbers;
}

// The same frames as Windows writes them: link type NULL, a protocol family in the writer's byte order (pcap is LE here).
std::string as_windows_loopback(const std::string& ethernet) {
  std::string out = ethernet.substr(0, 20);
  test::put(out, 0, 4);
  for (std::size_t at = 24; at < ethernet.size();) {
    std::uint32_t length = 0;
    std::memcpy(&length, ethernet.data() + at + 8, 4);
    out += ethernet.substr(at, 8);
    test::put(out, length - 10, 4);
    test::put(out, length - 10, 4);
    test::put(out, 2, 4);
    out += ethernet.substr(at + 16 + 14, length - 14);
    at += 16 + length;
  }
  return out;
}

TEST_F(HandIn, PassesAndCitesBothPackets) {
  WireBuilder wire;
  exchange(wire, "hello");
  exchange(wire, "컴퓨터공학과 20261234 홍길동");
  const Finding finding = judge(wire.file(), {"{student_id}", "{name}"});
  EXPECT_EQ(finding.outcome, Outcome::passed) << finding.message;
  EXPECT_EQ(finding.check, "hand_in_capture");
  EXPECT_EQ(finding.subject, "20261234");
  EXPECT_EQ(finding.message,
            "'20261234' was sent in packet 3 and came back in packet 4; '홍길동' was sent in packet 3 and came back in "
            "packet 4");
  EXPECT_THAT(packets(finding), testing::ElementsAre(3, 4));
}

TEST_F(HandIn, ReadsWindowsLoopback) {
  WireBuilder wire;
  exchange(wire, *to_cp949("20261234 홍길동"));
  const Finding finding = judge(as_windows_loopback(wire.file()), {"{name}"});
  EXPECT_EQ(finding.outcome, Outcome::passed) << finding.message;
}

TEST_F(HandIn, ReadsEveryFormOfHangul) {
  for (const std::string& text : {std::string("홍길동"), to_nfd("홍길동"), *to_cp949("홍길동")}) {
    WireBuilder wire;
    exchange(wire, text);
    EXPECT_EQ(judge(wire.file(), {"{name}"}).outcome, Outcome::passed) << to_cp949(text).value_or("?");
  }
}

TEST_F(HandIn, ReadsTcpAlsoInPieces) {
  WireBuilder wire;
  wire.tcp(client, server, 100, 0, 2);
  wire.tcp(server, client, 900, 101, 18);
  wire.tcp(client, server, 101, 901, 16);
  wire.tcp(client, server, 101, 901, 24, "I am 2026");
  wire.tcp(client, server, 110, 901, 24, "1234");
  wire.tcp(server, client, 901, 114, 24, "I am 20261234");
  const Finding finding = judge(wire.file());
  EXPECT_EQ(finding.outcome, Outcome::passed) << finding.message;
  EXPECT_THAT(packets(finding), testing::ElementsAre(5, 6));
}

TEST_F(HandIn, WantsTheTcpBytesAtTheSamePlace) {
  WireBuilder wire;
  wire.tcp(client, server, 100, 0, 2);
  wire.tcp(server, client, 900, 101, 18);
  wire.tcp(client, server, 101, 901, 16);
  wire.tcp(client, server, 101, 901, 24, "hello 20261234");
  wire.tcp(server, client, 901, 115, 24, "hello, you said 20261234");
  const Finding finding = judge(wire.file());
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_THAT(finding.message, HasSubstr("'20261234' was sent in packet 4, but never came back"));
}

TEST_F(HandIn, WantsAnEchoOfTheSameBytesToTheSender) {
  WireBuilder wire;
  exchange(wire, "hello");
  wire.udp(client, server, "20261234");
  wire.udp(server, client, "20261234!");  // altered
  wire.udp(server, other, "20261234");    // to somebody else
  const Finding finding = judge(wire.file());
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_EQ(finding.message, "'20261234' was sent in packet 3, but never came back with the same bytes");
  EXPECT_THAT(packets(finding), testing::ElementsAre(3));
}

TEST_F(HandIn, ShowsWhatWasSentInstead) {
  WireBuilder wire;
  exchange(wire, "20269999 \x1b[2J somebody else");
  const Finding finding = judge(wire.file());
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_EQ(finding.message,
            "'20261234' is in no message; sent were '20269999 \\x1b[2J somebody else' (from packet 1 on)");
  EXPECT_EQ(finding.expected, "20261234");
  EXPECT_THAT(packets(finding), testing::ElementsAre(1));
}

TEST_F(HandIn, TellsAnExchangeWithoutEchoFromNone) {
  WireBuilder wire;
  EXPECT_THAT(judge(wire.file()).message, HasSubstr("the capture holds no packet"));
  wire.udp(client, server, "20261234");
  EXPECT_THAT(judge(wire.file()).message, HasSubstr("nothing in the capture came back as it was sent: '20261234'"));
  WireBuilder dns;
  dns.udp(client, {server.address, Port{53}}, "query");
  EXPECT_THAT(judge(dns.file()).message, HasSubstr("no echo exchange is in the capture"));
}

TEST_F(HandIn, RefusesWhatIsNoCapture) {
  EXPECT_THAT(judge("hello").message, HasSubstr("this is no capture"));
  EXPECT_THAT(judge("").message, HasSubstr("this is no capture"));
  EXPECT_EQ(judge("\x1f\x8b\x08 compressed").message, "the capture is compressed");
  EXPECT_EQ(judge("\x28\xb5\x2f\xfd compressed").message, "the capture is compressed");
  EXPECT_EQ(judge_capture({}, "x", {}, hong).message, "no capture was handed in");
}

TEST_F(HandIn, CountsWhatCameBeforeACut) {
  WireBuilder wire;
  exchange(wire, "20261234");
  exchange(wire, "more");
  EXPECT_EQ(judge(wire.file().substr(0, wire.file().size() - 5)).outcome, Outcome::passed);
  EXPECT_THAT(judge(wire.file().substr(0, wire.file().size() - 5), {"{name}"}).message,
              HasSubstr("(the file is cut off after packet 3)"));
}

TEST_F(HandIn, BlamesTheRosterForWhatItDoesNotSay) {
  WireBuilder wire;
  exchange(wire, "20261234");
  const Finding finding = judge(wire.file(), {"{student_id}", "{department}"});
  EXPECT_EQ(finding.outcome, Outcome::inconclusive);
  EXPECT_EQ(finding.message, "the roster does not say the student's department, which the capture must show");
  EXPECT_EQ(judge(wire.file(), {"{name}", "{department}"}).outcome, Outcome::failed);
}

// A PNG whose pixel at (x, y) is what paint says, as RGB.
template <typename Paint>
std::string png(std::uint32_t width, std::uint32_t height, const Paint& paint, bool interlaced = false) {
  std::string out;
  png_struct* writer = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_info* info = png_create_info_struct(writer);
  png_set_write_fn(
      writer, &out,
      [](png_struct* self, png_byte* bytes, png_size_t size) {
        static_cast<std::string*>(png_get_io_ptr(self))->append(reinterpret_cast<char*>(bytes), size);
      },
      nullptr);
  png_set_compression_level(writer, 1);
  png_set_IHDR(writer, info, width, height, 8, PNG_COLOR_TYPE_RGB,
               interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_write_info(writer, info);
  const int passes = png_set_interlace_handling(writer);
  std::string row(std::size_t{width} * 3, '\0');
  for (int pass = 0; pass < passes; ++pass) {
    for (std::uint32_t y = 0; y < height; ++y) {
      for (std::uint32_t x = 0; x < width; ++x) {
        const std::uint32_t colour = paint(x, y);
        for (unsigned i = 0; i < 3; ++i) row[x * 3 + i] = static_cast<char>(colour >> (16 - 8 * i) & 0xff);
      }
      png_write_row(writer, reinterpret_cast<const png_byte*>(row.data()));
    }
  }
  png_write_end(writer, info);
  png_destroy_write_struct(&writer, &info);
  return out;
}

std::uint32_t black(std::uint32_t, std::uint32_t) {
  return 0;
}
// One line of 24 letters of 8 × 8, half of their pixels lit, is less than a thousandth of the picture.
std::uint32_t terminal(std::uint32_t x, std::uint32_t y) {
  return y >= 20 && y < 28 && x < 192 && (x + y) % 2 == 0 ? 0xc0c0c0u : 0x101010u;
}

TEST_F(HandIn, TakesAPictureOfATerminal) {
  EXPECT_EQ(judge_png(png(1280, 720, terminal)).message, "a picture of 1280 × 720 pixels, not blank");
  EXPECT_EQ(judge_png(png(1280, 720, terminal, true)).outcome, Outcome::passed) << "interlaced";
  EXPECT_EQ(judge_png(png(1280, 720, terminal)).check, "hand_in_picture");
}

TEST_F(HandIn, RefusesBlankPictures) {
  EXPECT_EQ(judge_png(png(640, 480, black)).message, "the picture (640 × 480 pixels) is blank");
  EXPECT_EQ(judge_png(png(640, 480, black, true)).outcome, Outcome::failed);
  const auto dust = [](std::uint32_t x, std::uint32_t y) { return x == y && x % 5 == 0 ? 0xffffffu : 0u; };
  EXPECT_THAT(judge_png(png(640, 480, dust)).message, HasSubstr("is blank"));
  const auto noise = [](std::uint32_t x, std::uint32_t y) { return 0x808080u + (x * y % 13) * 0x010101u; };
  EXPECT_THAT(judge_png(png(640, 480, noise)).message, HasSubstr("is blank"));
}

TEST_F(HandIn, BoundsTheSizeBeforeDecoding) {
  EXPECT_THAT(judge_png(png(199, 100, black)).message, HasSubstr("too few to read terminals"));
  std::string huge = png(200, 100, black);
  // IHDR: width and height at 16 and 20, its CRC at 29.
  huge.replace(16, 8, std::string("\x7f\xff\xff\xff\x7f\xff\xff\xff", 8));
  const std::uint32_t crc = test::crc_of(std::string_view(huge).substr(12, 17));
  for (unsigned i = 0; i < 4; ++i) huge[29 + i] = static_cast<char>(crc >> (24 - 8 * i) & 0xff);
  const Finding finding = judge_png(huge);
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_THAT(finding.message, HasSubstr("2147483647 × 2147483647"));
}

TEST_F(HandIn, NamesOtherFormats) {
  EXPECT_EQ(judge_png("\xff\xd8\xff\xe0 JFIF").message, "the file is a JPEG picture, not a PNG picture");
  EXPECT_THAT(judge_png("RIFF....WEBPVP8 ").message, HasSubstr("a WebP picture"));
  EXPECT_THAT(judge_png("....ftypheic").message, HasSubstr("HEIC"));
  EXPECT_THAT(judge_png("%PDF-1.4").message, HasSubstr("a PDF document"));
  EXPECT_THAT(judge_png("hello").message, HasSubstr("something else"));
  EXPECT_EQ(judge_png("").message, "the picture is an empty file");
  EXPECT_EQ(judge_picture({}, "x", {}, hong).message, "no picture was handed in");
}

TEST_F(HandIn, SurvivesEveryTruncationAndManyFlips) {
  const std::string good = png(300, 200, [](std::uint32_t x, std::uint32_t y) { return x * 7919 + y * 104729; });
  for (std::size_t length = 8; length + 12 < good.size(); length += 1 + good.size() / 60) {
    EXPECT_THAT(judge_png(good.substr(0, length)).message, HasSubstr("can't be decoded")) << length;
  }
  for (std::size_t at = 8; at < good.size(); at += 1 + good.size() / 300) {
    std::string flipped = good;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x55);
    EXPECT_FALSE(judge_png(flipped).message.empty());
  }
}

}  // namespace
}  // namespace echolab::submission
