#include "services/common/display_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace echo {
namespace {

std::string shown(std::string_view bytes, std::size_t total = 0, std::size_t max = 120) {
  std::string out;
  append_display_text(out, bytes, total == 0 ? bytes.size() : total, max);
  return out;
}

TEST(DisplayText, LeavesPrintableTextAlone) {
  EXPECT_EQ(shown("컴퓨터공학과 20201234 홍길동"), "컴퓨터공학과 20201234 홍길동");
  EXPECT_EQ(shown("back\\slash"), "back\\slash");
  EXPECT_EQ(shown(""), "");
}

TEST(DisplayText, EscapesWhatCouldDriveATerminal) {
  EXPECT_EQ(shown("\x1b]52;c;x\x07"), "\\x1b]52;c;x\\x07");
  EXPECT_EQ(shown("a\nb\rc\td"), "a\\nb\\rc\\td");
  EXPECT_EQ(shown("\u202egnp.exe"), "\\u202egnp.exe");
  EXPECT_EQ(shown("\u0085\u2028\ufeff"), "\\u0085\\u2028\\ufeff");
  EXPECT_EQ(shown(std::string_view("\0\x7f", 2)), "\\x00\\x7f");
}

TEST(DisplayText, EscapesBytesThatAreNoUtf8) {
  EXPECT_EQ(shown("\xff\xc0\xaf"), "\\xff\\xc0\\xaf");
  EXPECT_EQ(shown("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // a surrogate
  EXPECT_EQ(shown("\xea\xb0"), "\\xea\\xb0");           // cut off
}

TEST(DisplayText, CutsLongTextAndTellsItsSize) {
  EXPECT_EQ(shown("abcdef", 0, 3), "abc … (6 bytes)");
  EXPECT_EQ(shown("abc", 65507), "abc … (65,507 bytes)");
  EXPECT_EQ(shown("가\xea\xb0", 6), "가 … (6 bytes)");  // a character cut by the excerpt is not called invalid
}

// The same, a character at a time and without a short way for anything.
std::string shown_slowly(std::string_view bytes) {
  std::string out;
  while (!bytes.empty()) {
    // A piece that holds one character, or one byte that belongs to none: it is shown alone as within the text.
    std::size_t size = 1;
    for (std::size_t longer = 2; longer <= std::min<std::size_t>(4, bytes.size()); ++longer) {
      const std::string piece = shown(bytes.substr(0, longer), 0, 1);
      if (piece.find(" … (") == std::string::npos) size = longer;
    }
    out += shown(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return out;
}

TEST(DisplayText, ShowsEveryByteAsItWouldBeAlone) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes;
    for (int i = 0; i < 40; ++i) {
      // Random bytes, and beginnings and continuations more often than chance would have them.
      static constexpr std::string_view common = "\xea\xb0\x80\xc2\x85\xf0\x9f\x98\x80\xe2\xed\xa0 a\n";
      bytes += random() % 2 == 0 ? static_cast<char>(random()) : common[random() % common.size()];
    }
    EXPECT_EQ(shown(bytes, 0, 1000), shown_slowly(bytes)) << testing::PrintToString(bytes);
  }
}

TEST(DisplayText, IsWholeAlsoWhenItIsLong) {
  std::string bytes, expected;
  for (int i = 0; i < 3000; ++i) {
    bytes += i % 3 == 0 ? "\x01" : i % 3 == 1 ? "a" : "가";
    expected += i % 3 == 0 ? "\\x01" : i % 3 == 1 ? "a" : "가";
  }
  EXPECT_EQ(shown(bytes, 0, 4096), expected);
}

}  // namespace
}  // namespace echo
