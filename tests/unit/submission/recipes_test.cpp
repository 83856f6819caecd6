// The built-in recipes, with the compilers of this machine.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lab/base/file.h"
#include "lab/submission/program.h"
#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace echolab::submission {
namespace {

using echolab::test::run_program;

// Builds and starts the server that is found in the folder; its standard output.
std::string output_of_server(const std::filesystem::path& folder) {
  const scenario::Submission asked{{"server"}, {"client"}, scenario::built_in_recipes(), {}, {}};
  const auto choice = choose_program(folder, plan::Role::server, asked);
  if (const auto* none = std::get_if<NoProgram>(&choice)) return none->reason;
  const auto& program = std::get<ChosenProgram>(choice);
  for (const std::vector<std::string>& command : program.build) {
    const auto built = run_program({.argv = command, .folder = folder});
    if (built.status != 0) return built.err;
  }
  return run_program({.argv = program.start, .folder = folder}).out;
}

class Recipes : public testing::Test {
 protected:
  void file(const std::string& name, const std::string& content) { write_file_atomically(folder_ / name, content); }
  echolab::test::TemporaryFolder folder_;
};

TEST_F(Recipes, CKnowsWhatSocketProgramsUse) {
  file("server.c",
       "#include <netdb.h>\n#include <pthread.h>\n#include <signal.h>\n#include <stdio.h>\n"
       "const char *text(void);\n"
       "int main(void) { struct sigaction a = {.sa_flags = SA_RESTART}; struct addrinfo hints = {0};\n"
       "  (void)a; (void)hints; puts(text()); return 0; }\n");
  file("text.c", "const char *text(void) { return \"C\"; }\n");
  file("client.c", "int main(void) { return 1; }\n");
  EXPECT_EQ(output_of_server(folder_.path()), "C\n");
}

TEST_F(Recipes, CppIsThatOfTheCourse) {
  file("server.cpp", "#include <iostream>\n#include <span>\nint main() { std::cout << \"C++20\\n\"; }\n");
  EXPECT_EQ(output_of_server(folder_.path()), "C++20\n");
}

TEST_F(Recipes, PythonIsUnbuffered) {
  file("server.py", "import sys\nprint(sys.stdout.write_through)\n");
  EXPECT_EQ(output_of_server(folder_.path()), "True\n");
}

TEST_F(Recipes, MakeBuildsAProgramNamedAsTheRole) {
  file("Makefile", "server:\n\tprintf '#!/bin/sh\\necho made\\n' > $@\n\tchmod +x $@\n");
  EXPECT_EQ(output_of_server(folder_.path()), "made\n");
}

}  // namespace
}  // namespace echolab::submission
