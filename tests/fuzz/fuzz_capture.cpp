// A whole capture file: formats, compression, and everything behind them.

#include <cstdlib>

#include "lab/capture/read_capture.h"
#include "lab/capture/tcp_streams.h"

using namespace echolab::capture;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

class Bytewise final : public Sink, public StreamSink {
 public:
  void on_frame(const Frame& frame) override {
    require(frame.number == ++frames_);
    touch(frame.data);
  }
  void on_udp(const UdpDatagram& datagram) override {
    require(datagram.payload.size() <= datagram.length);
    touch(datagram.payload);
  }
  void on_tcp(const TcpSegment& segment) override {
    require(segment.payload.size() <= segment.length);
    streams.add(segment);
  }
  void on_data(const TcpConversation&, Direction, std::uint64_t, Bytes bytes, const Frame&) override { touch(bytes); }
  TcpStreams streams{*this};

 private:
  void touch(Bytes bytes) {
    for (const std::uint8_t byte : bytes) sum_ = sum_ + byte;
  }
  std::uint64_t frames_ = 0;
  volatile unsigned sum_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytewise sink;
  try {
    FrameReader reader{Bytes(data, size)};
    const Summary summary = read_frames(reader, sink);
    sink.streams.finish();
    require(summary.packets == summary.decoded + summary.other + summary.malformed);
  } catch (const CaptureError&) {
    // The promised end of a corrupt file.
  }
  return 0;
}
