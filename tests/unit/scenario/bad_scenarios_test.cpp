// Every file in tests/golden/scenario/bad is refused with exactly the text beside it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "lab/base/diagnostic.h"
#include "lab/scenario/load.h"
#include "tests/unit/scenario/golden.h"

namespace echolab::scenario {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> bad_files() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator("tests/golden/scenario/bad")) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class BadScenario : public ::testing::TestWithParam<std::string> {};

TEST_P(BadScenario, IsRefusedWithTheGoldenText) {
  const fs::path file = "tests/golden/scenario/bad/" + GetParam() + ".yaml";
  std::string got;
  try {
    load_file(file);
    FAIL() << file << " was accepted";
  } catch (const InvalidInput& error) {
    ASSERT_FALSE(error.diagnostics().empty());
    got = render(file.filename().string(), error.source(), error.diagnostics());
  }
  fs::path golden = file;
  testing::expect_golden(golden.replace_extension(".txt"), got);
}

INSTANTIATE_TEST_SUITE_P(Corpus, BadScenario, ::testing::ValuesIn(bad_files()), [](const auto& instance) {
  std::string name = instance.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(BadScenarios, AreManyAndNoGoldenFileIsLeftOver) {
  const std::vector<std::string> names = bad_files();
  EXPECT_GE(names.size(), 45u);
  for (const auto& entry : fs::directory_iterator("tests/golden/scenario/bad")) {
    EXPECT_TRUE(std::binary_search(names.begin(), names.end(), entry.path().stem().string())) << entry.path();
  }
}

}  // namespace
}  // namespace echolab::scenario
