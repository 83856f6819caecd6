#pragma once
// Takes a container's two output streams apart, as the Docker Engine multiplexes them on one connection.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace echolab::docker_api {

enum class Stream : std::uint8_t { standard_output, standard_error };

// Only for containers without a terminal (Config.Tty false). Input may be split anywhere; nothing is buffered
// beyond the header, so a frame that claims 4 GiB costs no memory.
//
//    0       1   2   3   4   5   6   7
//   type     0   0   0   length, big endian   then length bytes      type: 0 stdin, 1 stdout, 2 stderr
//
// After feed() returned false the stream makes no sense any more and is not read on: see damage().
class StreamDemux {
 public:
  // Called for each piece as it comes; a frame may come in several.
  using Sink = std::function<void(Stream stream, std::string_view bytes)>;
  explicit StreamDemux(Sink sink) : sink_(std::move(sink)) {}

  bool feed(std::string_view bytes);
  std::string_view damage() const { return damage_; }  // empty: none
  // The connection may end here without anything being cut off.
  bool between_frames() const { return have_ == 0 && left_ == 0; }

 private:
  static constexpr std::size_t header_size = 8;
  bool read_header();

  Sink sink_;
  std::array<unsigned char, header_size> header_{};
  std::size_t have_ = 0;    // bytes of the header
  std::uint32_t left_ = 0;  // bytes of the frame's body that are still to come
  Stream stream_ = Stream::standard_output;
  std::string_view damage_;
};

}  // namespace echolab::docker_api
