// Class lists as spreadsheets and learning management systems write them, and what is said of bad ones.

#include "lab/submission/roster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lab/base/cp949.h"
#include "lab/base/diagnostic.h"
#include "lab/base/error.h"
#include "lab/base/unicode.h"

namespace echolab::submission {
namespace {

using marks::Student;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<Student> read(std::string_view text) {
  return parse_roster("roster.csv", text);
}

// What a terminal would show.
std::string mistakes_in(std::string_view text) {
  try {
    read(text);
  } catch (const InvalidInput& error) {
    return render(error.file(), error.source(), error.diagnostics());
  }
  return "no mistake";
}

const Student hong{"20261234", "홍길동", "컴퓨터공학과", "hong@example.ac.kr", "2"};

TEST(Roster, ReadsKoreanColumnsInAnyOrder) {
  EXPECT_THAT(read("번호,이름,학번,이메일,학과,분반\n1,홍길동,20261234,hong@example.ac.kr,컴퓨터공학과,2\n"),
              ElementsAre(hong));
}

TEST(Roster, ReadsEnglishColumnsWithoutRegardToCaseAndPunctuation) {
  EXPECT_THAT(
      read("Student_ID;Full Name;E-Mail;Department;SECTION\r\n20261234;홍길동;hong@example.ac.kr;컴퓨터공학과;2"),
      ElementsAre(hong));
}

TEST(Roster, ReadsTabsMarksAndCp949) {
  const std::string text = "학번\t이름\t학과\t이메일\t분반\n20261234\t홍길동\t컴퓨터공학과\thong@example.ac.kr\t2\n";
  EXPECT_THAT(read(text), ElementsAre(hong));
  EXPECT_THAT(read("\xef\xbb\xbf" + text), ElementsAre(hong));
  EXPECT_THAT(read(*to_cp949(text)), ElementsAre(hong));
  EXPECT_THAT(read(to_nfd(text)), ElementsAre(hong)) << "from macOS";
  EXPECT_THAT(read("sep=\t\n" + text), ElementsAre(hong));
}

TEST(Roster, ReadsQuotedCells) {
  const auto students = read("id,name\r\n\"a1\",\"Lee, \"\"J\"\"\r\nSecond\"\n=\"20260001\", x \n");
  ASSERT_EQ(students.size(), 2u);
  EXPECT_EQ(students[0].name, "Lee, \"J\"\r\nSecond");
  EXPECT_EQ(students[1].id, "20260001") << "how one tells a spreadsheet that digits are text";
  EXPECT_EQ(students[1].name, "x");
}

TEST(Roster, ReadsCanvas) {
  const auto students = read(
      "Student,ID,SIS User ID,SIS Login ID,Section,Echo (17)\n"
      "    Points Possible,,,,,10\n"
      "\"Kim, Ada\",91,20260001,ada,Net-1,\n"
      "\"Student, Test\",92,,,Net-1,\n");
  EXPECT_THAT(students, ElementsAre(Student{"20260001", "Kim, Ada", "", "", "Net-1"}));
}

TEST(Roster, ReadsMoodleWithNamesInTwoColumns) {
  EXPECT_THAT(read("First name,Last name,ID number,Email address\nAda,Kim,7,a@b\n길동,홍,8,c@d\n"),
              ElementsAre(Student{"7", "Ada Kim", "", "a@b", ""}, Student{"8", "홍길동", "", "c@d", ""}));
}

TEST(Roster, LeavesOutBlankLines) {
  EXPECT_EQ(read("\n,\nid,name\n\na,b\n , \n").size(), 1u);
}

TEST(Roster, TellsAllMistakesAtOnce) {
  EXPECT_EQ(mistakes_in("학번,이름\n"
                        "20260001,김철수\n"
                        ",이영희\n"
                        "../etc,박\n"
                        "20260001,최\n"
                        "20260002\n"
                        "20260003,a,b\n"),
            "roster.csv:3:1: error: this line has no id\n"
            "    3 | ,이영희\n"
            "      | ^\n"
            "      = every student needs one\n"
            "roster.csv:4:1: error: the id '../etc' has characters other than letters, digits, '.', '_' and '-'\n"
            "    4 | ../etc,박\n"
            "      | ^^^^^^\n"
            "      = ids name files and folders\n"
            "roster.csv:5:1: error: the id '20260001' is also in line 2\n"
            "    5 | 20260001,최\n"
            "      | ^^^^^^^^\n"
            "      = ids name files and folders: each stands once\n"
            "roster.csv:6:1: error: this line has 1 cell, the header has 2\n"
            "    6 | 20260002\n"
            "      | ^^^^^^^^\n"
            "      = a cell that is empty still needs its separator\n"
            "roster.csv:7:12: error: this line has 3 cells, the header has 2\n"
            "    7 | 20260003,a,b\n"
            "      |            ^\n"
            "      = a cell that holds ',' stands in quotes\n");
}

TEST(Roster, RefusesIdsThatDifferOnlyInCase) {
  EXPECT_THAT(mistakes_in("id\nab\nAB\n"), HasSubstr("'AB' differs only in case from 'ab' in line 2"));
}

TEST(Roster, RefusesUnusableIds) {
  EXPECT_THAT(mistakes_in("id\n-rf\n"), HasSubstr("begins with '-'"));
  EXPECT_THAT(mistakes_in("id\n.\n"), HasSubstr("begins with '.'"));
  EXPECT_THAT(mistakes_in("id\n" + std::string(65, 'a') + "\n"), HasSubstr("more than 64"));
  EXPECT_THAT(mistakes_in("id\n$(id)\n"), HasSubstr("characters other than"));
  EXPECT_THAT(mistakes_in("id\n\"a\nb\"\n"), HasSubstr("characters other than"));
  EXPECT_THAT(mistakes_in("id\n2.02E+07\n"), HasSubstr("a spreadsheet made a number of it"));
}

TEST(Roster, RefusesColumnsThatCannotBeTold) {
  EXPECT_THAT(mistakes_in("name,mail\na,b\n"), HasSubstr("no column holds the student ids"));
  EXPECT_THAT(mistakes_in("name,mail\na,b\n"), HasSubstr("the columns are 'name', 'mail'"));
  EXPECT_THAT(mistakes_in("학번,student id\n1,2\n"), HasSubstr("columns 1 '학번' and 2 'student id' mean the same"));
}

TEST(Roster, RefusesBrokenQuotes) {
  EXPECT_THAT(mistakes_in("id,name\na,\"b\nc,d\n"), HasSubstr("roster.csv:2:3: error: this quote is never closed"));
  EXPECT_THAT(mistakes_in("id,name\na,\"b\"c\n"), HasSubstr("text after the closing quote"));
}

TEST(Roster, RefusesWhatIsNoText) {
  EXPECT_THAT(mistakes_in(""), HasSubstr("the roster is empty"));
  EXPECT_THAT(mistakes_in("id\n"), HasSubstr("lists nobody"));
  EXPECT_THAT(mistakes_in(std::string("\xff\xfe i\0d\0", 7)), HasSubstr("UTF-16"));
  EXPECT_THAT(mistakes_in("PK\x03\x04xlsx"), HasSubstr("a spreadsheet's own format"));
  EXPECT_THAT(mistakes_in(std::string("id\na\0b\n", 7)), HasSubstr("NUL"));
  EXPECT_THAT(mistakes_in("id\n\xff\xff\n"), HasSubstr("neither UTF-8 nor CP949"));
}

TEST(Roster, BoundsTheListOfMistakes) {
  std::string text = "id\n";
  for (int i = 0; i < 1000; ++i) text += "?\n";
  EXPECT_THAT(mistakes_in(text), HasSubstr("900 more mistakes"));
}

TEST(Roster, NamesAFileThatIsNotThere) {
  EXPECT_THROW(load_roster("/nonexistent/roster.csv"), EnvironmentError);
}

}  // namespace
}  // namespace echolab::submission
