#include "lab/conversations/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lab/base/text.h"

namespace echolab::conversations {

namespace {

std::string byte_text(const std::optional<std::uint8_t>& byte) {
  return byte ? fmt::format("0x{:02x}", *byte) : std::string("nothing");
}

std::string duration(std::int64_t nanoseconds) {
  return humanize_duration(Nanoseconds(nanoseconds));
}

std::string in_packet(std::uint64_t packet) {
  return packet == 0 ? std::string() : fmt::format(" in packet {}", packet);
}

std::string lost_sentence(const Fault& fault, const Conversation& facts, Nanoseconds timeout) {
  if (!facts.tcp) {
    std::string sentence = fmt::format("the request in packet {} got no echo", fault.request_packet);
    if (facts.icmp_packet != 0) {
      sentence += fmt::format("; an ICMP error in packet {} said that a datagram did not arrive", facts.icmp_packet);
    } else {
      sentence += fmt::format(" (an echo may take {})", format_duration(timeout));
    }
    return sentence;
  }
  std::string sentence =
      fmt::format("{} of {} came back", with_thousands(fault.got_length), counted(fault.sent_length, "byte", "bytes"));
  if (fault.request_packet != 0) {
    sentence += fmt::format("; the first that did not was sent in packet {}", fault.request_packet);
  }
  if (facts.tcp->close == Close::rst) {
    sentence +=
        fmt::format("; {} reset the connection{}", fault.kind == FaultKind::cut_off ? "the client" : "the server",
                    in_packet(fault.reply_packet));
  } else if (fault.reply_packet != 0) {
    sentence += fmt::format("; the server ended its stream in packet {}", fault.reply_packet);
  }
  return sentence;
}

std::string altered_sentence(const Fault& fault, const Conversation& facts) {
  if (facts.tcp) {
    return fmt::format("altered in packet {}: the stream differs at offset {}, byte is {}, was {}", fault.reply_packet,
                       fault.offset, byte_text(fault.got), byte_text(fault.expected));
  }
  std::string sentence = fmt::format(
      "the echo in packet {} of the request in packet {} is altered: byte {} is {}, was {}", fault.reply_packet,
      fault.request_packet, fault.offset, byte_text(fault.got), byte_text(fault.expected));
  if (fault.sent_length != fault.got_length) {
    sentence += fmt::format("; {} came back of {}", counted(fault.got_length, "byte", "bytes"), fault.sent_length);
  }
  return sentence;
}

std::string sentence_of(const Fault& fault, const Conversation& facts, Nanoseconds timeout) {
  switch (fault.kind) {
    case FaultKind::lost:
    case FaultKind::cut_off:
      return lost_sentence(fault, facts, timeout);
    case FaultKind::late:
      return fmt::format("the echo in packet {} came {} after its request in packet {}, later than {}",
                         fault.reply_packet, duration(fault.elapsed_ns), fault.request_packet,
                         format_duration(timeout));
    case FaultKind::altered:
      return altered_sentence(fault, facts);
    case FaultKind::duplicate:
      return fmt::format("packet {} repeats the echo in packet {}: it was sent once and came back twice",
                         fault.reply_packet, fault.request_packet);
    case FaultKind::unsolicited:
      if (facts.tcp) {
        return fmt::format("{} came back of {}: packet {} brings more than was sent",
                           counted(fault.got_length, "byte", "bytes"), fault.sent_length, fault.reply_packet);
      }
      return fmt::format("the {} from the server in packet {} answer nothing that the client sent",
                         counted(fault.got_length, "byte", "bytes"), fault.reply_packet);
    case FaultKind::other_port:
      return fmt::format("a reply came from {} instead of {} in packet {}", fault.peer.to_string(),
                         facts.server.to_string(), fault.reply_packet);
    case FaultKind::wrong_client:
      return fmt::format("packet {} brings the bytes that {} sent in packet {}", fault.reply_packet,
                         fault.peer.to_string(), fault.request_packet);
    case FaultKind::unverified:
      if (facts.tcp && facts.tcp->missing == 0) return "one side was too far ahead of the other to compare the streams";
      return fmt::format("{} bytes are missing from the capture: the streams can't be compared",
                         facts.tcp ? with_thousands(facts.tcp->missing) : "some");
  }
  return {};
}

// Why this can't be held against anybody; empty: it can.
std::string doubt_about(const Fault& fault, const Conversation& facts, const Gaps& gaps) {
  if (!fault.doubt.empty()) return std::string(fault.doubt);
  if (fault.kind == FaultKind::unverified) return "bytes were acknowledged that the capture does not hold";
  if (!gaps.anywhere.empty()) return gaps.anywhere;
  if (facts.tcp) {
    if (facts.tcp->missing > 0) return "bytes were acknowledged that the capture does not hold";
    if (fault.from_before) return "the beginning of the connection is not in the capture";
    if (fault.kind == FaultKind::cut_off) return "it was the client that cut the connection";
  } else if (facts.overwhelmed) {
    return "more requests waited at once than are kept in memory";
  } else if (fault.from_before) {
    return "its request may have been sent before the capture began";
  }
  const bool is_missing = fault.kind == FaultKind::lost;
  return is_missing ? gaps.at_the_end : std::string();
}

std::uint64_t count_of(FaultKind kind, const Conversation& facts) {
  switch (kind) {
    case FaultKind::lost:
      return facts.lost;
    case FaultKind::late:
      return facts.late;
    case FaultKind::altered:
      return facts.altered;
    case FaultKind::duplicate:
      return facts.duplicated;
    default:
      return 0;
  }
}

CaptureFinding tell(Outcome outcome, std::string message, std::optional<std::uint32_t> conversation = {}) {
  CaptureFinding finding;
  finding.outcome = outcome;
  finding.message = std::move(message);
  finding.conversation = conversation;
  return finding;
}

class Teller {
 public:
  Teller(CaptureVerdict& verdict, const Gaps& gaps, Nanoseconds timeout)
      : verdict_(verdict), gaps_(gaps), timeout_(timeout) {}

