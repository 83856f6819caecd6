#pragma once
// Judges a capture alone: every request of every conversation in it must have been echoed once, unaltered and in time,
// and nothing else may have come from the server. docs/checks.md, "A capture alone".

#include <filesystem>
#include <vector>

#include "lab/capture/frame_reader.h"
#include "lab/conversations/conversation.h"

namespace echolab::conversations {

struct ServerPort {
  Port port;
  std::optional<Transport> protocol;  // either when unset
};

struct JudgeOptions {
  std::vector<ServerPort> servers;  // empty: which side is the server is decided from the packets
  Nanoseconds timeout = std::chrono::seconds(2);
};

// One pass, in memory that does not grow with the file. Throws EnvironmentError when the file can't be read and
// InvalidInput when it is no capture. A file that is cut off or broken later on is judged as far as it can be read.
CaptureVerdict judge_capture(const std::filesystem::path& file, const JudgeOptions& options);

// The same for frames from anywhere; `name` is only shown.
CaptureVerdict judge_frames(capture::FrameReader& reader, std::string name, const JudgeOptions& options);

// {"schema": "echolab.verify/v1", …}: docs/checks.md, "A capture alone". Ends with a newline.
std::string to_json(const CaptureVerdict& verdict);

}  // namespace echolab::conversations
