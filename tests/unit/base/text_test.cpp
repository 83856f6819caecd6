#include "lab/base/text.h"

#include <gtest/gtest.h>

namespace echolab {
namespace {

TEST(Width, CountsKoreanTwice) {
  EXPECT_EQ(display_width("홍길동"), 6u);
  EXPECT_EQ(display_width("e\u0301"), 1u);
  EXPECT_EQ(pad_right("홍길동", 8), "홍길동  ");
  EXPECT_EQ(pad_left("12", 4), "  12");
  EXPECT_EQ(cut_to_width("홍길동전", 6), "홍길…");
  EXPECT_EQ(cut_to_width("abc", 3), "abc");
  EXPECT_EQ(cut_to_width("abcd", 0), "");
}

TEST(Escape, LeavesNoControlOfTheTerminal) {
  EXPECT_EQ(escape_for_terminal("안녕 ok"), "안녕 ok");
  EXPECT_EQ(escape_for_terminal("a\nb\tc\r"), "a\\nb\\tc\\r");
  EXPECT_EQ(escape_for_terminal("\x1b]52;c;x\x07"), "\\x1b]52;c;x\\x07");
  EXPECT_EQ(escape_for_terminal("\u202e"), "\\u202e");
  EXPECT_EQ(escape_for_terminal("\xc2\x9b"), "\\u009b");  // CSI as one C1 character
  EXPECT_EQ(escape_for_terminal("\xff\xfe"), "\\xff\\xfe");
  EXPECT_EQ(escape_for_terminal(std::string_view("\0", 1)), "\\x00");
}

TEST(Numbers, AreGroupedAndScaled) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1048576), "1,048,576");
  EXPECT_EQ(humanize_bytes(512), "512 B");
  EXPECT_EQ(humanize_bytes(1u << 20), "1.0 MiB");
}

}  // namespace
}  // namespace echolab
