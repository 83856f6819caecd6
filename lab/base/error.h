#pragma once
// Four kinds of trouble, four places (docs/architecture.md): user mistakes are Diagnostics, a machine that can't is
// an EnvironmentError, wrong student work is a finding, and a bug of ours is an assertion.

#include <stdexcept>
#include <string>

namespace echolab {

// The machine cannot do what was asked: says what was tried, why it failed, and how to mend it. Exit status 3.
class EnvironmentError : public std::runtime_error {
 public:
  EnvironmentError(std::string tried, std::string cause, std::string mend);
  const std::string& tried() const { return tried_; }
  const std::string& cause() const { return cause_; }
  const std::string& mend() const { return mend_; }  // may be empty when nothing is known to help

 private:
  std::string tried_, cause_, mend_;
};

// Ctrl-C or SIGTERM was seen; everything created is removed on the way out. Exit status 130.
class Interrupted : public std::runtime_error {
 public:
  Interrupted() : std::runtime_error("interrupted") {}
};

// "Permission denied" for errno values.
std::string errno_text(int error_number);

}  // namespace echolab
