#pragma once
// A capture's bytes in order, through one reused buffer; gzip (RFC 1952) and zstd (RFC 8878) are undone on the way.
// Files beyond a first piece are read in a thread of their own. Memory: three such buffers of 1.3 MiB, plus at most 32 MiB
// of window for zstd.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "lab/capture/capture.h"

namespace echolab::capture {

// Where bytes come from before any buffering.
class ByteInput {
 public:
  virtual ~ByteInput() = default;
  // At least one byte unless the end is reached (0).
  virtual std::size_t read(std::uint8_t* into, std::size_t room) = 0;
  // Moves over that many bytes without reading them, or does nothing and says false.
  virtual bool seek_over(std::uint64_t) { return false; }
  virtual bool cut() const { return false; }  // a compressed stream ended before its own end mark
  // Reading takes long enough for another thread to do it meanwhile.
  virtual bool takes_time() const { return false; }
};

class ReadAhead;

class ByteSource {
 public:
  static constexpr std::size_t max_peek = (std::size_t{1} << 20) + 64;

  explicit ByteSource(const std::filesystem::path& file);  // EnvironmentError when it can't be read
  explicit ByteSource(Bytes memory);                       // borrowed while this lives
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  ~ByteSource();

  // The next bytes, fewer than `want` only at the end. Valid until the next call; want <= max_peek.
  Bytes peek(std::size_t want) {
    if (end_ - begin_ < want) fill(want);
    return {data_ + begin_, std::min(want, end_ - begin_)};
  }
  // Moves on by no more than was peeked.
  void consume(std::size_t bytes) {
    begin_ += bytes;
    offset_ += bytes;
  }
  // Moves on by any number of bytes; false when the end came before.
  bool skip(std::uint64_t bytes);

  std::uint64_t offset() const { return offset_; }  // of the next byte, uncompressed
  bool cut() const;

 private:
  void open(std::unique_ptr<ByteInput> input);
  void fill(std::size_t want);
  void fill_directly(std::size_t want);
  void take_pieces(std::size_t want);
  bool seek_over(std::uint64_t bytes);

  std::unique_ptr<ByteInput> input_;       // until the file turns out to be long, then
  std::unique_ptr<ReadAhead> read_ahead_;  // reads it
  std::unique_ptr<std::uint8_t[]> buffer_;
  std::uint8_t* data_ = nullptr;  // buffer_, or the piece that was read ahead
  std::uint64_t read_ = 0;        // bytes read directly
  std::size_t begin_ = 0, end_ = 0;
  std::uint64_t offset_ = 0;
};

}  // namespace echolab::capture
