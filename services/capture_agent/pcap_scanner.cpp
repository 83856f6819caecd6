#include "services/capture_agent/pcap_scanner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace echo {

namespace {

constexpr std::size_t file_header_size = 24;
constexpr std::size_t record_header_size = 16;

}  // namespace

void PcapScanner::feed(std::span<const std::uint8_t> bytes) {
  while (!bytes.empty() && damage_.empty()) {
    const std::size_t taken = std::min(wanted_ - have_, bytes.size());
    if (have_ < head_size)
      std::copy_n(bytes.begin(), std::min(taken, head_size - have_),
                  head_.begin() + static_cast<std::ptrdiff_t>(have_));
    have_ += taken;
    offset_ += taken;
    bytes = bytes.subspan(taken);
    if (have_ == wanted_) end_of_unit();
  }
}

void PcapScanner::end_of_unit() {
  switch (state_) {
    case State::file_header:
      read_file_header();
      break;
    case State::record_header:
      read_record_header();
      break;
    case State::record_body:
      end_record();
      break;
  }
}

void PcapScanner::read_file_header() {
  const std::uint32_t magic = field(0);
  if (magic != 0xa1b2c3d4 && magic != 0xa1b23c4d) {
    damage_ = fmt::format("not a pcap stream: it begins with {:08x}", magic);
    return;
  }
  link_type_ = field(20);
  releasable_ = offset_;
  state_ = State::record_header;
  wanted_ = record_header_size;
  have_ = 0;
}

void PcapScanner::read_record_header() {
  const std::uint32_t captured = field(8);
  if (captured > longest) {
    damage_ = fmt::format("packet {} claims {} captured bytes", packets_ + 1, captured);
    return;
  }
  state_ = State::record_body;
  wanted_ = captured;
  have_ = 0;
  if (captured == 0) end_record();
}

void PcapScanner::end_record() {
  ++packets_;
  if (offset_ <= limit_ && !over_limit_) {
    releasable_ = offset_;
    releasable_packets_ = packets_;
  } else {
    over_limit_ = true;
  }
  observer_(packets_, std::span(head_).first(std::min(have_, head_size)));
  state_ = State::record_header;
  wanted_ = record_header_size;
  have_ = 0;
}

std::uint32_t PcapScanner::field(std::size_t offset) const {
  std::uint32_t value = 0;
  std::memcpy(&value, head_.data() + offset, sizeof value);
  return value;
}

static_assert(file_header_size <= PcapScanner::head_size && record_header_size <= PcapScanner::head_size);

}  // namespace echo
