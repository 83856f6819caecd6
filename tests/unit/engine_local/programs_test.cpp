// Which program of this machine stands for which image.

#include "lab/engine/local/programs.h"

#include <gmock/gmock.h>

#include "lab/base/error.h"
#include "lab/base/file.h"
#include "tests/support/temporary_folder.h"

namespace echolab::engine::local {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

plan::Plan plan_with(plan::Program program, std::vector<std::string> arguments, bool whole_command) {
  plan::Plan plan;
  plan.scenario_file = "/course/lab/x.yaml";
  plan::Node node;
  node.name = "server";
  node.program = std::move(program);
  node.arguments = std::move(arguments);
  node.replaces_entrypoint = whole_command;
  plan.nodes.push_back(std::move(node));
  return plan;
}

TEST(Programs, OurImagesAreTheProgramsOfTheBuild) {
  for (const char* const reference : {"echolab/echo-server", "echolab/echo-server:latest"}) {
    const auto programs =
        choose_programs(plan_with(scenario::Image{reference}, {"--port", "7"}, false), "/bin-of-ours");
    EXPECT_EQ(programs.at(0).file, "/bin-of-ours/echo-server");
    EXPECT_THAT(programs.at(0).arguments, ElementsAre("echo-server", "--port", "7"));
  }
}

TEST(Programs, ACommandRunsAsItStandsInTheScenariosFolder) {
  const auto programs = choose_programs(
      plan_with(scenario::Image{"echolab/echo-client"}, {"python3", "client.py"}, true), "/bin-of-ours");
  EXPECT_TRUE(programs.at(0).file.empty());
  EXPECT_EQ(programs.at(0).folder, "/course/lab");
  EXPECT_THAT(programs.at(0).arguments, ElementsAre("python3", "client.py"));
}

TEST(Programs, WhatWasHandedInRunsUnderTheSupervisorWhichIsToldWhereItIs) {
  const test::TemporaryFolder services;
  write_file_atomically(services / "supervisor", "");
  std::filesystem::permissions(services / "supervisor", std::filesystem::perms::owner_all);
  const auto programs = choose_programs(
      plan_with(plan::Bundle{"/class/20261234/server", "1f3a"}, {"serve", "--port", "5000", "--", "./server"}, false),
      services.path());
  EXPECT_EQ(programs.at(0).file, services / "supervisor");
  EXPECT_EQ(programs.at(0).submission, "/class/20261234/server");
  EXPECT_GT(programs.at(0).work_bytes, 0u);
  EXPECT_THAT(programs.at(0).arguments, ElementsAre("supervisor", "serve", "--from", "/run/submission", "--work",
                                                    "/run/work", "--port", "5000", "--", "./server"));
}

TEST(Programs, WithoutASupervisorNothingThatWasHandedInRuns) {
  const test::TemporaryFolder services;
  try {
    choose_programs(plan_with(plan::Bundle{"/class/20261234/server", "1f3a"}, {"serve"}, false), services.path());
    ADD_FAILURE() << "accepted";
  } catch (const EnvironmentError& error) {
    EXPECT_THAT(error.cause(), HasSubstr("supervisor"));
  }
}

TEST(Programs, OtherImagesAreRefusedAndTheWayOutIsNamed) {
  const std::vector<plan::Program> others{scenario::Image{"python:3"}, scenario::Image{"echolab/unknown"},
                                          scenario::Build{"student"}};
  for (const auto& other : others) {
    try {
      choose_programs(plan_with(other, {}, false), "/bin-of-ours");
      ADD_FAILURE() << "accepted";
    } catch (const EnvironmentError& error) {
      EXPECT_THAT(error.tried(), HasSubstr("node server"));
      EXPECT_THAT(error.mend(), HasSubstr("--engine docker"));
    }
  }
}

TEST(Programs, TheServicesFolderMustHoldThem) {
  const test::TemporaryFolder folder;
  EXPECT_THROW(find_services(folder.path()), EnvironmentError);
  write_file_atomically(folder / "echo-server", "#!/bin/sh\n");
  std::filesystem::permissions(folder / "echo-server", std::filesystem::perms::owner_all);
  EXPECT_EQ(find_services(folder.path()), folder.path());
}

}  // namespace
}  // namespace echolab::engine::local
