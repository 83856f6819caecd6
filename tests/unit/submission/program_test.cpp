// Which file is the program, and what is run to build and start it.

#include "lab/submission/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lab/base/diagnostic.h"
#include "lab/base/file.h"
#include "lab/submission/content_digest.h"
#include "lab/submission/recipe_words.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/submission/archives.h"

namespace echolab::submission {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Words = std::vector<std::string>;

class Program : public testing::Test {
 protected:
  Program() { create_folders(folder()); }
  void file(const std::string& name, const std::string& content = "x") {
    create_folders((folder() / name).parent_path());
    write_file_atomically(folder() / name, content);
  }
  std::filesystem::path folder() const { return temporary_ / "program"; }
  std::variant<ChosenProgram, NoProgram> choose(plan::Role role = plan::Role::server) const {
    return choose_program(folder(), role, asked);
  }
  ChosenProgram chosen(plan::Role role = plan::Role::server) const {
    auto choice = choose(role);
    if (const auto* none = std::get_if<NoProgram>(&choice)) {
      ADD_FAILURE() << none->reason;
      return {};
    }
    return std::get<ChosenProgram>(choice);
  }
  NoProgram none(plan::Role role = plan::Role::server) const {
    auto choice = choose(role);
    if (const auto* program = std::get_if<ChosenProgram>(&choice)) {
      ADD_FAILURE() << program->main;
      return {};
    }
    return std::get<NoProgram>(choice);
  }

