// The demultiplexer on arbitrary bytes: whole and in pieces it must say the same.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "lab/docker_api/stream_demux.h"

using echolab::docker_api::Stream;
using echolab::docker_api::StreamDemux;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = std::size_t{data[0]} + 1;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string whole, pieces;
  const auto into = [](std::string& text) {
    return [&text](Stream stream, std::string_view bytes) {
      for (const char byte : bytes) text += {stream == Stream::standard_output ? 'o' : 'e', byte};
    };
  };
  StreamDemux at_once(into(whole)), bit_by_bit(into(pieces));
  at_once.feed(input);
  for (std::size_t at = 0; at < input.size(); at += piece) bit_by_bit.feed(input.substr(at, piece));
  if (whole != pieces || at_once.damage() != bit_by_bit.damage()) std::abort();
  return 0;
}
