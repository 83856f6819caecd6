#pragma once
// A recipe's commands with their placeholders filled in (scenario::Recipe says what each stands for).

#include <string>
#include <string_view>
#include <vector>

#include "lab/plan/plan.h"
#include "lab/scenario/scenario.h"
#include "lab/submission/program.h"

namespace echolab::submission {

struct RecipeFiles {
  plan::Role role = plan::Role::server;
  std::string main;                  // relative to the program folder
  std::string main_text;             // its beginning: Java's package is read from it
  std::vector<std::string> sources;  // with main
};

ChosenProgram fill_recipe(const scenario::Recipe& recipe, const RecipeFiles& files);

// "kr.ac.example.EchoServer" for a file that begins with "package kr.ac.example;", comments left out.
std::string java_class(std::string_view text, std::string_view stem);

// Whether C or C++ has a line that begins a function main: "int main(void) {", or GNU's "main (" below the type.
bool defines_main(std::string_view text);

}  // namespace echolab::submission
