#pragma once

namespace echolab::bench {

// What all processors of the machine were busy for since it booted, in seconds: for work that is done by processes which
// are not our children, as a daemon's is. Whatever else runs is in it.
double busy_cpu_seconds();

}  // namespace echolab::bench
