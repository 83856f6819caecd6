#include "lab/copies/capture_print.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <span>
#include <stdexcept>
#include <tuple>

#include "lab/base/hash.h"
#include "lab/capture/byte_order.h"
#include "lab/capture/frame_reader.h"
#include "lab/capture/link_layer.h"
#include "lab/capture/packet_decoder.h"

namespace echolab::copies {

namespace {

using capture::Bytes;
using capture::Frame;
using capture::load_be16;
using capture::load_be32;

// Frames that are read at most to find max_packets packets of interest.
constexpr std::uint64_t max_frames = 1'000'000;
// Below this a sequence number is one that somebody chose: a random one lies there once in 65,536 times.
constexpr std::uint32_t least_random = 65'536;
// What a run must be worth to be looked up at all: less occurs by chance in any two captures.
constexpr float least_run_bits = 20;

std::uint64_t digest_of(const void* data, std::size_t size) {
  return XXH3_64bits(data, size);
}

// A distance scatters by a good part of itself, a long one by some hundred microseconds: nobody's program sleeps
// exactly. So a short one says little, and a long one no more than its last digits do.
float distance_bits(std::int64_t ticks) {
  const double size = std::abs(static_cast<double>(ticks));
  return static_cast<float>(std::min(7.0, std::log2(1 + size / 4)));
}

// Counters go on by small steps and say nothing; what jumps is random.
float jump_bits(std::uint32_t step, std::uint32_t modulus) {
  return std::min(step, modulus - step) <= 256 ? 0.0F : 8.0F;
}

struct IpFields {
  std::optional<std::uint16_t> identification;  // IPv4
  std::optional<std::uint32_t> time_stamp;      // TCP option 8 (RFC 7323)
};

// kind u8 | length u8 | value; kind 0 ends the list, kind 1 has no length.
std::optional<std::uint32_t> time_stamp_option(Bytes options) {
  while (!options.empty() && options[0] != 0) {
    if (options[0] == 1) {
      options = options.subspan(1);
      continue;
    }
    if (options.size() < 2 || options[1] < 2 || options[1] > options.size()) return std::nullopt;
    if (options[0] == 8 && options[1] == 10) return load_be32(&options[2]);
    options = options.subspan(options[1]);
  }
  return std::nullopt;
}

IpFields ip_fields(const Frame& frame) {
  IpFields fields;
  const capture::NetworkPacket network = capture::strip_link_layer(frame);
  using Kind = capture::NetworkPacket::Kind;
  if (network.kind != Kind::ipv4 && network.kind != Kind::ipv6) return fields;
  const bool v4 = network.kind == Kind::ipv4;
  const capture::IpPacket packet = v4 ? capture::parse_ipv4(network.slice, capture::Lengths::strict)
                                      : capture::parse_ipv6(network.slice, capture::Lengths::strict);
  if (packet.state != capture::IpPacket::State::good) return fields;
  if (v4) fields.identification = load_be16(network.slice.data + 4);
  if (packet.protocol != capture::protocol_tcp || packet.fragment || packet.payload.captured < 20) return fields;
  const std::size_t header = std::size_t{4} * (packet.payload.data[12] >> 4);
  if (header > 20 && header <= packet.payload.captured) {
    fields.time_stamp = time_stamp_option(packet.payload.bytes().subspan(20, header - 20));
  }
  return fields;
}

// Everybody in a room receives these: two captures that share them need not be copies.
bool is_for_many(const Frame& frame, const IpAddress& destination) {
  constexpr std::uint16_t link_ethernet = 1;
  if (frame.link_type == link_ethernet && !frame.data.empty() && (frame.data[0] & 1) != 0) return true;
  return destination.is_v4() ? destination.bytes()[0] >= 224 : destination.bytes()[0] == 0xff;
}

class PrintSink final : public capture::Sink {
 public:
  explicit PrintSink(std::vector<PacketPrint>& packets) : packets_(packets) {}

  void on_udp(const capture::UdpDatagram& datagram) override {
    add(datagram.frame, datagram.source, datagram.destination, datagram.payload, {});
  }
  void on_tcp(const capture::TcpSegment& segment) override {
    std::uint64_t numbers = 0;
    if (segment.sequence >= least_random && segment.acknowledgement >= least_random) {
      const std::uint32_t both[2] = {segment.sequence, segment.acknowledgement};
      numbers = digest_of(both, sizeof both) | 1;
    }
    add(segment.frame, segment.source, segment.destination, segment.payload, numbers);
  }
  bool full() const { return packets_.size() >= max_packets; }

  // The unit of the clock that stamped the packets, at least a microsecond: coarse clocks make equal distances common.
  std::int64_t tick_ns() const { return std::max<std::int64_t>(static_cast<std::int64_t>(tick_), 1000); }

 private:
  struct Chain {
    std::uint32_t index = 0;
    std::int64_t last_ns = 0;
    std::map<bool, std::uint16_t> last_identification;  // by direction
    std::map<bool, std::uint32_t> last_time_stamp;
  };
  using ChainKey = std::tuple<IpAddress, IpAddress, std::uint16_t>;

