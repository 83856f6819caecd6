#include "lab/base/diagnostic.h"

#include <gtest/gtest.h>

namespace echolab {
namespace {

TEST(Render, PutsTheCaretUnderWideCharacters) {
  const std::string source = "name: x\n이름: 홍길동 prot: udp\n";
  EXPECT_EQ(render("a.yaml", source, {{{2, 9, 4}, "unknown key 'prot'", "did you mean 'protocol'?"}}),
            "a.yaml:2:9: error: unknown key 'prot'\n"
            "    2 | 이름: 홍길동 prot: udp\n"
            "      |              ^^^^\n"
            "      = did you mean 'protocol'?\n");
}

TEST(Render, SortsAndEscapes) {
  const std::string source = "a: \x1b[31m\n";
  const std::string text = render("f\x1b.yaml", source, {{{1, 4, 1}, "second", ""}, {{1, 1, 1}, "first", ""}});
  EXPECT_LT(text.find("first"), text.find("second"));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("\\x1b[31m"), std::string::npos);
}

TEST(Render, SurvivesPositionsOutsideTheText) {
  EXPECT_EQ(render("f", "", {{{9, 9, 9}, "m", ""}}), "f:9:9: error: m\n    9 | \n      | ^\n");
}

TEST(Render, CutsLongLinesAroundTheCaret) {
  const std::string source(5000, 'a');
  const std::string text = render("f", source, {{{1, 3000, 2}, "m", ""}});
  EXPECT_LT(text.size(), 400u);
  EXPECT_NE(text.find("^^"), std::string::npos);
}

TEST(Closest, SuggestsOnlyWhatIsNear) {
  const std::vector<std::string_view> keys{"protocol", "port", "name"};
  EXPECT_EQ(closest("protocl", keys), "protocol");
  EXPECT_EQ(closest("prot", keys), "port");
  EXPECT_EQ(closest("completely", keys), "");
  EXPECT_EQ(closest("", keys), "");
}

}  // namespace
}  // namespace echolab
