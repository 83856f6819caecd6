// Reading pcapng. Blocks and options that are not understood are passed over; what is kept is bounded.

#include <fmt/format.h>

#include <cstring>

#include "lab/capture/byte_order.h"
#include "lab/capture/frame_reader.h"
#include "lab/capture/pcapng_blocks.h"

namespace echolab::capture {

namespace {

constexpr std::size_t max_interfaces = 4096;
constexpr std::size_t max_name = 1024;                        // bytes kept of a name or description
constexpr std::size_t max_comments = std::size_t{256} << 10;  // bytes kept of all section comments
constexpr std::size_t max_options = std::size_t{1} << 20;     // bytes of a block whose options are read

// Time stamps of one interface: a count of units since an offset from 1970.
class Resolution {
 public:
  // The option's byte: a power of ten, or of two when the top bit is set.
  void set(std::uint8_t value) {
    binary_ = (value & 0x80) != 0;
    exponent_ = value & 0x7f;
  }
  void set_offset(std::int64_t seconds) { offset_ = static_cast<std::uint64_t>(seconds) * 1'000'000'000u; }

  // Unsigned arithmetic: absurd stamps of a hostile file wrap, nothing more.
  std::int64_t nanoseconds(std::uint64_t units) const {
    return static_cast<std::int64_t>(offset_ + (binary_ ? from_binary(units) : from_decimal(units)));
  }

 private:
  static constexpr std::uint64_t power_of_ten(unsigned exponent) {
    std::uint64_t value = 1;
    while (exponent-- > 0) value *= 10;
    return value;
  }
  std::uint64_t from_decimal(std::uint64_t units) const {
    if (exponent_ == 6) return units * 1000;
    if (exponent_ <= 9) return units * power_of_ten(9 - exponent_);
    return exponent_ <= 28 ? units / power_of_ten(exponent_ - 9) : 0;
  }
  std::uint64_t from_binary(std::uint64_t units) const {
    if (exponent_ > 63) return 0;
    const std::uint64_t seconds = units >> exponent_;
    std::uint64_t fraction = units & ((std::uint64_t{1} << exponent_) - 1);
    unsigned bits = exponent_;
    if (bits > 34) {  // so that fraction * 10^9 fits in 64 bits
      fraction >>= bits - 34;
      bits = 34;
    }
    return seconds * 1'000'000'000u + ((fraction * 1'000'000'000u) >> bits);
  }

  bool binary_ = false;
  unsigned exponent_ = 6;
  std::uint64_t offset_ = 0;
};

class PcapngFormat final : public CaptureFormat {
 public:
  PcapngFormat(ByteSource& source, FileFacts& facts) : source_(source), facts_(facts) {}

  bool next(Frame& frame) override {
    while (!facts_.truncated) {
      if (pending_ > 0 && !end_block()) break;
      const Bytes header = source_.peek(12);
      if (header.empty()) return false;
      if (header.size() < 12) break;
      begin_block(header);
      switch (type_) {
        case pcapng::section_header:
          read_section();
          break;
        case pcapng::interface_description:
          read_interface();
          break;
        case pcapng::interface_statistics:
          read_statistics();
          break;
        case pcapng::enhanced_packet:
        case pcapng::packet:
        case pcapng::simple_packet:
          if (read_packet(frame)) return true;
          break;
        default:
          break;
      }
    }
    facts_.truncated = true;
    return false;
  }

 private:
  struct SectionInterface {
    Resolution resolution;
    std::uint16_t link_type = 0;
    std::uint32_t snaplen = 0;
  };

  [[noreturn]] void corrupt(const std::string& what) const { throw CaptureError(block_offset_, what); }

  void begin_block(Bytes header) {
    block_offset_ = source_.offset();
    type_ = load_le32(header.data());
    if (type_ == pcapng::section_header) {
      if (load_le32(&header[8]) == pcapng::byte_order_magic) {
        order_ = ByteOrder(false);
      } else if (load_be32(&header[8]) == pcapng::byte_order_magic) {
        order_ = ByteOrder(true);
      } else {
        corrupt("a section without the byte-order magic");
      }
    }
    type_ = order_.u32(header.data());
    length_ = order_.u32(&header[4]);
    if (length_ < 12 || length_ % 4 != 0) corrupt(fmt::format("a block claims a length of {} bytes", length_));
    source_.consume(8);
    pending_ = length_ - 8;
  }

  // Moves to the end of the block and holds its two lengths against each other; false at the cut.
  bool end_block() {
    if (!source_.skip(pending_ - 4)) return false;
    const Bytes trailer = source_.peek(4);
    if (trailer.size() < 4) return false;
    if (order_.u32(trailer.data()) != length_) {
      corrupt(fmt::format("a block's two lengths differ: {} and {}", length_, order_.u32(trailer.data())));
    }
    source_.consume(4);
    pending_ = 0;
    return true;
  }

  void consume(std::size_t bytes) {
    source_.consume(bytes);
    pending_ -= static_cast<std::uint32_t>(bytes);
  }

  // The block's fixed fields; empty at the cut.
  Bytes fixed_fields(std::size_t size) {
    if (pending_ - 4 < size) corrupt(fmt::format("a block of type {} is too short: {} bytes", type_, length_));
    const Bytes fields = source_.peek(size);
    if (fields.size() < size) return {};
    return fields;
  }

  // Calls use(code, value) for each option of the rest of the block; a malformed one ends the list.
  template <typename Use>
  void for_each_option(Use use) {
    Bytes rest = source_.peek(std::min<std::size_t>(pending_ - 4, max_options));
    while (rest.size() >= 4) {
      const std::uint16_t code = order_.u16(&rest[0]);
      const std::size_t size = order_.u16(&rest[2]);
      if (code == pcapng::option::end || rest.size() - 4 < size) return;
      use(code, rest.subspan(4, size));
      rest = rest.subspan(std::min(rest.size(), 4 + (size + 3) / 4 * 4));
    }
  }

