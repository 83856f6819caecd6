#include "lab/capture/compressed_input.h"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <stdexcept>
#include <vector>

namespace echolab::capture {

namespace {

constexpr std::size_t piece_size = std::size_t{128} << 10;
// 32 MiB: zstd up to level 19 needs 8 MiB; only --long and --ultra ask for more, and would let a file decide on memory.
constexpr int zstd_window_log_max = 25;

// The compressed bytes, piece by piece.
class Pieces {
 public:
  Pieces(std::unique_ptr<ByteInput> input, Bytes first) : input_(std::move(input)), piece_(first.begin(), first.end()) {
    end_ = piece_.size();
    piece_.resize(std::max(piece_.size(), piece_size));
  }
  Bytes rest() {  // empty only at the end
    if (begin_ == end_) {
      begin_ = 0;
      end_ = input_->read(piece_.data(), piece_.size());
    }
    return {piece_.data() + begin_, end_ - begin_};
  }
  void consume(std::size_t bytes) { begin_ += bytes; }

 private:
  std::unique_ptr<ByteInput> input_;
  std::vector<std::uint8_t> piece_;
  std::size_t begin_ = 0, end_ = 0;
};

class GzipInput final : public ByteInput {
 public:
  GzipInput(std::unique_ptr<ByteInput> input, Bytes first) : pieces_(std::move(input), first) {
    if (inflateInit2(&stream_, 15 + 16) != Z_OK) throw std::bad_alloc();  // 16: gzip header and CRC
  }
  GzipInput(const GzipInput&) = delete;
  GzipInput& operator=(const GzipInput&) = delete;
  ~GzipInput() override { inflateEnd(&stream_); }

  std::size_t read(std::uint8_t* into, std::size_t room) override {
    stream_.next_out = into;
    stream_.avail_out = static_cast<uInt>(room);
    while (stream_.avail_out == room) {
      const Bytes in = pieces_.rest();
      if (in.empty() && !inside_member_) break;
      if (!inside_member_) {
        inflateReset(&stream_);
        inside_member_ = true;
      }
      stream_.next_in = const_cast<Bytef*>(in.data());  // zlib's type; it does not write there
      stream_.avail_in = static_cast<uInt>(in.size());
      const int status = inflate(&stream_, Z_NO_FLUSH);
      pieces_.consume(in.size() - stream_.avail_in);
      if (in.empty() && stream_.avail_out == room) {  // nothing was left inside either
        cut_ = true;
        break;
      }
      if (status == Z_STREAM_END) {
        inside_member_ = false;
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        throw CaptureError(produced_, fmt::format("gzip: {}", stream_.msg == nullptr ? "bad data" : stream_.msg));
      }
    }
    produced_ += room - stream_.avail_out;
    return room - stream_.avail_out;
  }
  bool cut() const override { return cut_; }
  bool takes_time() const override { return true; }

 private:
  Pieces pieces_;
  z_stream stream_{};
  bool inside_member_ = true;
  bool cut_ = false;
  std::uint64_t produced_ = 0;
};

class ZstdInput final : public ByteInput {
 public:
  ZstdInput(std::unique_ptr<ByteInput> input, Bytes first)
      : pieces_(std::move(input), first), stream_(ZSTD_createDStream(), &ZSTD_freeDStream) {
    if (!stream_) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, zstd_window_log_max);
  }

  std::size_t read(std::uint8_t* into, std::size_t room) override {
    ZSTD_outBuffer out{into, room, 0};
    while (out.pos == 0) {
      const Bytes in = pieces_.rest();
      if (in.empty() && !flushing_) {
        cut_ = inside_frame_;
        break;
      }
      ZSTD_inBuffer source{in.data(), in.size(), 0};
      const std::size_t status = ZSTD_decompressStream(stream_.get(), &out, &source);
      pieces_.consume(source.pos);
      if (ZSTD_isError(status)) throw CaptureError(produced_, fmt::format("zstd: {}", ZSTD_getErrorName(status)));
      inside_frame_ = status != 0;
      // A full output may leave decoded bytes inside even when no input is left.
      flushing_ = out.pos == out.size && status != 0;
    }
    produced_ += out.pos;
    return out.pos;
  }
  bool cut() const override { return cut_; }
  bool takes_time() const override { return true; }

 private:
  Pieces pieces_;
  std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream_;
  bool inside_frame_ = true;
  bool flushing_ = false;
  bool cut_ = false;
  std::uint64_t produced_ = 0;
};

}  // namespace

std::unique_ptr<ByteInput> make_gzip_input(std::unique_ptr<ByteInput> input, Bytes first) {
  return std::make_unique<GzipInput>(std::move(input), first);
}
std::unique_ptr<ByteInput> make_zstd_input(std::unique_ptr<ByteInput> input, Bytes first) {
  return std::make_unique<ZstdInput>(std::move(input), first);
}

}  // namespace echolab::capture
