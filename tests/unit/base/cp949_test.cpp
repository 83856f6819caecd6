#include "lab/base/cp949.h"

#include <gtest/gtest.h>

namespace echolab {
namespace {

TEST(Cp949, WritesWhatAKoreanConsoleSends) {
  EXPECT_EQ(to_cp949("id 20261234"), "id 20261234");
  EXPECT_EQ(to_cp949("홍길동"), "\xc8\xab\xb1\xe6\xb5\xbf");  // KS X 1001
  EXPECT_EQ(to_cp949("똠"), "\x8c\x63");                      // only in the extension
  EXPECT_EQ(to_cp949(""), "");
}

TEST(Cp949, RefusesWhatItCannotSay) {
  EXPECT_EQ(to_cp949("José"), std::nullopt);
  EXPECT_EQ(to_cp949("🙂"), std::nullopt);
  EXPECT_EQ(to_cp949("\xff"), std::nullopt);
  EXPECT_EQ(to_cp949("\xed\x99"), std::nullopt);
}

TEST(Cp949, ReadsItBack) {
  EXPECT_EQ(from_cp949("id 20261234"), "id 20261234");
  EXPECT_EQ(from_cp949("\xc8\xab\xb1\xe6\xb5\xbf"), "홍길동");
  EXPECT_EQ(from_cp949("\x8c\x63"), "똠");
  EXPECT_EQ(from_cp949("\xc8"), std::nullopt) << "half a character";
  EXPECT_EQ(from_cp949("\xff\xff"), std::nullopt);
}

}  // namespace
}  // namespace echolab
