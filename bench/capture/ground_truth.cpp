#include "bench/capture/ground_truth.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "lab/base/error.h"
#include "lab/base/json.h"
#include "lab/capture/capture.h"

namespace echolab::bench {

namespace {

using nlohmann::json;

constexpr std::size_t head_bytes = 32;  // of a payload, which an event line shows

std::string flow(const std::string& from, const std::string& to) {
  return from + ">" + to;
}

std::string datagram(const std::string& of_flow, std::uint32_t length, const std::string& head) {
  return fmt::format("{} {} {}", of_flow, length, head);
}

using Pieces = std::vector<std::pair<std::uint64_t, std::uint64_t>>;  // begin and end in the stream

struct StreamFacts {
  std::set<std::uint32_t> syns;  // their sequence numbers
  bool fin = false;
  Pieces pieces;  // sent: offsets; captured: sequence numbers
};

struct Facts {
  std::map<std::string, std::uint64_t> datagrams;
  std::map<std::string, StreamFacts> streams;
};

// What one log's program sent.
void read_log(const std::filesystem::path& file, Facts& sent) {
  std::ifstream in(file);
  if (!in) throw EnvironmentError("read " + file.string(), "it is not there", "");
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("{\"v\":1")) continue;
    const json event = json::parse(line, nullptr, false);
    if (event.is_discarded() || !event.contains("remote")) continue;
    const std::string name = event.at("event");
    const std::string there = flow(event.at("local"), event.at("remote"));
    const std::string back = flow(event.at("remote"), event.at("local"));
    if (name == "send" && event.at("proto") == "udp") {
      ++sent.datagrams[datagram(there, event.at("length"), event.at("head"))];
    } else if (name == "send") {
      const std::uint64_t begin = event.at("offset"), length = event.at("length");
      sent.streams[there].pieces.emplace_back(begin, begin + length);
    } else if (name == "connect") {
      sent.streams[there].syns.insert(0);  // the number is the kernel's
      sent.streams[back].syns.insert(0);
    } else if (name == "shutdown") {
      sent.streams[event.at("side") == "send" ? there : back].fin = true;
    }
  }
}

class Seen final : public capture::Sink {
 public:
  void on_udp(const capture::UdpDatagram& seen) override {
    std::string head;
    for (const std::uint8_t byte : seen.payload.first(std::min(head_bytes, seen.payload.size()))) {
      head += fmt::format("{:02x}", byte);
    }
    ++facts.datagrams[datagram(flow(seen.source.to_string(), seen.destination.to_string()), seen.length, head)];
  }
  void on_tcp(const capture::TcpSegment& seen) override {
    StreamFacts& stream = facts.streams[flow(seen.source.to_string(), seen.destination.to_string())];
    if (seen.flags.syn) stream.syns.insert(seen.sequence);
    stream.fin = stream.fin || seen.flags.fin;
    if (seen.length > 0) stream.pieces.emplace_back(seen.sequence, std::uint64_t{seen.sequence} + seen.length);
  }

  Facts facts;
};

// Whether captured segments cover a piece. Streams are short: sequence numbers wrap only where the first one lies just
// below 2^32, and are counted from it. Without the SYN it is not known where the stream begins: nothing is covered.
bool covers(const StreamFacts& captured, std::uint64_t begin, std::uint64_t end) {
  if (captured.syns.empty()) return false;
  const std::uint32_t first = *captured.syns.begin() + 1;
  Pieces pieces;
  for (const auto& [from, to] : captured.pieces) {
    const std::uint64_t offset = static_cast<std::uint32_t>(from - first);
    pieces.emplace_back(offset, offset + (to - from));
  }
  std::sort(pieces.begin(), pieces.end());
  for (const auto& [from, to] : pieces) {
    if (from <= begin && to > begin) begin = to;
  }
  return begin >= end;
}

Comparison compare(const Facts& sent, const Facts& captured) {
  Comparison result;
  for (const auto& [what, count] : sent.datagrams) {
    const auto found = captured.datagrams.find(what);
    result.sent += count;
    result.missing += count - std::min(count, found == captured.datagrams.end() ? 0 : found->second);
  }
  for (const auto& [name, stream] : sent.streams) {
    const auto found = captured.streams.find(name);
    const StreamFacts none;
    const StreamFacts& seen = found == captured.streams.end() ? none : found->second;
    result.sent += stream.syns.size() + (stream.fin ? 1 : 0) + stream.pieces.size();
    if (!stream.syns.empty() && seen.syns.empty()) ++result.missing;
    if (stream.fin && !seen.fin) ++result.missing;
    for (const auto& [begin, end] : stream.pieces) {
      if (!covers(seen, begin, end)) ++result.missing;
    }
  }
  return result;
}

}  // namespace

Comparison compare_with_logs(const std::vector<std::filesystem::path>& event_logs,
                             const std::filesystem::path& capture) {
  Facts sent;
  for (const auto& file : event_logs) read_log(file, sent);
  Seen seen;
  try {
    capture::read_capture(capture, seen);
  } catch (const capture::CaptureError&) {
    // What was read before counts.
  } catch (const EnvironmentError&) {
    // There is no capture.
  }
  const Comparison result = compare(sent, seen.facts);
  if (result.sent == 0) throw EnvironmentError("measure a capture", "the programs sent nothing", "");
  return result;
}

}  // namespace echolab::bench
