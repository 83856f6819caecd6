#pragma once
// How the supervisor (docs/services.md) is told to run a student's program.

#include <string>
#include <vector>

#include "lab/plan/plan.h"

namespace echolab::plan {

// As in class: a server takes no argument, or its port when that is not 5000; a client gets `<server ip> <port>` and its
// messages as lines on its terminal. The scenario's `args` stand instead of these.
void set_submitted_server(Node& node, const scenario::Server& server, const std::vector<std::string>& start);
void set_submitted_client(Node& node, const scenario::ClientGroup& group, const Endpoint& server,
                          const Payload& payload, const std::vector<std::string>& start, Nanoseconds start_delay,
                          Nanoseconds time_limit);

}  // namespace echolab::plan
