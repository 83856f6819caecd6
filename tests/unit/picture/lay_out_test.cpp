// What terminals show, cell by cell.
#include <gmock/gmock.h>

#include <random>
#include <string>
#include <vector>

#include "lab/base/text.h"
#include "lab/picture/terminals.h"

namespace echolab::picture {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Cells of one row inside the first window: after its edge, without trailing blanks.
std::string text_at(const Grid& grid, int row, int from = 1) {
  std::string text;
  for (int column = from; column < grid.windows[0].columns - 1; ++column) {
    const Cell& cell = grid.at(row, column);
    const bool right_half = column > 0 && grid.at(row, column - 1).wide;
    if (!right_half) text += cell.text.empty() ? " " : cell.text;
  }
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

constexpr int first_row = 4, left = 1;  // of a window's text

Grid terminal(const std::string& transcript, const Size& size = {20, 40}) {
  return lay_out("header", {{"title", transcript}}, size);
}

// Lines of text of a single terminal.
std::vector<std::string> lines(const std::string& transcript, const Size& size = {20, 40}) {
  const Grid grid = terminal(transcript, size);
  std::vector<std::string> lines;
  for (int row = first_row; row < grid.rows - 1; ++row) lines.push_back(text_at(grid, row));
  return lines;
}

TEST(LayOut, PutsTerminalsSideBySideUnderTheHeader) {
  const Grid grid = lay_out("20261234 홍길동 · udp-echo", {{"server", "a\nb\n"}, {"client", "c\n"}}, {10, 40});
  EXPECT_EQ(grid.columns, 12 + 2 + 12);
  EXPECT_EQ(grid.rows, 2 + 2 + 2 + 1);
  EXPECT_THAT(grid.windows, ElementsAre(Window{2, 0, 5, 12}, Window{2, 14, 5, 12}));
  EXPECT_EQ(static_cast<int>(grid.cells.size()), grid.columns * grid.rows);
  EXPECT_EQ(text_at(grid, 0, 0).substr(0, 8), "20261234");
  EXPECT_EQ(grid.at(0, 9).text, "홍");
  EXPECT_TRUE(grid.at(0, 9).wide);
  EXPECT_EQ(text_at(grid, 2), "server");
  EXPECT_EQ(grid.at(2, 15).text, "c");
  EXPECT_EQ(text_at(grid, 4), "a");
  EXPECT_EQ(text_at(grid, 5), "b");
  EXPECT_EQ(grid.at(4, 15).text, "c");
  EXPECT_EQ(grid.at(5, 15).text, "");
}

TEST(LayOut, CutsHeaderAndTitlesAndShowsTheirControls) {
  const Grid grid = lay_out(std::string(50, 'h'), {{"a\x1b[2J title that is long", "x"}}, {10, 5});
  EXPECT_EQ(grid.at(0, 11).text, "…");
  EXPECT_EQ(text_at(grid, 2), "a\\x1b[2J …");
}

TEST(LayOut, SaysWhenThereIsNoOutput) {
  EXPECT_THAT(lines(""), ElementsAre("(no output)"));
  EXPECT_EQ(lay_out("h", {}).rows, 1);
}

TEST(Terminal, WrapsLongLines) {
  EXPECT_THAT(lines("abcdefghijk\nl\n", {5, 9}), ElementsAre("abcde", "fghij", "k", "l"));
  EXPECT_THAT(lines("abcde\nf", {5, 9}), ElementsAre("abcde", "f")) << "a full row is not followed by an empty one";
  EXPECT_THAT(lines("abcd한글\n", {5, 9}), ElementsAre("abcd", "한글")) << "a wide character is not cut in two";
}

TEST(Terminal, ObeysReturnBackspaceAndTab) {
  EXPECT_THAT(lines("10%\r100%\n"), ElementsAre("100%"));
  EXPECT_THAT(lines("crlf\r\nnext\r\n"), ElementsAre("crlf", "next"));
  EXPECT_THAT(lines("abc\b\bX\n"), ElementsAre("aXc"));
  EXPECT_THAT(lines("\b\b\bx\n"), ElementsAre("x"));
  EXPECT_THAT(lines("a\tb\n"), ElementsAre("a       b"));
  EXPECT_THAT(lines("a\t\t\t\t\tb\n", {10, 9}), ElementsAre("a        b")) << "the last column is the last stop";
  EXPECT_THAT(lines("\n\nx\n"), ElementsAre("", "", "x"));
}

TEST(Terminal, NeverLeavesHalfAWideCharacter) {
  EXPECT_THAT(lines("한글\rx\n"), ElementsAre("x 글"));
  EXPECT_THAT(lines("한글\b\b\bx\n"), ElementsAre(" x글"));
  const Grid grid = terminal("한\b\bx");
  EXPECT_FALSE(grid.at(first_row, left).wide);
  EXPECT_THAT(grid.at(first_row, left + 1).text, IsEmpty());
}

TEST(Terminal, KeepsBeginningAndEnd) {
  std::string transcript;
  for (int i = 1; i <= 1000; ++i) transcript += std::to_string(i) + "\n";
  EXPECT_THAT(lines(transcript, {30, 6}), ElementsAre("1", "2", "3", "⋯ 995 rows left out ⋯", "999", "1000"));
  EXPECT_THAT(lines("1\n2\n3\n4\n5\n6", {30, 6}), ElementsAre("1", "2", "3", "4", "5", "6"));
  EXPECT_THAT(lines("1\n2\n3\n4\n5\n6\n7", {30, 6}), ElementsAre("1", "2", "3", "⋯ 2 rows left out ⋯", "6", "7"));
}

TEST(Terminal, ShowsColours) {
  const Grid grid =
      terminal("\x1b[1;31mr\x1b[0m\x1b[38;5;208mo\x1b[48;2;1;2;3mb\x1b[38:2::255:255:255mw\x1b[mn\x1b[7mi");
  const auto cell = [&](int column) { return grid.at(first_row, left + column); };
  EXPECT_EQ(text_at(grid, first_row), "robwni");
  EXPECT_EQ(cell(0).foreground, 0xcd3131u);
  EXPECT_TRUE(cell(0).bold);
  EXPECT_EQ(cell(1).foreground, 0xff8700u);
  EXPECT_FALSE(cell(1).bold);
  EXPECT_EQ(cell(2).background, 0x010203u);
  EXPECT_EQ(cell(3).foreground, 0xffffffu);
  EXPECT_EQ(cell(4), (Cell{.text = "n"}));
  EXPECT_EQ(cell(5).background, Cell{}.foreground);
}

TEST(Terminal, SurvivesColoursOfNoSense) {
  EXPECT_THAT(
      lines("\x1b[38m\x1b[38;5m\x1b[38;2;1m\x1b[38:5m\x1b[38:2:1m\x1b[;;;;m\x1b[99999999999999999999;38;5;999mok\n"),
      ElementsAre("ok"));
}

TEST(Terminal, HidesNothingBehindItsOwnColour) {
  for (const std::string colours : {"30;40", "38;2;30;30;30", "97;107", "8"}) {
    const Cell cell = terminal("\x1b[" + colours + "mx").at(first_row, left);
    EXPECT_NE(cell.foreground, cell.background) << colours;
  }
}

struct Hostile {
  std::string transcript, shown;
};
class HostileTerminal : public testing::TestWithParam<Hostile> {};

TEST_P(HostileTerminal, IsShownNotObeyed) {
  EXPECT_THAT(lines(GetParam().transcript, {60, 9}), ElementsAre(GetParam().shown));
}

INSTANTIATE_TEST_SUITE_P(
    All, HostileTerminal,
    testing::Values(Hostile{"a\x1b[2Jb", "a\\x1b[2Jb"}, Hostile{"\x1b[10;1HPASSED", "\\x1b[10;1HPASSED"},
                    Hostile{"\x1b[?1049h", "\\x1b[?1049h"}, Hostile{"\x1b[>4m", "\\x1b[>4m"},
                    Hostile{"\x1b]0;title\x07 after", "\\x1b]0;title\\x07 after"},
                    Hostile{"\x1b]52;c;aGk=\x1b\\ after", "\\x1b]52;c;aGk=\\x1b\\ after"},
                    Hostile{"\x1bP1$r\x1b[31mq\x1b\\x", "\\x1bP1$r\\x1b[31mq\\x1b\\x"}, Hostile{"\x1b", "\\x1b"},
                    Hostile{"\x1b[", "\\x1b["}, Hostile{"\x1b[31", "\\x1b[31"}, Hostile{"\x1b[3\x01m", "\\x1b[3\\x01m"},
                    Hostile{"\x1b(B\x1b=", "\\x1b(B\\x1b="}, Hostile{std::string("a\0b\x7f", 4), "a\\x00b\\x7f"},
                    Hostile{"\u009b31m", "\\u009b31m"}, Hostile{"\u202egnp.exe", "\\u202egnp.exe"},
                    Hostile{"a\u200bb\u2066c\ufeff", "a\\u200bb\\u2066c\\ufeff"}, Hostile{"\u0301x", "\\u0301x"},
                    Hostile{"\xff\xfe ok", "\\xff\\xfe ok"}, Hostile{"한\xff", "한\\xff"}));

TEST(Terminal, AStringOfControlEndsWithItsLine) {
  const Grid grid = terminal("\x1b]0;x\nnext");
  EXPECT_EQ(text_at(grid, first_row + 1), "next");
  EXPECT_EQ(grid.at(first_row + 1, left), (Cell{.text = "n"}));
  EXPECT_NE(grid.at(first_row, left), (Cell{.text = "\\"}));
}

TEST(Terminal, ReadsALineOfAKoreanWindowsConsole) {
  EXPECT_THAT(lines("> \xb3\xd7\xc6\xae\xbf\xf6\xc5\xa9 \xc8\xab\xb1\xe6\xb5\xbf\r\n한글 too\n", {40, 9}),
              ElementsAre("> 네트워크 홍길동", "한글 too"));
}

TEST(Terminal, ComposesHangulAndKeepsMarksOnTheirLetter) {
  const Grid grid = terminal("\u1112\u1161\u11ab e\u0301 q\u0323\n");
  EXPECT_EQ(grid.at(first_row, left).text, "한");
  EXPECT_TRUE(grid.at(first_row, left).wide);
  EXPECT_EQ(grid.at(first_row, left + 3).text, "é");
  EXPECT_EQ(grid.at(first_row, left + 5).text, "q\u0323");
}

TEST(Terminal, StopsTowersOfMarks) {
  std::string tower = "x";
  for (int i = 0; i < 50; ++i) tower += "\u0336";
  const Grid grid = terminal(tower, {400, 9});
  EXPECT_LE(grid.at(first_row, left).text.size(), 11u);
  EXPECT_EQ(grid.at(first_row, left + 1).text, "\\");
}

// Whatever comes, the picture is of the size that was asked for, and no cell hides or holds a control.
TEST(Terminal, SurvivesAnything) {
  const std::vector<std::string> pieces{"\x1b",   "[",          "]",      "P",          "m",      ";",        ":",
                                        "38",     "48",         "5",      "2",          "7",      "\n",       "\r",
                                        "\b",     "\t",         "\a",     "\\",         "x",      "한",       "e",
                                        "\u0301", "\u1112",     "\u1161", "\u11ab",     "\xff",   "\xc8\xab", "\u202e",
                                        "\u200d", "\U0001F600", " ",      "\U0001F1F0", "\ufe0f", "\x7f"};
  std::mt19937 random(20261234);
  for (int i = 0; i < 300; ++i) {
    std::string transcript;
    for (auto length = random() % 400; length > 0; --length) transcript += pieces[random() % pieces.size()];
    const Size size{static_cast<int>(2 + random() % 12), static_cast<int>(3 + random() % 6)};
    const Grid grid = terminal(transcript, size);
    ASSERT_EQ(grid.columns, size.columns + 2);
    ASSERT_LE(grid.rows, first_row + size.rows + 1);
    ASSERT_EQ(grid.cells.size(), static_cast<std::size_t>(grid.columns * grid.rows));
    for (int row = first_row; row < grid.rows; ++row) {
      for (int column = left; column <= size.columns; ++column) {
        const Cell& cell = grid.at(row, column);
        ASSERT_NE(cell.foreground, cell.background) << transcript;
        ASSERT_EQ(escape_for_terminal(cell.text), cell.text) << transcript;
        const bool half = cell.wide && (column == size.columns || !grid.at(row, column + 1).text.empty());
        ASSERT_FALSE(half) << transcript;
      }
    }
  }
}

TEST(Terminal, OneRowOfMuchTextIsCutToTheSize) {
  const std::string flood(2'000'000, 'A');
  EXPECT_EQ(lines(flood, {80, 10}).size(), 10u);
}

}  // namespace
}  // namespace echolab::picture
