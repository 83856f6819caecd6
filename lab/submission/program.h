#pragma once
// Which program of a submission is the server or the client, and how it is built and started.

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "lab/plan/plan.h"
#include "lab/scenario/scenario.h"

namespace echolab::submission {

struct ChosenProgram {
  std::string recipe;                           // "python", "Dockerfile"
  std::string main;                             // relative to the program folder
  std::vector<std::vector<std::string>> build;  // placeholders filled in; run in the folder; may be empty
  std::vector<std::string> start;               // run in the folder, after the build
};
struct NoProgram {
  std::string reason;  // "there is no file server.py, server.c, …"
  std::string hint;
};

// The main file is found by the role's patterns and the recipes, in their order; the nearest to the top wins, two equally
// good ones are refused. Where only one role is asked for (the other has no patterns), a single file that any recipe
// could take is the program whatever its name.
// A Dockerfile goes before all recipes: <role>/Dockerfile, Dockerfile.<role>, or Dockerfile at the top when only one role
// is asked for. It is read as a recipe: FROM is noted, WORKDIR, COPY and ENV are followed, RUN lines are build commands,
// CMD or ENTRYPOINT starts; what would need root or a network is refused with its line.
// Throws EnvironmentError when the folder, which is a clean copy, can't be read.
std::variant<ChosenProgram, NoProgram> choose_program(const std::filesystem::path& folder, plan::Role role,
                                                      const scenario::Submission& asked);

// Folder of a program as a Bundle: its digest covers names, contents and execute permissions.
plan::Bundle bundle_of(const std::filesystem::path& folder);

// A tar archive that a student's build made, unpacked as hostile as it is: regular files and folders only, within the
// limits of take_in. The folder must not exist or be empty. Throws InvalidInput naming the entry when it is anything else.
void unpack_build(const std::string& tar, const std::filesystem::path& folder);

}  // namespace echolab::submission
