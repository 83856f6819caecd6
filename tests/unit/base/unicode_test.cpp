#include "lab/base/unicode.h"

#include <gtest/gtest.h>

namespace echolab {
namespace {

const std::string composed = "한글.py", decomposed = "\u1112\u1161\u11ab\u1100\u1173\u11af.py";

TEST(Unicode, ComposesAndDecomposesHangul) {
  EXPECT_EQ(to_nfc(decomposed), composed);
  EXPECT_EQ(to_nfd(composed), decomposed);
  EXPECT_EQ(to_nfc(composed), composed);
  EXPECT_EQ(to_nfc(""), "");
}

TEST(Unicode, LeavesWhatIsNoUtf8AsItIs) {
  EXPECT_EQ(to_nfc("a\xff"), "a\xff");
  EXPECT_EQ(fold_case("A\xff"), "A\xff");
}

TEST(Unicode, KnowsUtf8) {
  EXPECT_TRUE(is_utf8(composed));
  EXPECT_TRUE(is_utf8(""));
  EXPECT_FALSE(is_utf8("\xc0\xaf")) << "'/' in two bytes";
  EXPECT_FALSE(is_utf8("\xed\xa0\x80")) << "half of a surrogate pair";
  EXPECT_FALSE(is_utf8("\xc8\xab\xb1\xe6"));
}

TEST(Unicode, FoldsCaseAndComposition) {
  EXPECT_EQ(fold_case("Ärger/SERVER.PY"), fold_case("A\u0308RGER/server.py"));
  EXPECT_NE(fold_case("server.py"), fold_case("server.pz"));
}

}  // namespace
}  // namespace echolab