  echolab::test::TemporaryFolder temporary_;
  scenario::Submission asked{{"server", "*server*"}, {"client", "*client*"}, scenario::built_in_recipes(), {}, {}};
};

TEST_F(Program, RunsPython) {
  file("UDP_Server.PY");
  file("udp_client.py");
  const ChosenProgram program = chosen();
  EXPECT_EQ(program.recipe, "python");
  EXPECT_EQ(program.main, "UDP_Server.PY");
  EXPECT_THAT(program.build, IsEmpty());
  EXPECT_THAT(program.start, ElementsAre("python3", "-u", "UDP_Server.PY"));
  EXPECT_EQ(chosen(plan::Role::client).main, "udp_client.py");
}

TEST_F(Program, BuildsCWithAllSourcesThatNoOtherRoleClaims) {
  for (const char* name : {"server.c", "client.c", "common.c", "lib/list.c", "client/util.c", "x.h", "-o.c"})
    file(name);
  const ChosenProgram program = chosen();
  EXPECT_THAT(program.build, ElementsAre(Words{"gcc", "-std=gnu17", "-O2", "-Wall", "-pthread", "-o", "program",
                                               "./-o.c", "common.c", "lib/list.c", "server.c"}));
  EXPECT_THAT(program.start, ElementsAre("./program"));
}

TEST_F(Program, LeavesOutOtherProgramsInC) {
  asked.client_files.clear();
  file("udp_server.c", "int main(void) {}");
  file("tcp_sever.c", "#include <stdio.h>\nint main (int argc, char **argv)\n{}");
  file("client.c", "int\nmain(void)\n{}");
  file("table.c", "/* int main(void) */\nint mainly(void);\n  main(3);\nint domain(int x);");
  EXPECT_THAT(chosen().build.front(), AllOf(Contains("udp_server.c"), Contains("table.c"), Not(Contains("client.c")),
                                            Not(Contains("tcp_sever.c"))));
}

TEST_F(Program, NamesJavasClassByItsPackage) {
  file("src/EchoServer.java", "// package no;\n/* package no; */ package kr . ac.example ;\nclass EchoServer {}");
  const ChosenProgram program = chosen();
  EXPECT_EQ(program.start.back(), "kr.ac.example.EchoServer");
  EXPECT_EQ(program.build.front().back(), "src/EchoServer.java");
}

TEST(JavaClass, IsTheStemWithoutAPackage) {
  EXPECT_EQ(java_class("import java.net.*;", "Server"), "Server");
  EXPECT_EQ(java_class("packaged;", "Server"), "Server");
  EXPECT_EQ(java_class("package a-b;", "Server"), "Server");
  EXPECT_EQ(java_class("", "Server"), "Server");
  EXPECT_EQ(java_class("/* never closed", "Server"), "Server");
  EXPECT_EQ(java_class("package 네트워크;", "서버"), "네트워크.서버");
}

TEST_F(Program, UsesAMakefileForWhateverRole) {
  file("Makefile");
  file("main.rs");
  EXPECT_THAT(chosen(plan::Role::client).start, ElementsAre("./client"));
  EXPECT_THAT(chosen().build, ElementsAre(Words{"make"}));
}

TEST_F(Program, PrefersTheFirstPatternAndTheTop) {
  file("old/server.py");
  file("my_server.py");
  EXPECT_EQ(chosen().main, "old/server.py") << "'server' comes before '*server*'";
  file("server.py");
  EXPECT_EQ(chosen().main, "server.py");
}

TEST_F(Program, RefusesToChooseBetweenEqualOnes) {
  file("udp_server.py");
  file("tcp_server.py");
  EXPECT_EQ(none().reason, "the server could be any of 2 files: tcp_server.py, udp_server.py");
}

TEST_F(Program, TakesTheOnlyFileWhenOneRoleIsAskedFor) {
  file("echo.py");
  file("notes.txt");
  EXPECT_THAT(none().reason, HasSubstr("there is no file server.py, server.c, "));
  EXPECT_THAT(none().hint, HasSubstr("echo.py, notes.txt"));
  asked.client_files.clear();
  EXPECT_EQ(chosen().main, "echo.py");
  file("other.c");
  EXPECT_THAT(none().reason, HasSubstr("there is no file"));
}

TEST_F(Program, TakesRecipesOfTheScenarioFirst) {
  asked.recipes.insert(asked.recipes.begin(),
                       {"my python", {"*.py"}, {{"lint", "{main}", "{stem}", "{role}"}}, {"run", "a{stem}b"}});
  file("deep/server.py");
  const ChosenProgram program = chosen();
  EXPECT_EQ(program.recipe, "my python");
  EXPECT_THAT(program.build, ElementsAre(Words{"lint", "deep/server.py", "server", "server"}));
  EXPECT_THAT(program.start, ElementsAre("run", "aserverb"));
}

TEST_F(Program, SaysWhenThereIsNothing) {
  EXPECT_EQ(none().reason, "no program was handed in");
}

TEST_F(Program, FollowsTheDockerfileOfARole) {
  file("server.py");
  file("server/Dockerfile",
       "FROM python\nWORKDIR /app\nCOPY . .\nENV X=1\nRUN make all\nCMD [\"python3\", \"/app/s.py\"]");
  const ChosenProgram program = chosen();
  EXPECT_EQ(program.recipe, "Dockerfile");
  EXPECT_THAT(program.build, ElementsAre(Words{"env", "-C", "server", "X=1", "/bin/sh", "-c", "make all"}));
  EXPECT_THAT(program.start, ElementsAre("env", "-C", "server", "X=1", "python3", "./s.py"));
}

TEST_F(Program, TakesADockerfileAtTheTopOnlyForOneRole) {
  file("server.py");
  file("Dockerfile", "FROM python\nCMD python3 server.py 5000");
  EXPECT_EQ(chosen().recipe, "python");
  asked.client_files.clear();
  EXPECT_THAT(chosen().start, ElementsAre("python3", "server.py", "5000"));
  file("Dockerfile.server", "FROM x\nRUN apt-get update\nCMD x");
  EXPECT_THAT(none().reason, HasSubstr("Dockerfile.server, line 2: apt-get needs a network and root"));
}

TEST_F(Program, BundlesAreAbsoluteAndEqualForEqualContent) {
  file("server.py");
  const plan::Bundle bundle = bundle_of(folder());
  EXPECT_TRUE(std::filesystem::path(bundle.folder).is_absolute());
  std::filesystem::copy(folder(), temporary_ / "copy", std::filesystem::copy_options::recursive);
  EXPECT_EQ(bundle_of(temporary_ / "copy").sha256, bundle.sha256);
  std::filesystem::permissions(temporary_ / "copy/server.py", std::filesystem::perms::owner_all);
  EXPECT_NE(bundle_of(temporary_ / "copy").sha256, bundle.sha256) << "executable now";
}

class Build : public testing::Test {
 protected:
  std::string refusal_of(const std::string& tar) {
    try {
      unpack_build(tar, temporary_ / "build");
    } catch (const InvalidInput& error) {
      return error.diagnostics().front().message;
    }
    return "unpacked";
  }
  echolab::test::TemporaryFolder temporary_;
};

TEST_F(Build, UnpacksFilesAndFolders) {
  test::TarBuilder tar;
  tar.add("./program",
          "\x7f"
          "ELF",
          0755)
      .add("classes/kr/Server.class", "x")
      .add("empty", "", 0755, AE_IFDIR);
  unpack_build(tar.bytes(), temporary_ / "build");
  EXPECT_THAT(files_below(temporary_ / "build"), ElementsAre("classes/kr/Server.class", "program"));
  EXPECT_TRUE(std::filesystem::exists(temporary_ / "build/program"));
}

TEST_F(Build, RefusesLinksEscapesAndDamage) {
  test::TarBuilder link, outside, whole;
  EXPECT_EQ(refusal_of(link.symlink("a", "/etc/passwd").bytes()), "a: a symbolic link");
  std::filesystem::remove_all(temporary_ / "build");
  EXPECT_EQ(refusal_of(outside.add("../b", "x").bytes()), "../b: its name leaves the folder (..)");
  EXPECT_FALSE(std::filesystem::exists(temporary_ / "b"));
  std::filesystem::remove_all(temporary_ / "build");
  EXPECT_THAT(refusal_of(whole.add("c", std::string(2000, 'x')).bytes().substr(0, 1500)), HasSubstr("cut off"));
  std::filesystem::remove_all(temporary_ / "build");
  EXPECT_THAT(refusal_of("no tar"), HasSubstr("its archive"));
}

}  // namespace
}  // namespace echolab::submission
