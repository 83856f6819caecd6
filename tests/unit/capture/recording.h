#pragma once
// A sink that keeps every fact as a value.

#include "lab/capture/read_capture.h"
#include "tests/unit/capture/packets.h"

namespace echolab::capture::test {

struct KeptFrame {
  std::uint64_t number;
  std::int64_t time_ns;
  std::uint32_t interface, original_length;
  std::uint16_t link_type;
  Buffer data;
};
struct KeptUdp {
  std::uint64_t frame;
  std::vector<std::uint64_t> fragments;
  Endpoint source, destination;
  Buffer payload;
  std::uint32_t length;
  Checksum checksum;
};
struct KeptTcp {
  std::uint64_t frame;
  Endpoint source, destination;
  std::uint32_t sequence, acknowledgement;
  std::uint16_t window;
  TcpFlags flags;
  Buffer payload;
  std::uint32_t length;
  Checksum checksum;
};
struct KeptIcmp {
  std::uint64_t frame;
  std::uint8_t type, code;
  IpAddress reporter;
  Transport transport;
  Endpoint source, destination;
};

class Recording final : public Sink {
 public:
  void on_frame(const Frame& f) override {
    frames.push_back(
        {f.number, f.time_ns, f.interface, f.original_length, f.link_type, {f.data.begin(), f.data.end()}});
  }
  void on_udp(const UdpDatagram& d) override {
    udp.push_back({d.frame.number,
                   {d.fragments.begin(), d.fragments.end()},
                   d.source,
                   d.destination,
                   {d.payload.begin(), d.payload.end()},
                   d.length,
                   d.checksum});
  }
  void on_tcp(const TcpSegment& s) override {
    tcp.push_back({s.frame.number,
                   s.source,
                   s.destination,
                   s.sequence,
                   s.acknowledgement,
                   s.window,
                   s.flags,
                   {s.payload.begin(), s.payload.end()},
                   s.length,
                   s.checksum});
  }
  void on_icmp_error(const IcmpError& e) override {
    icmp.push_back({e.frame.number, e.type, e.code, e.reporter, e.transport, e.source, e.destination});
  }

  std::vector<KeptFrame> frames;
  std::vector<KeptUdp> udp;
  std::vector<KeptTcp> tcp;
  std::vector<KeptIcmp> icmp;
};

struct Reading {
  Recording facts;
  Summary summary;
};

inline Reading read(const Buffer& file) {
  Reading reading;
  FrameReader reader{Bytes(file)};
  reading.summary = read_frames(reader, reading.facts);
  return reading;
}

}  // namespace echolab::capture::test
