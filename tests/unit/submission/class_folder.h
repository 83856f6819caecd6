#pragma once
// A folder of submissions, one of what intake makes, and a look at what lies outside.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "lab/base/file.h"
#include "lab/submission/content_digest.h"
#include "lab/submission/intake.h"
#include "tests/support/temporary_folder.h"

namespace echolab::submission::test {

// "name: reason" for each rejected entry.
inline std::vector<std::string> told(const Intake& intake) {
  std::vector<std::string> lines;
  for (const Rejected& rejected : intake.rejected) lines.push_back(rejected.name + ": " + rejected.reason);
  return lines;
}

class ClassFolder : public testing::Test {
 protected:
  static constexpr const char* id = "20261234";

  ClassFolder() { create_folders(handed_in()); }
  ~ClassFolder() override {
    // Whatever was handed in: nothing appears beside the two folders.
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      names.push_back(entry.path().filename().string());
    }
    names.erase(std::remove(names.begin(), names.end(), "taken"), names.end());
    EXPECT_THAT(names, testing::UnorderedElementsAre("handed-in", "secret"));
    EXPECT_EQ(read_file(folder_ / "secret"), "secret");
  }

  std::filesystem::path handed_in() const { return folder_ / "handed-in"; }
  std::filesystem::path taken() const { return folder_ / "taken"; }
  std::filesystem::path secret() const { return folder_ / "secret"; }

  void hand_in(const std::string& name, std::string_view content) {
    create_folders((handed_in() / name).parent_path());
    write_file_atomically(handed_in() / name, content);
  }
  Intake take(const IntakeLimits& limits = {}) {
    std::error_code ignored;
    std::filesystem::remove_all(taken(), ignored);
    return take_in(handed_in(), {id, "홍길동", "", "", ""}, taken(), limits);
  }
  std::vector<std::string> program() const {
    return std::filesystem::exists(taken() / "program") ? files_below(taken() / "program") : std::vector<std::string>();
  }
  std::string content(const std::string& file) const { return read_file(taken() / "program" / file); }

 private:
  struct WithSecret : echolab::test::TemporaryFolder {
    WithSecret() { write_file_atomically(*this / "secret", "secret"); }
  };
  WithSecret folder_;
};

}  // namespace echolab::submission::test
