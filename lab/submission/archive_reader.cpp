#include "lab/submission/archive_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "lab/base/error.h"
#include "lab/base/text.h"

namespace echolab::submission {

namespace {

// Per entry, from the file: a zip's directory is read whole before the first entry, and takes about five times its size in
// memory. 2,000 entries with long names have 1 MiB.
constexpr std::uint64_t most_header_bytes = std::uint64_t{4} << 20;
constexpr std::uint64_t ratio_matters_from = std::uint64_t{1} << 20;

// libarchive converts names into the character set of the locale, and would lose what plain "C" lacks. Thread-local while
// it lives, so nobody else sees it.
class Utf8Names {
 public:
  Utf8Names() : locale_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (locale_ == nullptr) throw EnvironmentError("use the locale C.UTF-8", errno_text(errno), "install it");
    before_ = ::uselocale(locale_);
  }
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;
  ~Utf8Names() {
    ::uselocale(before_);
    ::freelocale(locale_);
  }

 private:
  locale_t locale_, before_ = nullptr;
};

std::string_view refusal_of(archive_entry* entry) {
  if (::archive_entry_hardlink(entry) != nullptr) return "a hard link";
  switch (::archive_entry_filetype(entry)) {
    case AE_IFREG:
      break;
    case AE_IFLNK:
      return "a symbolic link";
    case AE_IFIFO:
      return "a FIFO";
    case AE_IFSOCK:
      return "a socket";
    case AE_IFCHR:
    case AE_IFBLK:
      return "a device";
    default:
      return "neither a file nor a folder";
  }
  if (::archive_entry_is_encrypted(entry) != 0) return "it is encrypted: hand it in without a password";
  if (::archive_entry_sparse_count(entry) > 0) return "a sparse file";
  return {};
}

}  // namespace

// Where the archive's bytes come from, in the shape of libarchive's callbacks.
class ArchiveReader::Input {
 public:
  explicit Input(int fd) : fd_(fd) {
    struct stat status {};
    if (::fstat(fd, &status) != 0) throw EnvironmentError("read an archive", errno_text(errno), "");
    size_ = static_cast<std::uint64_t>(status.st_size);
  }
  explicit Input(std::string_view memory) : memory_(memory), size_(memory.size()) {}

  std::uint64_t size() const { return size_; }
  void begin_header() { header_bytes_ = 0, in_header_ = true; }
  void end_header() { in_header_ = false; }
  bool header_too_long() const { return header_bytes_ > most_header_bytes; }

  static la_ssize_t read(archive*, void* self, const void** bytes) { return static_cast<Input*>(self)->read(bytes); }
  static la_int64_t seek(archive*, void* self, la_int64_t offset, int whence) {
    return static_cast<Input*>(self)->seek(offset, whence);
  }

 private:
  la_ssize_t read(const void** bytes) {
    if (in_header_ && header_too_long()) return ARCHIVE_FATAL;
    if (fd_ < 0) {
      const std::string_view piece = memory_.substr(std::min<std::uint64_t>(offset_, size_), buffer_.size());
      *bytes = piece.data();
      return advance(static_cast<la_ssize_t>(piece.size()));
    }
    ssize_t got = 0;
    do {
      got = ::pread(fd_, buffer_.data(), buffer_.size(), static_cast<off_t>(offset_));
    } while (got < 0 && errno == EINTR);
    *bytes = buffer_.data();
    return advance(got);
  }
  la_ssize_t advance(la_ssize_t bytes) {
    if (bytes < 0) return ARCHIVE_FATAL;
    offset_ += static_cast<std::uint64_t>(bytes);
    if (in_header_) header_bytes_ += static_cast<std::uint64_t>(bytes);
    return bytes;
  }
  la_int64_t seek(la_int64_t offset, int whence) {
    const auto base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? offset_ : size_;
    la_int64_t target = 0;
    if (__builtin_add_overflow(static_cast<la_int64_t>(base), offset, &target) || target < 0) return ARCHIVE_FATAL;
    offset_ = static_cast<std::uint64_t>(target);
    return target;
  }

  int fd_ = -1;
  std::string_view memory_;
  std::uint64_t size_ = 0, offset_ = 0, header_bytes_ = 0;
  bool in_header_ = true;
  std::array<char, 65536> buffer_{};
};

struct ArchiveReader::State {
  State(Input source, Format kind) : input(source), format(kind), handle(::archive_read_new(), &::archive_read_free) {}
  Input input;
  Format format;
  std::unique_ptr<archive, int (*)(archive*)> handle;
  std::uint64_t unpacked = 0, entries = 0;
  std::int64_t position = 0;  // in the present entry
  bool has_data = false;      // the present entry may have bytes that were not read
  bool checked = false;       // they are wanted

