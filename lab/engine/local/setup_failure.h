#pragma once
// What went wrong inside the lab process or a node before its program ran. It crosses a process boundary as text.

#include <stdexcept>
#include <string>

#include "lab/base/error.h"

namespace echolab::engine::local {

class SetupFailure : public std::runtime_error {
 public:
  SetupFailure(const std::string& operation, int error_number)
      : std::runtime_error(operation + ": " + errno_text(error_number)) {}
};

}  // namespace echolab::engine::local
