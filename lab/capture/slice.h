#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "lab/capture/capture.h"

namespace echolab::capture {

// A layer of a packet: the bytes that were captured of it, and how many it had on the wire (at least as many).
struct Slice {
  const std::uint8_t* data = nullptr;
  std::size_t captured = 0;
  std::size_t length = 0;

  bool cut() const { return captured < length; }
  // What follows a header of that many bytes, which must have been captured.
  Slice after(std::size_t header) const { return {data + header, captured - header, length - header}; }
  // Without what lies beyond `size` bytes (padding); size <= length.
  Slice first(std::size_t size) const { return {data, std::min(captured, size), size}; }
  Bytes bytes() const { return {data, captured}; }
};

}  // namespace echolab::capture
