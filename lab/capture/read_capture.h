#pragma once

#include "lab/capture/frame_reader.h"

namespace echolab::capture {

// What read_capture does, on a file that is open already.
Summary read_frames(FrameReader& reader, Sink& sink);

}  // namespace echolab::capture