  [[noreturn]] void fail() const {
    if (input.header_too_long()) throw ArchiveError("its archive has an endless directory or header");
    const char* const why = ::archive_error_string(handle.get());
    throw ArchiveError(
        entries == 0 && why == nullptr
            ? std::string("its archive can't be read")
            : fmt::format("its archive is cut off or damaged{}{}",
                          entries > 0 ? fmt::format(" after {}", counted(entries, "entry", "entries")) : "",
                          why != nullptr ? fmt::format(" ({})", escape_for_terminal(why)) : ""));
  }
};

ArchiveReader::ArchiveReader(int fd, Format format, const ArchiveBounds& bounds)
    : bounds_(bounds), state_(std::make_unique<State>(Input(fd), format)) {
  open();
}

ArchiveReader::ArchiveReader(std::string_view bytes, Format format, const ArchiveBounds& bounds)
    : bounds_(bounds), state_(std::make_unique<State>(Input(bytes), format)) {
  open();
}

ArchiveReader::~ArchiveReader() = default;

void ArchiveReader::open() {
  const Format format = state_->format;
  const Utf8Names names;
  archive* const handle = state_->handle.get();
  // By the directory at a zip's end, as every other program reads it: what only local headers say is not in the archive.
  if (format == Format::zip) ::archive_read_support_format_zip_seekable(handle);
  if (format == Format::tar) {
    ::archive_read_support_format_tar(handle);
    ::archive_read_support_filter_gzip(handle);
  }
  ::archive_read_set_read_callback(handle, &Input::read);
  if (format == Format::zip) ::archive_read_set_seek_callback(handle, &Input::seek);
  ::archive_read_set_callback_data(handle, &state_->input);
  if (::archive_read_open1(handle) != ARCHIVE_OK) state_->fail();
}

void ArchiveReader::count_unpacked(std::uint64_t bytes) {
  state_->unpacked += bytes;
  if (state_->unpacked > bounds_.unpacked_bytes) {
    throw ArchiveError(fmt::format("its archive unpacks to more than {}", humanize_bytes(bounds_.unpacked_bytes)));
  }
  if (state_->unpacked > ratio_matters_from && state_->unpacked / bounds_.ratio > state_->input.size()) {
    throw ArchiveError(fmt::format("its archive unpacks to more than {} times its size", bounds_.ratio));
  }
}

// Not archive_read_data_skip(): that would inflate any amount of data without a bound.
void ArchiveReader::drain() {
  while (!read().empty()) {
  }
}

bool ArchiveReader::next(ArchiveEntry& out) {
  if (state_->has_data) drain();
  const Utf8Names names;
  archive_entry* entry = nullptr;
  state_->input.begin_header();
  const int status = ::archive_read_next_header(state_->handle.get(), &entry);
  state_->input.end_header();
  if (status == ARCHIVE_EOF) return false;
  // A warning is about attributes that are not wanted here, or a name, which is judged by who takes it.
  if (status != ARCHIVE_OK && status != ARCHIVE_WARN) state_->fail();
  if (++state_->entries > bounds_.entries) {
    throw ArchiveError(fmt::format("its archive has more than {} entries", with_thousands(bounds_.entries)));
  }
  const char* const name = ::archive_entry_pathname(entry);
  out = {};
  out.name = name != nullptr ? name : "";
  out.executable = (::archive_entry_perm(entry) & 0111) != 0;
  if (::archive_entry_filetype(entry) == AE_IFDIR && ::archive_entry_hardlink(entry) == nullptr) {
    out.kind = ArchiveEntry::Kind::folder;
  } else {
    out.refusal = refusal_of(entry);
    // Rarer methods need decoders whose memory the archive itself chooses.
    const std::string_view format = ::archive_format_name(state_->handle.get());
    if (out.refusal.empty() && format.starts_with("ZIP") && format.find("(uncompressed)") == std::string_view::npos &&
        format.find("(deflation)") == std::string_view::npos) {
      out.refusal = fmt::format("compressed in a way that is not supported: {}", escape_for_terminal(format));
    }
    if (!out.refusal.empty()) out.kind = ArchiveEntry::Kind::other;
  }
  state_->position = 0;
  state_->checked = out.kind == ArchiveEntry::Kind::file;
  // In a zip the next entry is found by seeking, in a tar only behind the data of this one, whatever it is.
  state_->has_data = state_->checked || state_->format == Format::tar;
  return true;
}

std::string_view ArchiveReader::read() {
  while (state_->has_data) {
    const void* bytes = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int status = ::archive_read_data_block(state_->handle.get(), &bytes, &size, &offset);
    if (status == ARCHIVE_EOF) {
      state_->has_data = false;
      break;
    }
    if (status != ARCHIVE_OK) state_->fail();
    if (state_->checked && offset != state_->position) throw ArchiveError("its archive holds a file with holes");
    state_->position += static_cast<std::int64_t>(size);
    count_unpacked(size);
    if (size > 0) return {static_cast<const char*>(bytes), size};
  }
  return {};
}

}  // namespace echolab::submission
