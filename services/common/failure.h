#pragma once

#include <stdexcept>
#include <string>

namespace echo {

// What could not be done and why, as in "open packet socket: Operation not permitted".
class Failure : public std::runtime_error {
 public:
  Failure(std::string operation, std::string cause)
      : std::runtime_error(operation + ": " + cause), operation_(std::move(operation)), cause_(std::move(cause)) {}
  // With the text of an errno value.
  Failure(std::string operation, int error_number);
  const std::string& operation() const { return operation_; }
  const std::string& cause() const { return cause_; }

 private:
  std::string operation_, cause_;
};

}  // namespace echo
