// The example class in scenarios/class is graded on real Docker: every student has the mark and the reason that the
// table below says, whatever else the machine does, and the files and reports are what docs/grading.md promises.

#include <gmock/gmock.h>

#include <algorithm>
#include <thread>

#include "lab/base/file.h"
#include "tests/integration/lab/lab.h"
#include "tests/support/tool.h"

namespace echolab::lab_test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAreArray;

const fs::path class_folder = "scenarios/class";

struct Expected {
  std::string student;
  double points, most;
  std::string status;
  std::vector<std::string> reason;  // words of it, for whoever reads why
};

const std::vector<Expected> udp_server{
    {"20260001", 10, 10, "passed", {}},  // Python
    {"20260002", 10, 10, "passed", {}},  // C
    {"20260003", 10, 10, "passed", {}},  // C++, a zip with a folder in it
    {"20260004", 10, 10, "passed", {}},  // Java, a tar.gz
    {"20260005", 10, 10, "passed", {}},  // a Dockerfile
};

test::Finished grade(const fs::path& out, const std::vector<std::string>& scenarios,
                     const std::vector<std::string>& more = {}) {
  std::vector<std::string> words{"grade",         "--engine", "docker",        "--seed",
                                 "7",             "--roster", class_folder / "roster.csv",
                                 "--submissions", class_folder / "submissions",
                                 "--out",         out.string()};
  for (const std::string& scenario : scenarios) {
    words.insert(words.end(), {"--scenario", class_folder / (scenario + ".yaml")});
  }
  words.insert(words.end(), more.begin(), more.end());
  return test::run_program(echolab(words), std::chrono::seconds(280));
}

}  // namespace
}  // namespace echolab::lab_test
