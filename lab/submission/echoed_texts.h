#pragma once
// Looks in a capture for texts that were sent and came back unchanged.

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lab/capture/tcp_streams.h"

namespace echolab::submission {

// A text in every form in which a program may have sent it: UTF-8 composed or decomposed, or CP949.
struct SoughtText {
  std::string text;
  std::vector<std::string> forms;
};
SoughtText sought(std::string text);

struct TextSighting {
  std::uint64_t sent_packet = 0;                      // the first that holds it
  std::uint64_t request_packet = 0, echo_packet = 0;  // of the first that came back; 0: none did
  bool echoed() const { return echo_packet != 0; }
};

// UDP: a datagram that holds the text, and later one with the same bytes the other way round. TCP: the text at the same
// place of both streams. Who is client and who server does not matter here: whoever spoke first asked.
// Bounds: 4,096 datagrams and 4 MiB of those that hold a text and wait, 4,096 places in streams; more are not looked at. A text that came back
// is not looked for again.
class EchoedTexts final : public capture::Sink, private capture::StreamSink {
 public:
  explicit EchoedTexts(std::vector<SoughtText> texts);

  void on_udp(const capture::UdpDatagram& datagram) override;
  void on_tcp(const capture::TcpSegment& segment) override { streams_.add(segment); }
  void finish() { streams_.finish(); }  // after the last packet

  const std::vector<SoughtText>& texts() const { return texts_; }
  const std::vector<TextSighting>& sightings() const { return sightings_; }  // as texts()

 private:
  struct Request {
    Endpoint source, destination;
    std::string payload;
    auto operator<=>(const Request&) const = default;
  };
  struct Waiting {
    std::uint64_t packet = 0;
    std::vector<std::size_t> texts;
  };
  // A form of a text at an offset of one direction of a connection.
  struct Place {
    std::uint32_t connection = 0;
    std::size_t text = 0, form = 0;
    std::uint64_t offset = 0;
    auto operator<=>(const Place&) const = default;
  };
  struct Seen {
    std::uint64_t packet = 0;
    capture::Direction direction = capture::Direction::to_server;
  };
  struct Tail {  // the end of one direction's stream, in which a text may have begun
    std::string bytes;
    std::uint64_t end = 0;  // offset behind it
  };

  void on_data(const capture::TcpConversation& conversation, capture::Direction direction, std::uint64_t offset,
               capture::Bytes bytes, const capture::Frame& packet) override;
  void on_close(const capture::TcpConversation& conversation) override;

  void saw_in_stream(const Place& place, capture::Direction direction, std::uint64_t packet);
  void saw_echo(std::size_t text, std::uint64_t request, std::uint64_t echo);

  static constexpr std::size_t most_waiting = 4096, most_waiting_bytes = std::size_t{4} << 20, most_places = 4096;

  std::vector<SoughtText> texts_;
  std::vector<TextSighting> sightings_;
  std::size_t longest_ = 0;             // form
  std::map<Request, Waiting> waiting_;  // a tree: nobody can make its keys collide
  std::size_t waiting_bytes_ = 0;
  std::map<Place, Seen> places_;
  std::unordered_map<std::uint32_t, std::array<Tail, 2>> tails_;  // by connection, while it is open
  capture::TcpStreams streams_{*this};
};

}  // namespace echolab::submission
