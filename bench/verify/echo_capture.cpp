#include "bench/verify/echo_capture.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "lab/base/error.h"
#include "lab/capture/byte_order.h"
#include "lab/capture/transport_checksum.h"

namespace echolab::bench {

namespace {

constexpr std::size_t ethernet_size = 14, ip_size = 20, udp_size = 8;
constexpr std::size_t headers_size = ethernet_size + ip_size + udp_size;

void put_be16(std::uint8_t* at, std::uint32_t value) {
  at[0] = static_cast<std::uint8_t>(value >> 8);
  at[1] = static_cast<std::uint8_t>(value);
}

template <typename Integer>
void append(std::vector<std::uint8_t>& out, Integer value) {
  const std::size_t at = out.size();
  out.resize(at + sizeof value);
  std::memcpy(out.data() + at, &value, sizeof value);  // the magic number tells readers this machine's byte order
}

// One frame from host 198.18.x.y:port to another.
class FrameBuilder {
 public:
  explicit FrameBuilder(std::uint32_t payload) : frame_(headers_size + payload) {
    std::uint8_t* ip = &frame_[ethernet_size];
    put_be16(&frame_[12], 0x0800);
    ip[0] = 0x45;
    put_be16(ip + 2, static_cast<std::uint32_t>(ip_size + udp_size) + payload);
    ip[8] = 64;
    ip[9] = 17;
    put_be16(ip + ip_size + 4, static_cast<std::uint32_t>(udp_size) + payload);
    for (std::uint32_t i = 0; i < payload; ++i) frame_[headers_size + i] = static_cast<std::uint8_t>('a' + i % 26);
  }

  const std::vector<std::uint8_t>& build(std::uint32_t source, std::uint16_t source_port, std::uint32_t destination,
                                         std::uint16_t destination_port, std::uint64_t message) {
    std::uint8_t* ip = &frame_[ethernet_size];
    std::uint8_t* udp = ip + ip_size;
    put_address(ip + 12, source);
    put_address(ip + 16, destination);
    put_be16(ip + 10, 0);
    const std::uint16_t header_sum = capture::ones_complement_sum(ip, ip_size);
    const auto header_checksum = static_cast<std::uint16_t>(~header_sum);
    std::memcpy(ip + 10, &header_checksum, 2);
    put_be16(udp, source_port);
    put_be16(udp + 2, destination_port);
    std::memcpy(&frame_[headers_size], &message, sizeof message);
    put_be16(udp + 6, 0);
    fill_checksum(ip, udp);
    return frame_;
  }

 private:
  static void put_address(std::uint8_t* at, std::uint32_t host) {
    put_be16(at, 198u << 8 | 18u);
    put_be16(at + 2, host);
  }
  // RFC 768: over a pseudo header of addresses, protocol and length, then header and payload.
  void fill_checksum(const std::uint8_t* ip, std::uint8_t* udp) {
    std::array<std::uint8_t, 12> pseudo{};
    std::memcpy(pseudo.data(), ip + 12, 8);
    pseudo[9] = 17;
    std::memcpy(&pseudo[10], udp + 4, 2);
    std::uint32_t sum = capture::ones_complement_sum(pseudo.data(), pseudo.size());
    sum += capture::ones_complement_sum(udp, frame_.size() - ethernet_size - ip_size);
    sum = (sum & 0xffff) + (sum >> 16);
    auto checksum = static_cast<std::uint16_t>(~sum);
    if (checksum == 0) checksum = 0xffff;
    std::memcpy(udp + 6, &checksum, 2);
  }

  std::vector<std::uint8_t> frame_;
};

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

void write_echo_capture(const std::filesystem::path& file, const EchoCapture& wanted) {
  const std::unique_ptr<std::FILE, CloseFile> out(std::fopen(file.c_str(), "wb"));
  if (!out) throw EnvironmentError("create " + file.string(), errno_text(errno), "");
  std::vector<std::uint8_t> buffer;
  append(buffer, std::uint32_t{0xa1b2c3d4});
  append(buffer, std::uint16_t{2});
  append(buffer, std::uint16_t{4});
  append(buffer, std::uint64_t{0});
  append(buffer, std::uint32_t{262144});
  append(buffer, std::uint32_t{1});

  const auto flush = [&] {
    if (std::fwrite(buffer.data(), 1, buffer.size(), out.get()) != buffer.size()) {
      throw EnvironmentError("write " + file.string(), errno_text(errno), "is the disk full?");
    }
    buffer.clear();
  };
  FrameBuilder builder(std::max<std::uint32_t>(wanted.payload, 8));
  const std::uint32_t server = 0x0002;
  constexpr std::uint16_t server_port = 5000;
  std::uint64_t microseconds = 1'700'000'000'000'000;
  const auto put = [&](const std::vector<std::uint8_t>& frame, std::uint64_t after) {
    microseconds += after;
    append(buffer, static_cast<std::uint32_t>(microseconds / 1'000'000));
    append(buffer, static_cast<std::uint32_t>(microseconds % 1'000'000));
    append(buffer, static_cast<std::uint32_t>(frame.size()));
    append(buffer, static_cast<std::uint32_t>(frame.size()));
    buffer.insert(buffer.end(), frame.begin(), frame.end());
    if (buffer.size() > (std::size_t{1} << 20)) flush();
  };
  for (std::uint64_t exchange = 0; exchange < wanted.packets / 2; ++exchange) {
    const auto client = static_cast<std::uint32_t>(exchange % wanted.clients);
    const auto port = static_cast<std::uint16_t>(40'000 + client % 20'000);
    put(builder.build(3 + client, port, server, server_port, exchange), 3);
    put(builder.build(server, server_port, 3 + client, port, exchange), 20 + exchange % 17);
  }
  flush();
  if (std::fflush(out.get()) != 0)
    throw EnvironmentError("write " + file.string(), errno_text(errno), "is the disk full?");
}

}  // namespace echolab::bench
