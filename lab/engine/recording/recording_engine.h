#pragma once
// A dry run is an engine that only records: what would be done, in order, in the run folder's own log. Nothing is
// started, so nothing passes or fails; what reads run folders can be tried without any engine.

#include <memory>

#include "lab/engine/engine.h"

namespace echolab::engine {

std::unique_ptr<Engine> make_recording_engine();

}  // namespace echolab::engine
