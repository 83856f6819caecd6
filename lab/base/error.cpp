#include "lab/base/error.h"

#include <fmt/format.h>

#include <system_error>

namespace echolab {

EnvironmentError::EnvironmentError(std::string tried, std::string cause, std::string mend)
    : std::runtime_error(fmt::format("{}: {}", tried, cause)),
      tried_(std::move(tried)),
      cause_(std::move(cause)),
      mend_(std::move(mend)) {}

std::string errno_text(int error_number) {
  return std::generic_category().message(error_number);
}

}  // namespace echolab
