#include "services/common/display_text.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace echo
