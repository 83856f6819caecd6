// Files in the repository that are made from the format table stay equal to it.
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "lab/base/file.h"
#include "lab/scenario/check_kinds.h"
#include "lab/scenario/load.h"
#include "lab/scenario/reference.h"
#include "tests/unit/scenario/golden.h"

namespace echolab::scenario {
namespace {

TEST(GeneratedFiles, TheSchemaIsTheOneOfThisProgram) {
  testing::expect_golden("share/echolab/scenario.schema.json", json_schema());
}

TEST(GeneratedFiles, TheReferenceHasTheTablesOfThisProgram) {
  constexpr const char* document = "docs/scenario.md";
  const std::string begin = "<!-- tables: begin -->\n", end = "<!-- tables: end -->\n";
  const std::string text = read_file(document);
  const auto from = text.find(begin), to = text.find(end);
  ASSERT_NE(from, std::string::npos);
  ASSERT_NE(to, std::string::npos);
  testing::expect_golden(document, text.substr(0, from + begin.size()) + "\n" + reference_tables() + text.substr(to));
}

TEST(GeneratedFiles, TheChecksPageHasTheKindsOfThisProgram) {
  constexpr const char* document = "docs/checks.md";
  const std::string begin = "<!-- kinds: begin -->\n", end = "<!-- kinds: end -->\n";
  const std::string text = read_file(document);
  const auto from = text.find(begin), to = text.find(end);
  ASSERT_NE(from, std::string::npos);
  ASSERT_NE(to, std::string::npos);
  testing::expect_golden(document,
                         text.substr(0, from + begin.size()) + "\n" + check_reference() + "\n" + text.substr(to));
}

// Every kind is explained with packets, under a heading that names it.
TEST(GeneratedFiles, TheChecksPageExplainsEveryKind) {
  std::istringstream text(read_file("docs/checks.md"));
  std::string headings;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("### ")) headings += line + '\n';
  }
  for (const CheckKindFacts& facts : check_kinds()) {
    EXPECT_NE(headings.find('`' + std::string(facts.name) + '`'), std::string::npos) << facts.name;
  }
}

}  // namespace
}  // namespace echolab::scenario