  void fault(const Fault& fault) {
    const Conversation& facts = verdict_.conversations[fault.conversation];
    const std::string doubt = doubt_about(fault, facts, gaps_);
    std::string message = fmt::format("{}: {}", facts.client.to_string(), sentence_of(fault, facts, timeout_));
    if (!doubt.empty()) message += fmt::format("; that proves nothing, for {}", doubt);
    CaptureFinding finding =
        tell(doubt.empty() ? Outcome::failed : Outcome::inconclusive, std::move(message), fault.conversation);
    for (const std::uint64_t packet : {fault.request_packet, fault.reply_packet}) {
      if (packet != 0) finding.packets.push_back(packet);
    }
    add(std::move(finding));
  }

  // What the list of faults had no room for.
  void rest(std::uint32_t index, FaultKind kind, std::uint64_t told) {
    const Conversation& facts = verdict_.conversations[index];
    const std::uint64_t all = count_of(kind, facts);
    if (all <= told) return;
    static constexpr std::array<std::string_view, 4> words{"lost", "late", "altered", "duplicated"};
    Fault one;
    one.kind = kind;
    const bool doubtful = !doubt_about(one, facts, gaps_).empty();
    add(tell(doubtful ? Outcome::inconclusive : Outcome::failed,
             fmt::format("{}: {} {} in all, {} more than listed", facts.client.to_string(), with_thousands(all),
                         words[static_cast<std::size_t>(kind)], with_thousands(all - told)),
             index));
  }

  void cut(std::uint32_t index) {
    const Conversation& facts = verdict_.conversations[index];
    add(tell(Outcome::inconclusive,
             fmt::format("{}: {} cut by the snaplen, bytes beyond it can't be compared", facts.client.to_string(),
                         counted(facts.cut, "datagram was", "datagrams were")),
             index));
  }

 private:
  void add(CaptureFinding finding) { verdict_.findings.push_back(std::move(finding)); }

  CaptureVerdict& verdict_;
  const Gaps& gaps_;
  Nanoseconds timeout_;
};

Outcome outcome_of(const CaptureVerdict& verdict) {
  Outcome outcome = Outcome::passed;
  for (const CaptureFinding& finding : verdict.findings) {
    if (finding.outcome == Outcome::failed) return Outcome::failed;
    if (finding.outcome == Outcome::inconclusive) outcome = Outcome::inconclusive;
  }
  return outcome;
}

void tell_success(CaptureVerdict& verdict) {
  std::uint64_t requests = 0, bytes = 0, connections = 0, datagram_conversations = 0;
  for (const Conversation& facts : verdict.conversations) {
    if (!facts.judged) continue;
    requests += facts.requests.value_or(0);
    if (facts.tcp) {
      bytes += facts.tcp->bytes_sent;
      ++connections;
    } else {
      ++datagram_conversations;
    }
  }
  std::string message;
  if (datagram_conversations > 0) {
    message = fmt::format("{} in {}", counted(requests, "request", "requests"),
                          counted(datagram_conversations, "UDP conversation", "UDP conversations"));
  }
  if (connections > 0) {
    message += fmt::format("{}{} in {}", message.empty() ? "" : " and ", counted(bytes, "byte", "bytes"),
                           counted(connections, "TCP connection", "TCP connections"));
  }
  verdict.findings.push_back(tell(Outcome::passed, message + " came back once, in time and unaltered"));
}

}  // namespace

void tell_findings(CaptureVerdict& verdict, const std::vector<Fault>& faults, const Gaps& gaps, Nanoseconds timeout) {
  Teller teller(verdict, gaps, timeout);
  auto fault = faults.begin();
  bool any = false;
  for (std::uint32_t i = 0; i < verdict.conversations.size(); ++i) {
    const Conversation& facts = verdict.conversations[i];
    any |= facts.judged;
    std::array<std::uint64_t, 16> told{};
    for (; fault != faults.end() && fault->conversation == i; ++fault) {
      teller.fault(*fault);
      ++told[static_cast<std::size_t>(fault->kind)];
    }
    for (const FaultKind kind : {FaultKind::lost, FaultKind::late, FaultKind::altered, FaultKind::duplicate}) {
      if (!facts.tcp) teller.rest(i, kind, told[static_cast<std::size_t>(kind)]);
    }
    if (facts.cut > 0) teller.cut(i);
  }
  if (!any) {
    verdict.findings.push_back(tell(Outcome::inconclusive, "there is no exchange to judge in this capture"));
  }
  verdict.outcome = outcome_of(verdict);
  if (verdict.outcome == Outcome::passed) tell_success(verdict);
}

}  // namespace echolab::conversations
