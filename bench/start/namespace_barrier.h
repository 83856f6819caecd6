#pragma once

namespace echolab::bench {

// Returns when every network namespace whose last process ended before the call is gone with its interfaces. Needs the
// right to make network namespaces; false without it.
bool wait_for_dead_namespaces();

}  // namespace echolab::bench
