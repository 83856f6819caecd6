// Segments of a few conversations, eight bytes each and a payload: flags, who, window and cut, sequence, acknowledgement,
// length. Streams must come in order, once, and every conversation must be opened and closed once.

#include <cstdlib>
#include <map>
#include <set>

#include "lab/capture/tcp_streams.h"

using namespace echolab::capture;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

class Ordered final : public StreamSink {
 public:
  void on_open(const TcpConversation& conversation) override { require(open_.insert(conversation.id).second); }
  void on_data(const TcpConversation& conversation, Direction direction, std::uint64_t offset, Bytes bytes,
               const Frame&) override {
    require(!bytes.empty());
    go_on(conversation, direction, offset, bytes.size());
  }
  void on_gap(const TcpConversation& conversation, Direction direction, std::uint64_t offset,
              std::uint64_t length) override {
    require(length > 0);
    go_on(conversation, direction, offset, length);
  }
  void on_close(const TcpConversation& conversation) override {
    require(open_.erase(conversation.id) == 1);
    const auto& side = conversation.client_side;
    require(side.bytes + side.missing == next_[{conversation.id, Direction::to_server}]);
  }
  bool all_closed() const { return open_.empty(); }

 private:
  void go_on(const TcpConversation& conversation, Direction direction, std::uint64_t offset, std::uint64_t length) {
    require(open_.contains(conversation.id));
    std::uint64_t& next = next_[{conversation.id, direction}];
    require(offset == next);
    next += length;
  }
  std::set<std::uint32_t> open_;
  std::map<std::pair<std::uint32_t, Direction>, std::uint64_t> next_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Ordered sink;
  TcpStreams streams(sink);
  Frame frame;
  Bytes rest(data, size);
  while (rest.size() >= 8) {
    ++frame.number;
    const std::uint8_t flags = rest[0], who = rest[1];
    // Near the wrap, with steps large and small.
    const auto number = [&](std::size_t at) {
      return 0xffffff80u + static_cast<std::uint32_t>(rest[at]) * (who & 0x80 ? 0x01000000u : 1u) + rest[at + 1];
    };
    const echolab::Endpoint client{echolab::IpAddress::v4(0x0a000001),
                                   echolab::Port{static_cast<std::uint16_t>(1000 + (who >> 1 & 3))}};
    const echolab::Endpoint server{echolab::IpAddress::v4(0x0a000002), echolab::Port{80}};
    const bool by_client = (who & 1) != 0;
    const std::size_t captured = std::min<std::size_t>(rest[6], rest.size() - 8);
    const TcpFlags set{(flags & 2) != 0, (flags & 16) != 0, (flags & 1) != 0, (flags & 4) != 0, false};
    streams.add({frame, by_client ? client : server, by_client ? server : client, number(2), number(4),
                 static_cast<std::uint16_t>(who & 0x40), set, rest.subspan(8, captured),
                 static_cast<std::uint32_t>(captured + (rest[7] < 8 ? rest[7] : 0)), Checksum::good});
    rest = rest.subspan(8 + captured);
  }
  streams.finish();
  require(sink.all_closed());
  return 0;
}