  void add(const Frame& frame, const Endpoint& source, const Endpoint& destination, Bytes payload,
           std::uint64_t tcp_numbers) {
    if (full() || is_for_many(frame, destination.address)) return;
    const bool forward = source.address < destination.address ||
                         (source.address == destination.address && source.port < destination.port);
    const ChainKey key{std::min(source.address, destination.address), std::max(source.address, destination.address),
                       std::min(source.port, destination.port).value};
    const auto [found, is_new] = chains_.try_emplace(key);
    Chain& chain = found->second;
    PacketPrint print{.number = frame.number, .time_ns = frame.time_ns, .tcp_numbers = tcp_numbers};
    if (is_new) {
      chain.index = static_cast<std::uint32_t>(chains_.size() - 1);
    } else {
      const std::int64_t apart = capture::nanoseconds_between(chain.last_ns, frame.time_ns);
      const std::uint64_t size =
          apart < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(apart) : static_cast<std::uint64_t>(apart);
      tick_ = std::gcd(tick_, size);
      // Rounded down on both sides, as a tool does that keeps only microseconds.
      set(print, Series::distance, floor_us(frame.time_ns) - floor_us(chain.last_ns), 0);
    }
    chain.last_ns = frame.time_ns;
    print.chain = chain.index;
    const IpFields fields = ip_fields(frame);
    if (fields.identification && *fields.identification != 0) {
      note(print, Series::identification, chain.last_identification, forward, *fields.identification, 0x10000u);
    }
    if (fields.time_stamp) {
      // Its clock ticks in milliseconds: steps are distances once more, but survive when the capture's times do not.
      note(print, Series::time_stamp, chain.last_time_stamp, forward, *fields.time_stamp, 0u);
    }
    print.payload = digest_of(payload.data(), payload.size());
    const std::string ends = source.to_string() + destination.to_string();
    print.endpoints = digest_of(ends.data(), ends.size());
    packets_.push_back(print);
  }

  static std::int64_t floor_us(std::int64_t ns) { return ns / 1000 - (ns % 1000 < 0 ? 1 : 0); }

  static void set(PacketPrint& print, Series series, std::int64_t value, float bits) {
    print.series[static_cast<std::size_t>(series)] = {value, bits, true};
  }

  template <typename Number>
  static void note(PacketPrint& print, Series series, std::map<bool, Number>& last, bool forward, Number value,
                   std::uint32_t modulus) {
    const auto [found, first] = last.try_emplace(forward, value);
    float bits = 0;
    if (first) {
      bits = value < 4096 ? 0.0F : 8.0F;  // a counter that began when its machine did is small
    } else if (modulus != 0) {
      bits = jump_bits((std::uint32_t{value} - found->second) % modulus, modulus);
    } else {
      const std::uint32_t step = std::uint32_t{value} - found->second;
      bits = distance_bits(std::min<std::uint32_t>(step, 0u - step));
    }
    found->second = value;
    set(print, series, value, bits);
  }

  std::vector<PacketPrint>& packets_;
  std::map<ChainKey, Chain> chains_;
  std::uint64_t tick_ = 0;
};

void read_packets(const std::filesystem::path& file, CapturePrint& print) {
  PrintSink sink(print.packets);
  try {
    capture::FrameReader reader(file);
    capture::PacketDecoder decoder(sink);
    Frame frame;
    while (!sink.full() && frame.number < max_frames && reader.next(frame)) decoder.decode(frame);
  } catch (const capture::CaptureError&) {
    // What stands before the damage is compared all the same.
  }
  for (PacketPrint& packet : print.packets) {
    SeriesValue& distance = packet.series[static_cast<std::size_t>(Series::distance)];
    if (distance.known) distance.bits = distance_bits(distance.value / (sink.tick_ns() / 1000));
  }
  std::ranges::stable_sort(print.packets, {}, &PacketPrint::chain);
}

// The values of a series from there on, when they are all known and of one chain.
std::optional<std::uint64_t> run_digest(const CapturePrint& print, Series series, std::size_t begin) {
  std::int64_t values[run_length + 1] = {static_cast<std::int64_t>(series)};
  for (std::size_t i = 0; i < run_length; ++i) {
    const PacketPrint& packet = print.packets[begin + i];
    const SeriesValue& value = packet.series[static_cast<std::size_t>(series)];
    if (!value.known || packet.chain != print.packets[begin].chain) return std::nullopt;
    values[i + 1] = value.value;
  }
  return digest_of(values, sizeof values);
}

void make_keys(CapturePrint& print) {
  for (std::size_t at = 0; at < print.packets.size(); ++at) {
    const auto position = static_cast<std::uint32_t>(at);
    if (print.packets[at].tcp_numbers != 0) print.tcp.push_back({print.packets[at].tcp_numbers, position});
    if (at + run_length > print.packets.size()) continue;
    for (const Series series : {Series::distance, Series::identification, Series::time_stamp}) {
      const auto digest = run_digest(print, series, at);
      if (digest && bits_of(print, series, at, run_length) >= least_run_bits) print.runs.push_back({*digest, position});
    }
  }
  std::ranges::sort(print.runs);
  std::ranges::sort(print.tcp);
}

}  // namespace

float bits_of(const CapturePrint& print, Series series, std::size_t begin, std::size_t count) {
  using Value = std::pair<std::int64_t, float>;
  std::array<Value, run_length> few;  // most calls are about one run
  std::vector<Value> many;
  std::span<Value> values{few.data(), std::min(count, few.size())};
  if (count > few.size()) {
    many.resize(count);
    values = many;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const SeriesValue& value = print.packets[begin + i].series[static_cast<std::size_t>(series)];
    values[i] = {value.value, value.bits};
  }
  std::ranges::sort(values);
  float bits = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (i == 0 || values[i].first != values[i - 1].first) bits += values[i].second;
  }
  return bits;
}

CapturePrint print_capture(const std::filesystem::path& file) {
  CapturePrint print;
  print.file = file.filename().string();
  try {
    print.sha256 = sha256_hex_of_file(file);
    read_packets(file, print);
    make_keys(print);
  } catch (const std::exception&) {
    // A file that is no capture is judged elsewhere; equal files are still equal.
  }
  return print;
}

}  // namespace echolab::copies