  static std::string text_of(Bytes value, std::size_t limit) {
    const std::size_t size = std::min(value.size(), limit);
    const auto* characters = reinterpret_cast<const char*>(value.data());
    return std::string(characters, size);
  }

  void read_section() {
    const Bytes fields = fixed_fields(16);  // magic, major, minor, section length
    if (fields.empty()) return;
    if (order_.u16(&fields[4]) != 1) corrupt(fmt::format("pcapng version {} is not supported", order_.u16(&fields[4])));
    consume(16);
    first_interface_ = facts_.interfaces.size();
    section_.clear();
    for_each_option([&](std::uint16_t code, Bytes value) {
      if (code == pcapng::option::application) facts_.application = text_of(value, max_name);
      if (code != pcapng::option::comment || comment_bytes_ + value.size() > max_comments) return;
      comment_bytes_ += value.size() + 64;  // and the string around it
      facts_.comments.push_back(text_of(value, max_comments));
    });
  }

  void read_interface() {
    const Bytes fields = fixed_fields(8);
    if (fields.empty()) return;
    if (facts_.interfaces.size() >= max_interfaces) corrupt(fmt::format("more than {} interfaces", max_interfaces));
    Interface interface;
    SectionInterface local;
    interface.link_type = local.link_type = order_.u16(&fields[0]);
    interface.snaplen = local.snaplen = order_.u32(&fields[4]);
    consume(8);
    for_each_option([&](std::uint16_t code, Bytes value) {
      if (code == pcapng::option::name) interface.name = text_of(value, max_name);
      if (code == pcapng::option::description) interface.description = text_of(value, max_name);
      if (code == pcapng::option::time_resolution && !value.empty()) local.resolution.set(value[0]);
      if (code == pcapng::option::time_offset && value.size() >= 8) {
        local.resolution.set_offset(static_cast<std::int64_t>(order_.u64(value.data())));
      }
    });
    section_.push_back(local);
    facts_.interfaces.push_back(std::move(interface));
  }

  void read_statistics() {
    const Bytes fields = fixed_fields(12);
    if (fields.empty()) return;
    const std::uint32_t id = order_.u32(&fields[0]);
    if (id >= section_.size()) corrupt(fmt::format("statistics of interface {}, which is not described", id));
    consume(12);
    Interface& interface = facts_.interfaces[first_interface_ + id];
    std::uint64_t dropped = 0;
    for_each_option([&](std::uint16_t code, Bytes value) {
      if (value.size() < 8) return;
      if (code == pcapng::option::received) interface.received = order_.u64(value.data());
      if (code == pcapng::option::dropped || code == pcapng::option::os_dropped) dropped += order_.u64(value.data());
    });
    interface.dropped = dropped;  // the last block of an interface counts from its start
    interface.has_statistics = true;
  }

  bool read_packet(Frame& frame) {
    std::uint32_t id = 0, captured = 0;
    std::size_t fields_size = 20;
    if (type_ == pcapng::simple_packet) {
      fields_size = 4;  // original length; the first interface's snaplen tells the captured length
      const Bytes fields = fixed_fields(fields_size);
      if (fields.empty()) return cut();
      frame.original_length = order_.u32(&fields[0]);
      captured = std::min<std::uint32_t>(frame.original_length, pending_ - 8);
      frame.time_ns = 0;
      if (!section_.empty() && section_[0].snaplen > 0) captured = std::min(captured, section_[0].snaplen);
    } else {
      const Bytes fields = fixed_fields(fields_size);
      if (fields.empty()) return cut();
      id = type_ == pcapng::packet ? order_.u16(&fields[0]) : order_.u32(&fields[0]);
      captured = order_.u32(&fields[12]);
      frame.original_length = order_.u32(&fields[16]);
      if (id < section_.size()) {
        const std::uint64_t units = std::uint64_t{order_.u32(&fields[4])} << 32 | order_.u32(&fields[8]);
        frame.time_ns = section_[id].resolution.nanoseconds(units);
      }
    }
    if (id >= section_.size()) corrupt(fmt::format("a packet of interface {}, which is not described", id));
    if (captured > pending_ - 4 - fields_size || captured > max_captured_length) {
      corrupt(fmt::format("a packet claims {} captured bytes in a block of {}", captured, length_));
    }
    const Bytes data = source_.peek(fields_size + captured);
    if (data.size() < fields_size + captured) return cut();
    frame.data = data.subspan(fields_size);
    frame.interface = static_cast<std::uint32_t>(first_interface_ + id);
    frame.link_type = section_[id].link_type;
    consume(data.size());
    return true;
  }

  // The file ends inside this packet. end_block() would say so too, at the price of a second look.
  bool cut() {
    facts_.truncated = true;
    return false;
  }

  ByteSource& source_;
  FileFacts& facts_;
  ByteOrder order_;
  std::vector<SectionInterface> section_;
  std::size_t first_interface_ = 0;
  std::size_t comment_bytes_ = 0;
  std::uint64_t block_offset_ = 0;
  std::uint32_t type_ = 0, length_ = 0;
  std::uint32_t pending_ = 0;  // bytes of the current block not yet passed, with its trailing length
};

}  // namespace

std::unique_ptr<CaptureFormat> make_pcapng_format(ByteSource& source, FileFacts& facts) {
  return std::make_unique<PcapngFormat>(source, facts);
}

}  // namespace echolab::capture
