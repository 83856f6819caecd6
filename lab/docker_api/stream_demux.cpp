#include "lab/docker_api/stream_demux.h"

#include <algorithm>

namespace echolab::docker_api {

bool StreamDemux::feed(std::string_view bytes) {
  while (!bytes.empty() && damage_.empty()) {
    if (left_ > 0) {
      const auto body = bytes.substr(0, left_);
      sink_(stream_, body);
      left_ -= static_cast<std::uint32_t>(body.size());
      bytes.remove_prefix(body.size());
      continue;
    }
    const auto part = bytes.substr(0, header_size - have_);
    std::copy(part.begin(), part.end(), header_.begin() + static_cast<std::ptrdiff_t>(have_));
    have_ += part.size();
    bytes.remove_prefix(part.size());
    if (have_ == header_size && !read_header()) return false;
  }
  return damage_.empty();
}

bool StreamDemux::read_header() {
  have_ = 0;
  // 3 is the engine's own error text in some versions; it belongs with the other diagnostics.
  if (header_[0] > 3) {
    damage_ = "a frame of unknown type in the output stream";
  } else if (header_[1] != 0 || header_[2] != 0 || header_[3] != 0) {
    damage_ = "a frame header with bytes that must be zero in the output stream";
  }
  if (!damage_.empty()) return false;
  stream_ = header_[0] >= 2 ? Stream::standard_error : Stream::standard_output;
  left_ =
      std::uint32_t{header_[4]} << 24 | std::uint32_t{header_[5]} << 16 | std::uint32_t{header_[6]} << 8 | header_[7];
  return true;
}

}  // namespace echolab::docker_api
