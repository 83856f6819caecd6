#pragma once
// The judge of TCP connections once more, as slow and plain as it can be written. It is told what both programs really
// sent and which places of their streams each captured packet carried or acknowledged, never a sequence number, and
// keeps a record for every byte. It shares no code with the product.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace echolab::test {

// A segment that the capture holds. Places count from 0; a FIN takes the one behind the last byte.
struct SeenSegment {
  std::uint64_t packet = 0;
  std::int64_t time_ns = 0;
  bool by_client = false, syn = false, ack = false, fin = false, rst = false;
  std::int64_t begin = 0, length = 0;
  std::int64_t acknowledged = 0;  // its sender has everything of the other stream before this place
};

struct SlowTimes {
  std::uint64_t late = 0;
  std::optional<std::int64_t> fastest, slowest;  // of those in time
  bool operator==(const SlowTimes&) const = default;
};

struct SlowConnectionReport {
  std::int64_t sent = 0, echoed = 0, missing = 0;
  std::optional<std::pair<std::int64_t, std::uint64_t>> difference;  // offset and packet
  bool handshake = false;
  char close = '-';  // or F, R
  std::uint64_t retransmissions = 0, altered = 0, lost = 0, unsolicited = 0;
  std::vector<std::uint64_t> packets;  // of the loss or the surplus, when nothing is missing
  std::optional<SlowTimes> times;      // when nothing is missing
  char verdict = 'p';                  // or f(ailed), i(nconclusive), n(othing to judge)
  bool operator==(const SlowConnectionReport&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const SlowConnectionReport& r) {
  out << "sent " << r.sent << " echoed " << r.echoed << " missing " << r.missing << " difference ";
  if (r.difference) out << r.difference->first << " in packet " << r.difference->second;
  out << " handshake " << r.handshake << " close " << r.close << " retransmissions " << r.retransmissions << " altered "
      << r.altered << " lost " << r.lost << " unsolicited " << r.unsolicited << " packets";
  for (const std::uint64_t packet : r.packets) out << ' ' << packet;
  if (r.times) {
    out << " late " << r.times->late << " rtt " << r.times->fastest.value_or(-1) << " to "
        << r.times->slowest.value_or(-1);
  }
  return out << " verdict " << r.verdict << '\n';
}

class SlowConnection {
 public:
  explicit SlowConnection(std::int64_t timeout_ns) : timeout_ns_(timeout_ns) {}

  // What a program gives to its connection; nothing of it need be captured.
  void send(bool by_client, const std::string& bytes) { stream(by_client).sent += bytes; }

  void see(const SeenSegment& segment) {
    if (first_packet_ == 0) first_packet_ = segment.packet;
    if (closed()) return;
    Stream& own = stream(segment.by_client);
    if (segment.rst) {
      if (!reset_) reset_ = segment;
      if (own.first) own.furthest = std::max(own.furthest, segment.begin);
      return;
    }
    if (segment.syn) {
      if (own.syn) ++retransmissions_;
      own.syn = true;
      own.first = 0;
    }
    if (segment.ack) see_acknowledgement(segment);
    if (!own.first) own.first = segment.begin;
    own.furthest = std::max(own.furthest, segment.begin + segment.length);
    see_bytes(own, segment);
  }
  std::uint64_t first_packet() const { return first_packet_; }  // 0: the capture shows nothing of it

  // `cut_off`: the file ends in the middle of a packet.
  SlowConnectionReport report(bool cut_off) const {
    SlowConnectionReport report;
    report.sent = client_.known();
    report.echoed = server_.known();
    report.missing = client_.missing() + server_.missing();
    report.handshake = handshake_;
    report.close = reset_ ? 'R' : client_.fin && server_.fin ? 'F' : '-';
    report.retransmissions = retransmissions_;
    const std::optional<std::int64_t> offset = first_difference();
    if (offset) {
      report.difference = {*offset, server_.at(*offset).packet};
      report.altered = 1;
    } else if (report.echoed < report.sent) {
      report.lost = 1;
    } else if (report.echoed > report.sent) {
      report.unsolicited = 1;
    }
    if (report.missing == 0) {
      report.times = times(offset);
      if (report.lost) report.packets.push_back(client_.at(report.echoed).packet);
      if (report.lost && reset_) report.packets.push_back(reset_->packet);
      if (report.lost && !reset_ && server_.fin) report.packets.push_back(server_.fin_packet);
      if (report.unsolicited) report.packets.push_back(server_.at(report.sent).packet);
    }
    report.verdict = verdict(report, cut_off);
    return report;
  }

 private:
  struct Byte {
    std::uint64_t packet = 0;  // that showed it first; 0: acknowledged before any packet showed it
    std::int64_t time_ns = 0;
    std::uint64_t there = 0;  // packet since which it is known that it was sent; 0: it is not
  };
  struct Stream {
    std::string sent;
    std::optional<std::int64_t> first;  // place of the first byte that this capture can know of
    bool syn = false, fin = false;
    std::uint64_t fin_packet = 0;
    std::int64_t fin_place = 0;
    std::int64_t furthest = 0;  // how far its sender had got by the captured segments
    std::vector<Byte> bytes;    // by place

