// Files in the repository that are made from the format table stay equal to it.
#include <gtest/gtest.h>

#include <string>

#include "lab/base/file.h"
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

}  // namespace
}  // namespace echolab::scenario
