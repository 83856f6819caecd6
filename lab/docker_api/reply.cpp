#include "lab/docker_api/reply.h"

#include <fmt/format.h>

namespace echolab::docker_api {

EnvironmentError ApiError::to_exception() const {
  return {"docker: " + call, status == 0 ? message : fmt::format("{} (HTTP status {})", message, status), mend};
}

}  // namespace echolab::docker_api