    Byte& place(std::int64_t place) {
      if (bytes.size() <= static_cast<std::size_t>(place)) bytes.resize(static_cast<std::size_t>(place) + 1);
      return bytes[static_cast<std::size_t>(place)];
    }
    bool is_there(std::int64_t place) const {
      if (place < *first) return true;
      return static_cast<std::size_t>(place) < bytes.size() && bytes[static_cast<std::size_t>(place)].there != 0;
    }
    std::int64_t next() const {  // the first place that is not there
      std::int64_t place = *first;
      while (is_there(place)) ++place;
      return place;
    }
    std::int64_t known() const { return first ? next() - *first : 0; }
    std::int64_t missing() const {
      std::int64_t count = 0;
      for (std::int64_t offset = known() - 1; offset >= 0; --offset) count += at(offset).packet == 0 ? 1 : 0;
      return count;
    }
    const Byte& at(std::int64_t offset) const { return bytes[static_cast<std::size_t>(*first + offset)]; }
    char value(std::int64_t offset) const { return sent[static_cast<std::size_t>(*first + offset)]; }
    bool complete() const { return fin && next() == fin_place; }
    // It was captured that more was sent than is there.
    bool has_hole() const { return first && !complete() && furthest > next(); }
    // A stream becomes readable up to a byte when it and all before it are there.
    std::uint64_t readable(std::int64_t offset) const {
      std::uint64_t packet = 0;
      for (std::int64_t i = 0; i <= offset; ++i) packet = std::max(packet, at(i).there);
      return packet;
    }
  };

  Stream& stream(bool of_client) { return of_client ? client_ : server_; }
  bool closed() const { return client_.first && server_.first && client_.complete() && server_.complete(); }

  void see_acknowledgement(const SeenSegment& segment) {
    Stream& other = stream(!segment.by_client);
    if (!other.first) other.first = segment.acknowledged;
    if (segment.by_client && !segment.syn && client_.syn && server_.syn) handshake_ = true;
    for (std::int64_t place = *other.first; place < segment.acknowledged; ++place) {
      if (other.fin && place == other.fin_place) break;
      if (!other.is_there(place)) other.place(place) = {0, 0, segment.packet};
    }
  }

  void see_bytes(Stream& own, const SeenSegment& segment) {
    const std::int64_t end = segment.begin + segment.length;
    const bool keep_alive = segment.length == 1 && segment.begin == own.next() - 1 && !segment.fin;
    if (segment.fin && end >= own.next()) {
      if (own.fin && segment.length == 0) ++retransmissions_;
      if (!own.fin) own.fin_packet = segment.packet;
      own.fin = true;
      own.fin_place = end;
    }
    if (keep_alive) return;
    bool repeated = false;
    for (std::int64_t place = segment.begin; place < end; ++place) {
      repeated |= own.is_there(place);
      if (!own.is_there(place)) own.place(place) = {segment.packet, segment.time_ns, segment.packet};
    }
    if (repeated) ++retransmissions_;
  }

  std::optional<std::int64_t> first_difference() const {
    const std::int64_t shorter = std::min(client_.known(), server_.known());
    for (std::int64_t i = 0; i < shorter; ++i) {
      const bool both = client_.at(i).packet != 0 && server_.at(i).packet != 0;
      if (both && client_.value(i) != server_.value(i)) return i;
    }
    return std::nullopt;
  }

  // What one packet of the client brought is timed by its last byte, as long as no difference is known.
  SlowTimes times(const std::optional<std::int64_t>& difference) const {
    const auto none = std::pair(std::numeric_limits<std::uint64_t>::max(), std::int64_t{0});
    const auto known_at = [&](const Stream& side, std::int64_t offset) {
      std::int64_t begin = offset;  // of what the same packet brought
      while (begin > 0 && side.at(begin - 1).packet == side.at(offset).packet) --begin;
      return std::pair(side.readable(offset), begin);
    };
    const auto known = difference ? std::max(known_at(client_, *difference), known_at(server_, *difference)) : none;
    SlowTimes times;
    const std::int64_t sent = client_.known(), echoed = server_.known();
    for (std::int64_t i = 0; i < std::min(sent, echoed); ++i) {
      if (i + 1 < sent && client_.at(i + 1).packet == client_.at(i).packet) continue;
      const auto asked = known_at(client_, i), answered = known_at(server_, i);
      if (answered < asked || answered >= known) continue;
      const std::int64_t elapsed = std::max(std::int64_t{0}, server_.at(i).time_ns - client_.at(i).time_ns);
      if (elapsed > timeout_ns_) {
        ++times.late;
        continue;
      }
      times.fastest = std::min(times.fastest.value_or(elapsed), elapsed);
      times.slowest = std::max(times.slowest.value_or(elapsed), elapsed);
    }
    return times;
  }

  char verdict(const SlowConnectionReport& report, bool cut_off) const {
    if (report.sent + report.echoed == 0) return 'n';
    if (report.missing > 0) return 'i';
    const bool late = report.times->late > 0;
    if (!report.altered && !report.lost && !report.unsolicited && !late) return 'p';
    if (!client_.syn && !server_.syn) return 'i';
    if (report.altered || report.unsolicited || late) return 'f';
    return cut_off || (reset_ && reset_->by_client) || server_.has_hole() ? 'i' : 'f';
  }

  std::int64_t timeout_ns_;
  Stream client_, server_;
  std::optional<SeenSegment> reset_;
  bool handshake_ = false;
  std::uint64_t first_packet_ = 0, retransmissions_ = 0;
};

}  // namespace echolab::test
