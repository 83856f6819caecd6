#pragma once
// Argument vectors of the nodes' programs (docs/services.md).

#include <string>
#include <vector>

#include "lab/plan/plan.h"
#include "lab/scenario/scenario.h"

namespace echolab::plan {

// True for a container whose program takes our arguments and writes our events: one of our images, with no command of
// its own.
bool is_ours(const scenario::Container& container);

// Sets arguments, replaces_entrypoint, environment, writes_events, readiness and waits_for_start.
void set_server_program(Node& node, const scenario::Server& server, const scenario::Network& network);
// `payload` has the node's own templates and seed; `start_delay` is this node's.
void set_client_program(Node& node, const scenario::ClientGroup& group, const Endpoint& server, const Payload& payload,
                        Nanoseconds start_delay);

}  // namespace echolab::plan
