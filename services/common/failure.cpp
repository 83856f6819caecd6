#include "services/common/failure.h"

#include <system_error>

namespace echo {

Failure::Failure(std::string operation, int error_number)
    : Failure(std::move(operation), std::generic_category().message(error_number)) {}

}  // namespace echo
