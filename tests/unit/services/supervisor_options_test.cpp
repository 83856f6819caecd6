#include "services/supervisor/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace echo {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class CommandLine {
 public:
  explicit CommandLine(std::vector<std::string> words) : words_(std::move(words)) {
    words_.insert(words_.begin(), "supervisor");
    for (std::string& word : words_) pointers_.push_back(word.data());
    options_ = read_options(static_cast<int>(words_.size()), pointers_.data());
  }
  template <typename Mode>
  const Mode& as() const {
    return std::get<Mode>(options_);
  }
  int status() const { return std::get<int>(options_); }
  const std::string& word(std::size_t index) const { return words_[index]; }

 private:
  std::vector<std::string> words_;
  std::vector<char*> pointers_;
  Options options_ = 0;
};

TEST(SupervisorOptions, TheProgramIsEverythingBehindTheDashes) {
  const CommandLine line({"serve", "--port", "5000", "--protocol", "tcp", "--grace", "2s", "--", "a", "--port", "--"});
  EXPECT_THAT(line.as<ServeOptions>().program, ElementsAre("a", "--port", "--"));
  EXPECT_EQ(line.as<ServeOptions>().port, 5000);
  EXPECT_EQ(line.as<ServeOptions>().protocols, Protocols::tcp);
  EXPECT_EQ(line.as<ServeOptions>().grace, 2s);
}

TEST(SupervisorOptions, LinesMayHoldAnythingAndAreErased) {
  const CommandLine line({"drive", "--line=", "--line=[a,b]", "--line=--x", "--quiet", "50ms", "--", "client"});
  EXPECT_THAT(line.as<DriveOptions>().lines, ElementsAre("", "[a,b]", "--x"));
  EXPECT_EQ(line.as<DriveOptions>().quiet, 50ms);
  EXPECT_EQ(line.word(3), "--line=" + std::string(5, '\0'));
}

TEST(SupervisorOptions, StepsCountTheirWords) {
  const CommandLine line({"build", "--step", "3", "gcc", "--step", "[x]", "--work", "/w", "--step", "1", "make"});
  EXPECT_THAT(line.as<BuildOptions>().steps, ElementsAre(ElementsAre("gcc", "--step", "[x]"), ElementsAre("make")));
  EXPECT_EQ(line.as<BuildOptions>().place.work, "/w");
}

TEST(SupervisorOptions, MistakesAreNamed) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{},
                                             {"serve", "--port", "5000"},
                                             {"serve", "--port", "0", "--", "a"},
                                             {"serve", "--port", "5000", "--line=x", "--", "a"},
                                             {"serve", "--", "a"},
                                             {"drive", "--time", "soon", "--", "a"},
                                             {"build", "--", "a"},
                                             {"build", "--step", "0"},
                                             {"build", "--step", "2", "a"},
                                             {"build", "--step", "18446744073709551615", "a"}}) {
    testing::internal::CaptureStderr();
    EXPECT_EQ(CommandLine(words).status(), 2);
    EXPECT_NE(testing::internal::GetCapturedStderr(), "");
  }
}

}  // namespace
}  // namespace echo
