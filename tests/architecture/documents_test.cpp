// What documents promise about each other.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

namespace {

// "#", "##", …: the levels of the headings outside code blocks, in order.
std::vector<std::string> heading_levels(const std::string& file) {
  std::vector<std::string> levels;
  std::ifstream stream(file);
  bool in_code = false;
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("```")) in_code = !in_code;
    if (!in_code && line.starts_with("#")) levels.push_back(line.substr(0, line.find(' ')));
  }
  return levels;
}

TEST(Documents, TheKoreanReadmeHasTheSameHeadings) {
  const auto english = heading_levels("README.md");
  EXPECT_GE(english.size(), 6u);
  EXPECT_EQ(english, heading_levels("README.ko.md"));
}

TEST(Documents, TheKoreanGuideToGradingHasTheSameHeadings) {
  const auto english = heading_levels("docs/grading.md");
  EXPECT_GE(english.size(), 10u);
  EXPECT_EQ(english, heading_levels("docs/grading.ko.md"));
}

TEST(Documents, LinksToFilesLeadSomewhere) {
  const std::regex link(R"(\]\(([^)#:]+)(#[^)]*)?\))");
  std::vector<std::filesystem::path> documents{"README.md", "README.ko.md"};
  for (const auto& entry : std::filesystem::recursive_directory_iterator("docs")) {
    if (entry.path().extension() == ".md") documents.push_back(entry.path());
  }
  std::size_t checked = 0;
  for (const auto& document : documents) {
    std::ifstream stream(document);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    for (std::sregex_iterator found(text.begin(), text.end(), link), end; found != end; ++found) {
      const auto target = document.parent_path() / (*found)[1].str();
      EXPECT_TRUE(std::filesystem::exists(target)) << document << " links to " << target;
      ++checked;
    }
  }
  EXPECT_GT(checked, 20u);
}

}  // namespace
