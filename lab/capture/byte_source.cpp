#include "lab/capture/byte_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "lab/base/error.h"
#include "lab/base/file.h"
#include "lab/capture/byte_order.h"
#include "lab/capture/compressed_input.h"
#include "lab/capture/read_ahead.h"

namespace echolab::capture {

namespace {

// Pieces of this size stay in the second-level cache between read(2) and the decoder.
constexpr std::size_t read_size = std::size_t{256} << 10;
constexpr std::size_t buffer_size = ByteSource::max_peek + read_size;
// From here on a thread pays.
constexpr std::uint64_t read_alone = std::uint64_t{1} << 20;

class FileInput final : public ByteInput {
 public:
  explicit FileInput(const std::filesystem::path& file) : file_(file), fd_(open_for_reading(file)) {
    struct stat status {};
    if (::fstat(fd_.get(), &status) == 0 && S_ISREG(status.st_mode)) size_ = static_cast<std::uint64_t>(status.st_size);
    ::posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  }

  std::size_t read(std::uint8_t* into, std::size_t room) override {
    for (;;) {
      const ssize_t got = ::read(fd_.get(), into, room);
      if (got >= 0) {
        position_ += static_cast<std::uint64_t>(got);
        return static_cast<std::size_t>(got);
      }
      if (errno != EINTR) {
        throw EnvironmentError(fmt::format("read {}", file_.string()), errno_text(errno),
                               "check the disk and its mount");
      }
    }
  }

  bool takes_time() const override { return true; }

  bool seek_over(std::uint64_t bytes) override {
    if (size_ < position_ || size_ - position_ < bytes) return false;
    if (::lseek(fd_.get(), static_cast<off_t>(bytes), SEEK_CUR) < 0) return false;
    position_ += bytes;
    return true;
  }

 private:
  std::filesystem::path file_;
  UniqueFd fd_;
  std::uint64_t size_ = 0;  // 0 for what has no size: a pipe
  std::uint64_t position_ = 0;
};

class MemoryInput final : public ByteInput {
 public:
  explicit MemoryInput(Bytes memory) : rest_(memory) {}
  std::size_t read(std::uint8_t* into, std::size_t room) override {
    const std::size_t count = std::min(room, rest_.size());
    if (count > 0) std::memcpy(into, rest_.data(), count);
    rest_ = rest_.subspan(count);
    return count;
  }

 private:
  Bytes rest_;
};

}  // namespace

ByteSource::ByteSource(const std::filesystem::path& file) {
  open(std::make_unique<FileInput>(file));
}
ByteSource::ByteSource(Bytes memory) {
  open(std::make_unique<MemoryInput>(memory));
}
ByteSource::~ByteSource() = default;

void ByteSource::open(std::unique_ptr<ByteInput> input) {
  buffer_ = std::make_unique_for_overwrite<std::uint8_t[]>(buffer_size);
  data_ = buffer_.get();
  input_ = std::move(input);
  const Bytes start = peek(4);
  if (start.size() < 4) return;
  const Bytes seen(data_, end_);
  if (start[0] == 0x1f && start[1] == 0x8b) {
    input_ = make_gzip_input(std::move(input_), seen);
  } else if (load_le32(start.data()) == 0xfd2fb528) {
    input_ = make_zstd_input(std::move(input_), seen);
  } else {
    return;
  }
  begin_ = end_ = 0;
  read_ = 0;
}

bool ByteSource::cut() const {
  return read_ahead_ ? read_ahead_->cut() : input_->cut();
}

void ByteSource::fill(std::size_t want) {
  if (!read_ahead_ && read_ >= read_alone && input_->takes_time()) {
    read_ahead_ = std::make_unique<ReadAhead>(std::move(input_), max_peek, read_size);
  }
  if (read_ahead_) return take_pieces(want);
  fill_directly(want);
}

void ByteSource::fill_directly(std::size_t want) {
  if (begin_ > 0) {
    std::memmove(data_, data_ + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  while (end_ < want) {
    const std::size_t got = input_->read(data_ + end_, std::min(buffer_size - end_, read_size));
    if (got == 0) return;
    read_ += got;
    end_ += got;
  }
}

// What is left goes in front of the next piece. It is less than `want`, so there is room for it.
void ByteSource::take_pieces(std::size_t want) {
  while (end_ - begin_ < want) {
    const std::size_t left = end_ - begin_;
    // Into our own buffer first: the piece that holds it is given back.
    std::memmove(buffer_.get(), data_ + begin_, left);
    data_ = buffer_.get();
    begin_ = 0;
    end_ = left;
    const ReadAhead::Piece piece = read_ahead_->next();
    if (piece.size == 0) return;
    data_ = piece.bytes - left;
    std::memcpy(data_, buffer_.get(), left);
    end_ = left + piece.size;
  }
}

bool ByteSource::seek_over(std::uint64_t bytes) {
  return read_ahead_ ? read_ahead_->seek_over(bytes) : input_->seek_over(bytes);
}

bool ByteSource::skip(std::uint64_t bytes) {
  const std::uint64_t buffered = std::min<std::uint64_t>(bytes, end_ - begin_);
  consume(static_cast<std::size_t>(buffered));
  bytes -= buffered;
  if (bytes == 0) return true;
  if (seek_over(bytes)) {
    offset_ += bytes;
    return true;
  }
  while (bytes > 0) {
    const Bytes piece = peek(static_cast<std::size_t>(std::min<std::uint64_t>(bytes, read_size)));
    if (piece.empty()) return false;
    consume(piece.size());
    bytes -= piece.size();
  }
  return true;
}

}  // namespace echolab::capture
