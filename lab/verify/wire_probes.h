#pragma once
// What single checks want to see of the wire beyond the ledger: texts inside messages, and header lengths. They watch
// while the capture is read; no payload is kept, only the last bytes of a stream in which a text may have begun.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lab/capture/capture.h"
#include "lab/plan/plan.h"
#include "lab/verify/ledger.h"

namespace echolab::verify {

// One text in one direction of one exchange. A message is a datagram (UDP) or a planned part of the stream (TCP).
struct TextFacts {
  std::uint64_t with = 0, without = 0;
  std::uint64_t unknown = 0;                        // bytes of it are missing from the capture
  std::uint64_t first_with = 0, first_without = 0;  // packets
  std::uint32_t first_message_without = 0;          // TCP only
  std::size_t needle = 0;                           // which encoding was found first
};

// Looks for one text in one direction, in one encoding or several.
class TextSearch {
 public:
  // Borrows the exchange. per_message: each planned message by itself; else a TCP stream is one text.
  TextSearch(const plan::Exchange& exchange, std::vector<std::string> needles, bool per_message);

  void datagram(Bytes payload, std::uint64_t length, std::uint64_t packet);
  void stream(Bytes bytes, std::uint64_t packet);
  void gap(std::uint64_t length);
  const TextFacts& facts() const { return facts_; }

 private:
  void enter_message();
  void leave_message(std::uint64_t packet);  // that ended it
  void search_piece(std::string_view piece, std::uint64_t packet);
  bool find(std::string_view text);

  const plan::Exchange* exchange_;
  std::vector<std::string> needles_;
  bool per_message_;
  std::size_t longest_ = 0;
  TextFacts facts_;
  std::string carry_;          // the end of what went by; shorter than the longest needle
  std::uint32_t message_ = 0;  // being passed, from 1
  std::uint64_t left_ = 0;     // bytes of it still to come
  bool found_ = false, damaged_ = false;
  std::uint64_t found_packet_ = 0;
};

struct LengthFacts {
  Sighting wrong;
  std::uint32_t first_got = 0;  // bytes of header and data
};

class WireProbes {
 public:
  // Borrows the ledger's plan.
  explicit WireProbes(const plan::Plan& plan);

  void datagram(const ExchangeState& exchange, capture::Direction direction, const capture::UdpDatagram& datagram);
  void stream(const ExchangeState& exchange, capture::Direction direction, Bytes bytes, const capture::Frame& packet);
  void gap(const ExchangeState& exchange, capture::Direction direction, std::uint64_t length);

  // What was seen for a check of the plan (by its id); nullptr when the check does not look there.
  const TextFacts* text(const plan::Check& check, const ExchangeState& exchange, capture::Direction direction) const;
  const LengthFacts* length(const plan::Check& check, const ExchangeState& exchange) const;

 private:
  struct TextProbe {
    std::string check;
    capture::Direction direction;
    TextSearch search;
  };
  struct LengthProbe {
    std::string check;
    std::uint16_t wanted;
    LengthFacts facts;
  };
  struct Probes {
    std::vector<TextProbe> texts;
    std::vector<LengthProbe> lengths;
  };
  std::vector<Probes> by_exchange_;
};

// The bytes that a payload_contains check looks for at this client: its text, filled in, in each encoding asked for.
std::vector<std::string> needles_of(const scenario::PayloadTerms& terms, const plan::Plan& plan,
                                    const plan::Exchange& exchange);

}  // namespace echolab::verify
