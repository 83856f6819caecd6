// The classic capture file (draft-ietf-opsawg-pcap): a 24-byte header, then records of 16 bytes and the frame.
//
//   magic u32 | major u16 | minor u16 | reserved u32 | reserved u32 | snaplen u32 | FCS and link type u32
//   seconds u32 | fraction u32 | captured length u32 | original length u32 | captured bytes…

#include <fmt/format.h>

#include "lab/capture/byte_order.h"
#include "lab/capture/frame_reader.h"

namespace echolab::capture {

namespace {

constexpr std::uint32_t magic_micro = 0xa1b2c3d4;
constexpr std::uint32_t magic_nano = 0xa1b23c4d;
constexpr std::size_t file_header_size = 24;
constexpr std::size_t record_header_size = 16;

class PcapFormat final : public CaptureFormat {
 public:
  PcapFormat(ByteSource& source, FileFacts& facts) : source_(source), facts_(facts) {
    const Bytes header = source_.peek(file_header_size);
    const std::uint32_t magic = load_le32(header.data());
    order_ = ByteOrder(magic != magic_micro && magic != magic_nano);
    nanoseconds_per_unit_ = order_.u32(header.data()) == magic_nano ? 1 : 1000;
    if (header.size() < file_header_size) {
      facts_.truncated = true;
      return;
    }
    if (order_.u16(&header[4]) != 2) {
      throw CaptureError(4, fmt::format("pcap version {} is not supported, only 2", order_.u16(&header[4])));
    }
    Interface interface;
    interface.snaplen = order_.u32(&header[16]);
    interface.link_type = link_type_ = static_cast<std::uint16_t>(order_.u32(&header[20]) & 0xffff);
    facts_.interfaces.push_back(interface);
    source_.consume(file_header_size);
  }

  bool next(Frame& frame) override {
    if (facts_.truncated) return false;
    const Bytes header = source_.peek(record_header_size);
    if (header.size() < record_header_size) {
      facts_.truncated = !header.empty();
      return false;
    }
    const std::uint32_t captured = order_.u32(&header[8]);
    if (captured > max_captured_length) {
      throw CaptureError(source_.offset(), fmt::format("a record claims {} captured bytes", captured));
    }
    frame.time_ns = std::int64_t{order_.u32(&header[0])} * 1'000'000'000 +
                    std::int64_t{order_.u32(&header[4])} * nanoseconds_per_unit_;
    frame.original_length = order_.u32(&header[12]);
    frame.interface = 0;
    frame.link_type = link_type_;
    const Bytes record = source_.peek(record_header_size + captured);
    if (record.size() < record_header_size + captured) {
      facts_.truncated = true;
      return false;
    }
    frame.data = record.subspan(record_header_size);
    source_.consume(record.size());
    return true;
  }

 private:
  ByteSource& source_;
  FileFacts& facts_;
  ByteOrder order_;
  std::int64_t nanoseconds_per_unit_ = 1000;
  std::uint16_t link_type_ = 0;
};

}  // namespace

bool is_pcap_magic(Bytes four) {
  const std::uint32_t little = load_le32(four.data());
  const std::uint32_t big = load_be32(four.data());
  return little == magic_micro || little == magic_nano || big == magic_micro || big == magic_nano;
}

std::unique_ptr<CaptureFormat> make_pcap_format(ByteSource& source, FileFacts& facts) {
  return std::make_unique<PcapFormat>(source, facts);
}

}  // namespace echolab::capture
