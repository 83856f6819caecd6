// Frames of one link type, each preceded by two bytes of captured length and one that tells how much longer the wire
// was: link layers, IP headers, reassembly, transports, and the sorting by node.

#include <cstdlib>

#include "lab/capture/frame_parties.h"
#include "lab/capture/packet_decoder.h"

using namespace echolab::capture;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

class Bytewise final : public Sink {
 public:
  void on_udp(const UdpDatagram& datagram) override {
    require(datagram.payload.size() <= datagram.length);
    for (const std::uint8_t byte : datagram.payload) sum_ = sum_ + byte;
  }
  void on_tcp(const TcpSegment& segment) override {
    require(segment.payload.size() <= segment.length);
    for (const std::uint8_t byte : segment.payload) sum_ = sum_ + byte;
  }

 private:
  volatile unsigned sum_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint16_t link_types[] = {1, 0, 108, 101, 113, 276, 228, 229, 12, 14, 999};
  if (size == 0) return 0;
  Bytewise sink;
  PacketDecoder decoder(sink);
  Frame frame;
  frame.link_type = link_types[data[0] % std::size(link_types)];
  Bytes rest = Bytes(data, size).subspan(1);
  while (rest.size() >= 3) {
    const std::size_t captured = std::min<std::size_t>(rest[0] + 256u * rest[1], rest.size() - 3);
    const std::uint32_t longer = rest[2];
    frame.data = rest.subspan(3, captured);
    frame.original_length = static_cast<std::uint32_t>(captured + longer);
    frame.time_ns += 1'000'000'000 * std::int64_t{longer};
    ++frame.number;
    decoder.decode(frame);
    require(find_parties(frame).address_count <= 3);
    rest = rest.subspan(3 + captured);
  }
  const Summary summary = decoder.summary();
  require(summary.packets == summary.decoded + summary.other + summary.malformed);
  return 0;
}
