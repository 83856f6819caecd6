#include "lab/report/table.h"

#include <gtest/gtest.h>

namespace echolab::report {
namespace {

TEST(Table, LinesUpWithKoreanText) {
  Table table({{"name"}, {"n", Table::Align::right}, {"last"}});
  table.add_row({{"홍길동"}, {"7"}, {"x"}});
  table.add_row({{"Kim"}, {"1,000"}, {"yy"}});
  EXPECT_EQ(table.render({}),
            "name        n  last\n"
            "홍길동      7  x\n"
            "Kim     1,000  yy\n");
}

TEST(Table, CutsAndEscapesCells) {
  Table table({{"c", Table::Align::left, 6}});
  table.add_row({{"\x1b[2J"}});
  table.add_row({{"abcdefghij"}});
  EXPECT_EQ(table.render({}), "c\n\\x1b[…\nabcde…\n");
}

TEST(Table, ColoursOnlyWhenAsked) {
  Table table({{"c"}});
  table.add_row({{"bad", Emphasis::bad}});
  EXPECT_EQ(table.render({}).find('\x1b'), std::string::npos);
  EXPECT_NE(table.render({true}).find("\x1b[1;31mbad\x1b[0m"), std::string::npos);
}

}  // namespace
}  // namespace echolab::report
