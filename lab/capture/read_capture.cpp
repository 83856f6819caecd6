#include "lab/capture/read_capture.h"
#include "lab/capture/frame_reader.h"
#include "lab/capture/packet_decoder.h"

namespace echolab::capture {

Summary read_frames(FrameReader& reader, Sink& sink) {
  PacketDecoder decoder(sink);
  Frame frame;
  while (reader.next(frame)) decoder.decode(frame);
  Summary summary = decoder.summary();
  summary.interfaces = reader.facts().interfaces;
  summary.comments = reader.facts().comments;
  summary.truncated = reader.facts().truncated;
  return summary;
}

Summary read_capture(const std::filesystem::path& file, Sink& sink) {
  FrameReader reader(file);
  return read_frames(reader, sink);
}

}  // namespace echolab::capture
