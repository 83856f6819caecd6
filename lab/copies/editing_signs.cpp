#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <stdexcept>

#include "lab/base/text.h"
#include "lab/capture/frame_reader.h"
#include "lab/capture/packet_decoder.h"
#include "lab/copies/acknowledged_data.h"
#include "lab/copies/find_copies.h"
#include "lab/copies/repeated_frames.h"

namespace echolab::copies {

namespace {

using capture::Checksum;
using capture::Frame;

// An honest hand-in is far below; a larger file is judged by its beginning.
constexpr std::uint64_t max_frames_judged = 200'000;
// A capture under so little load loses nothing. In a larger one a missing segment may be the capture's own loss.
constexpr std::uint64_t max_frames_without_loss = 10'000;
// Queues of several processors and interfaces give packets a little out of order.
constexpr std::int64_t backwards_ns = 1'000'000'000;
constexpr std::size_t max_directions = 4096;

constexpr std::array<std::string_view, 12> editing_tools{"editcap",    "mergecap",  "reordercap", "text2pcap",
                                                         "tcprewrite", "tcpreplay", "bittwist",   "scapy",
                                                         "wireedit",   "pcapfix",   "joincap",    "tracewrangler"};

// A checksum that is wrong between right ones. The sender's own machine captures sums that are not filled in, but then
// none of that direction is right; and it captures segments larger than the wire's, whose sums mean nothing.
class OddChecksums {
 public:
  void add(const Frame& frame, const IpAddress& from, const IpAddress& to, std::size_t length, Checksum checksum) {
    constexpr std::size_t largest_on_wire = 1472;
    if (length > largest_on_wire || (sides_.size() >= max_directions && !sides_.contains({from, to}))) return;
    Side& side = sides_[{from, to}];
    if (checksum == Checksum::good) ++side.good;
    if (checksum == Checksum::unfilled) ++side.unfilled;
    if (checksum == Checksum::bad && side.bad++ == 0) side.first_bad = frame.number;
  }
  std::optional<std::string> sign() const {
    for (const auto& [addresses, side] : sides_) {
      if (side.bad == 0 || side.good == 0 || side.unfilled > 0) continue;
      const auto other = sides_.find({addresses.second, addresses.first});
      if (other == sides_.end() || other->second.good == 0 || other->second.unfilled > 0) continue;
      return fmt::format(
          "packet {} has a wrong checksum although {} of the same sender {} right and so are the other "
          "side's",
          side.first_bad, counted(side.good, "packet", "packets"), side.good == 1 ? "is" : "are");
    }
    return std::nullopt;
  }

 private:
  struct Side {
    std::uint64_t good = 0, bad = 0, unfilled = 0, first_bad = 0;
  };
  std::map<std::pair<IpAddress, IpAddress>, Side> sides_;
};

class SignSink final : public capture::Sink {
 public:
  void on_frame(const Frame& frame) override {
    repeated_.add(frame);
    if (last_ns_.size() <= frame.interface && frame.interface < max_directions) {
      last_ns_.resize(std::size_t{frame.interface} + 1, std::nullopt);
    }
    if (frame.interface >= last_ns_.size()) return;
    std::optional<std::int64_t>& last = last_ns_[frame.interface];
    const std::int64_t back = last ? capture::nanoseconds_between(frame.time_ns, *last) : 0;
    if (back >= backwards_ns && backwards_.empty()) {
      backwards_ = fmt::format("packet {} is {} s earlier than the packet before it", frame.number,
                               with_thousands(static_cast<std::uint64_t>(back / 1'000'000'000)));
    }
    last = frame.time_ns;
  }
  void on_udp(const capture::UdpDatagram& datagram) override {
    checksums_.add(datagram.frame, datagram.source.address, datagram.destination.address, datagram.length,
                   datagram.checksum);
  }
  void on_tcp(const capture::TcpSegment& segment) override {
    checksums_.add(segment.frame, segment.source.address, segment.destination.address, segment.length,
                   segment.checksum);
    acknowledged_.add(segment);
  }

  void tell(std::vector<std::string>& signs, bool may_have_lost) {
    if (const auto sign = repeated_.sign()) signs.push_back(*sign);
    if (!backwards_.empty()) signs.push_back(backwards_);
    if (const auto sign = acknowledged_.sign(); sign && !may_have_lost) signs.push_back(*sign);
    if (const auto sign = checksums_.sign()) signs.push_back(*sign);
  }

 private:
  RepeatedFrames repeated_;
  OddChecksums checksums_;
  AcknowledgedData acknowledged_;
  std::vector<std::optional<std::int64_t>> last_ns_;  // by interface
  std::string backwards_;
};

std::string lower_case(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

void tell_tools(std::vector<std::string>& signs, const std::string& text, std::string_view where) {
  constexpr std::size_t columns = 80;
  const std::string lower = lower_case(text);
  for (const std::string_view tool : editing_tools) {
    if (lower.find(tool) == std::string::npos) continue;
    signs.push_back(fmt::format("{} \"{}\"", where, cut_to_width(escape_for_terminal(text), columns)));
    return;
  }
}

}  // namespace

std::vector<std::string> signs_of_editing(const std::filesystem::path& capture) {
  std::vector<std::string> signs;
  SignSink sink;
  bool may_have_lost = true;
  try {
    capture::FrameReader reader(capture);
    capture::PacketDecoder decoder(sink);
    try {
      Frame frame;
      while (frame.number < max_frames_judged && reader.next(frame)) decoder.decode(frame);
      may_have_lost = frame.number > max_frames_without_loss;
    } catch (const capture::CaptureError&) {
      // The signs before the damage count; that the file is damaged is judged elsewhere.
    }
    const capture::FileFacts& facts = reader.facts();
    may_have_lost |= std::ranges::any_of(facts.interfaces, [](const auto& interface) { return interface.dropped > 0; });
    tell_tools(signs, facts.application, "the file says that it was written by");
    for (const std::string& comment : facts.comments) {
      if (signs.empty()) tell_tools(signs, comment, "a comment of the file says");
    }
    sink.tell(signs, may_have_lost);
  } catch (const std::exception&) {
    // No capture, or none that can be read: nothing was seen.
  }
  return signs;
}

}  // namespace echolab::copies
