#pragma once
// A Dockerfile read as a recipe: docs/submissions.md says what is followed, and
// docs/decisions/0010-dockerfiles-are-recipes.md why no image is built from it.

#include <string>
#include <string_view>
#include <variant>

#include "lab/submission/program.h"

namespace echolab::submission {

// `folder` is the build context relative to the program folder, where commands run: empty, or "server". `name` is what
// the file is called in messages.
std::variant<ChosenProgram, NoProgram> recipe_of_dockerfile(std::string_view text, const std::string& name,
                                                            const std::string& folder);

}  // namespace echolab::submission
