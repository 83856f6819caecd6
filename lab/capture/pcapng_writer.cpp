#include "lab/capture/pcapng_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <type_traits>

#include "lab/base/error.h"
#include "lab/base/text.h"
#include "lab/capture/pcapng_blocks.h"

namespace echolab::capture {

namespace {

constexpr std::size_t max_option = 65535;

[[noreturn]] void fail(std::string_view verb, const std::filesystem::path& file) {
  const int error = errno;
  throw EnvironmentError(fmt::format("{} {}", verb, file.string()), errno_text(error),
                         error == ENOSPC || error == EDQUOT ? "free some space on that file system (df -h)" : "");
}

// Valid UTF-8 of at most `limit` bytes, cut between characters.
std::string valid_text(std::string_view text, std::size_t limit) {
  std::string valid;
  for (const std::string_view character : split_characters(text.substr(0, limit))) {
    const bool broken = character.size() == 1 && static_cast<unsigned char>(character[0]) >= 0x80;
    const std::string_view shown = broken ? std::string_view("\xEF\xBF\xBD") : character;
    if (valid.size() + shown.size() > limit) break;
    valid += shown;
  }
  return valid;
}

}  // namespace

PcapngWriter::PcapngWriter(std::filesystem::path file, const SectionDescription& section, std::size_t buffer_bytes,
                           Descriptor descriptor)
    : file_(std::move(file)), buffer_bytes_(buffer_bytes), descriptor_(descriptor), fd_(create_file(file_)) {
  if (descriptor_ == Descriptor::reopened) fd_.reset();
  const std::size_t start = begin_block(pcapng::section_header);
  put(pcapng::byte_order_magic);
  put(std::uint16_t{1});  // version 1.0
  put(std::uint16_t{0});
  put(~std::uint64_t{0});  // section length: not said, it runs to the end of the file
  for (const std::string& comment : section.comments) text_option(pcapng::option::comment, comment);
  text_option(pcapng::option::hardware, section.hardware);
  text_option(pcapng::option::os, section.os);
  text_option(pcapng::option::application, section.application);
  end_options();
  end_block(start);
}

//   link type u16 | reserved u16 | snaplen u32 | options
std::uint32_t PcapngWriter::add_interface(const InterfaceDescription& interface) {
  const std::size_t start = begin_block(pcapng::interface_description);
  put(interface.link_type);
  put(std::uint16_t{0});
  put(interface.snaplen);
  text_option(pcapng::option::name, interface.name);
  text_option(pcapng::option::description, interface.description);
  option(pcapng::option::time_resolution, "\x09");  // 10^-9 s
  // One byte says how the filter is written: 0 for the text that tcpdump takes.
  if (!interface.filter.empty()) {
    option(pcapng::option::filter, std::string(1, '\0') + valid_text(interface.filter, max_option - 1));
  }
  text_option(pcapng::option::interface_os, interface.os);
  end_options();
  end_block(start);
  return interfaces_++;
}

//   records: type u16 | length u16 | address, name, zero byte; padded | … | end record | options
void PcapngWriter::add_names(std::span<const NameRecord> names) {
  if (names.empty()) return;
  const std::size_t start = begin_block(pcapng::name_resolution);
  for (const NameRecord& record : names) {
    const bool v4 = record.address.is_v4();
    std::string value;
    for (std::size_t i = 0; i < (v4 ? 4u : 16u); ++i) value += static_cast<char>(record.address.bytes()[i]);
    std::string name = valid_text(record.name, 255);
    name.resize(std::min(name.size(), name.find('\0')));
    value += name;
    value += '\0';
    option(v4 ? pcapng::record_ipv4 : pcapng::record_ipv6, value);
  }
  put(pcapng::record_end);
  put(std::uint16_t{0});
  end_block(start);
}

//   interface u32 | time, high u32 and low u32 | captured length u32 | original length u32 | data, padded | options
void PcapngWriter::write(const PacketRecord& packet) {
  const std::size_t start = begin_block(pcapng::enhanced_packet);
  put(packet.interface);
  put_time(packet.time_ns);
  put(static_cast<std::uint32_t>(packet.data.size()));
  put(packet.original_length);
  buffer_.append(reinterpret_cast<const char*>(packet.data.data()), packet.data.size());
  pad();
  for (const std::string& comment : packet.comments) text_option(pcapng::option::comment, comment);
  if (packet.flags != 0) {
    put(pcapng::option::flags);
    put(std::uint16_t{4});
    put(packet.flags);
  }
  if (packet.packet_id != 0) number_option(pcapng::option::packet_id, packet.packet_id);
  if (!packet.comments.empty() || packet.flags != 0 || packet.packet_id != 0) end_options();
  end_block(start);
}

//   interface u32 | time, high u32 and low u32 | options
void PcapngWriter::write_counters(std::uint32_t interface, const InterfaceCounters& counters) {
  const std::size_t start = begin_block(pcapng::interface_statistics);
  put(interface);
  put_time(counters.time_ns);
  time_option(pcapng::option::start_time, counters.start_ns);
  time_option(pcapng::option::end_time, counters.end_ns);
  number_option(pcapng::option::received, counters.received);
  number_option(pcapng::option::dropped, counters.dropped);
  number_option(pcapng::option::filter_accepted, counters.filter_accepted);
  number_option(pcapng::option::os_dropped, counters.os_dropped);
  number_option(pcapng::option::delivered, counters.delivered);
  end_options();
  end_block(start);
}

void PcapngWriter::flush() {
  if (buffer_.empty()) return;
  if (!fd_) {
    fd_ = UniqueFd(::open(file_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    if (!fd_) fail("open", file_);
  }
  write_all(fd_.get(), buffer_, file_);
  buffer_.clear();
  if (descriptor_ == Descriptor::reopened) fd_.reset();
}

void PcapngWriter::close(bool sync) {
  flush();
  if (sync) {
    if (!fd_) fd_ = UniqueFd(::open(file_.c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd_ || ::fsync(fd_.get()) != 0) fail("sync", file_);
  }
  fd_.reset();
  buffer_ = {};
}

template <typename Integer>
void PcapngWriter::put(Integer value) {
  static_assert(std::is_unsigned_v<Integer>);
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  buffer_.append(bytes, sizeof bytes);
}

std::size_t PcapngWriter::begin_block(std::uint32_t type) {
  const std::size_t start = buffer_.size();
  put(type);
  put(std::uint32_t{0});  // total length: end_block knows
  return start;
}

void PcapngWriter::end_block(std::size_t start) {
  const auto length = static_cast<std::uint32_t>(buffer_.size() - start + 4);
  std::memcpy(buffer_.data() + start + 4, &length, sizeof length);
  put(length);
  if (buffer_.size() > buffer_bytes_) flush();
}

// Blocks begin at multiples of four bytes of the buffer, for flushes take whole blocks.
void PcapngWriter::pad() {
  buffer_.append((4 - buffer_.size() % 4) % 4, '\0');
}

void PcapngWriter::option(std::uint16_t code, std::string_view value) {
  put(code);
  put(static_cast<std::uint16_t>(value.size()));
  buffer_.append(value);
  pad();
}

void PcapngWriter::text_option(std::uint16_t code, std::string_view text) {
  if (text.empty()) return;
  // Most text is plain, and comments are many.
  const bool plain = text.size() <= max_option &&
                     std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (plain) return option(code, text);
  option(code, valid_text(text, max_option));
}

void PcapngWriter::number_option(std::uint16_t code, std::optional<std::uint64_t> value) {
  if (!value) return;
  put(code);
  put(std::uint16_t{8});
  put(*value);
}

void PcapngWriter::time_option(std::uint16_t code, std::optional<std::int64_t> time_ns) {
  if (!time_ns) return;
  put(code);
  put(std::uint16_t{8});
  put_time(*time_ns);
}

// Times are two words, the high one first, whatever the byte order of the section.
void PcapngWriter::put_time(std::int64_t time_ns) {
  const auto units = static_cast<std::uint64_t>(time_ns);
  put(static_cast<std::uint32_t>(units >> 32));
  put(static_cast<std::uint32_t>(units));
}

void PcapngWriter::end_options() {
  put(pcapng::option::end);
  put(std::uint16_t{0});
}

}  // namespace echolab::capture
