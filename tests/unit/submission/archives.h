#pragma once
// Archives made by hand, byte by byte where a writer would refuse.

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace echolab::submission::test {

inline void put(std::string& out, std::uint64_t value, int bytes) {  // little-endian
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

inline std::uint32_t crc_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

// One entry of a zip (APPNOTE.TXT 4.3), with what its headers claim.
struct ZipEntry {
  std::string name, content;
  std::uint32_t unix_mode = 0100644;
  std::uint16_t flags = 0, method = 0;      // method 8: content is raw deflate
  std::uint32_t claimed_size = 0xffffffff;  // unpacked; default: that of the content
  std::uint32_t crc = 0;
  bool utf8_name = false;
};

class ZipBuilder {
 public:
  ZipBuilder& add(ZipEntry entry) {
    if (entry.claimed_size == 0xffffffff) entry.claimed_size = static_cast<std::uint32_t>(entry.content.size());
    if (entry.crc == 0) entry.crc = crc_of(entry.content);
    if (entry.utf8_name) entry.flags |= 0x800;
    const std::size_t offset = file_.size();
    put(file_, 0x04034b50, 4);
    put(file_, 20, 2);
    common(file_, entry);
    file_ += entry.name + entry.content;
    put(directory_, 0x02014b50, 4);
    put(directory_, 0x0314, 2);  // made on Unix
    put(directory_, 20, 2);
    common(directory_, entry);
    put(directory_, 0, 2);  // comment
    put(directory_, 0, 2);  // disk
    put(directory_, 0, 2);
    put(directory_, std::uint64_t{entry.unix_mode} << 16, 4);
    put(directory_, offset, 4);
    directory_ += entry.name;
    ++count_;
    return *this;
  }
  ZipBuilder& add(const std::string& name, const std::string& content) { return add(ZipEntry{name, content}); }

  std::string bytes() const {
    std::string out = file_ + directory_;
    put(out, 0x06054b50, 4);
    put(out, 0, 4);
    put(out, count_, 2);
    put(out, count_, 2);
    put(out, directory_.size(), 4);
    put(out, file_.size(), 4);
    put(out, 0, 2);
    return out;
  }

 private:
  static void common(std::string& out, const ZipEntry& entry) {
    put(out, entry.flags, 2);
    put(out, entry.method, 2);
    put(out, 0, 4);  // time
    put(out, entry.crc, 4);
    put(out, entry.content.size(), 4);
    put(out, entry.claimed_size, 4);
    put(out, entry.name.size(), 2);
    put(out, 0, 2);  // extra
  }

  std::string file_, directory_;
  std::uint64_t count_ = 0;
};

// What deflate makes of it, without a zlib header.
inline std::string deflated(std::string_view bytes) {
  z_stream stream{};
  ::deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  std::string out(::deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

// A tar written by libarchive, as students' tools do.
class TarBuilder {
 public:
  explicit TarBuilder(bool gzip = false) : handle_(::archive_write_new()) {
    ::archive_write_set_format_pax_restricted(handle_);
    if (gzip) ::archive_write_add_filter_gzip(handle_);
    ::archive_write_set_bytes_in_last_block(handle_, 1);
    ::archive_write_open(handle_, &bytes_, nullptr, &write, nullptr);
  }
  TarBuilder(const TarBuilder&) = delete;
  TarBuilder& operator=(const TarBuilder&) = delete;
  ~TarBuilder() { ::archive_write_free(handle_); }

  TarBuilder& add(const std::string& name, std::string_view content, unsigned mode = 0644, unsigned type = AE_IFREG) {
    return add_entry(name, content, mode, type, "", "");
  }
  TarBuilder& symlink(const std::string& name, const std::string& target) {
    return add_entry(name, "", 0777, AE_IFLNK, target, "");
  }
  TarBuilder& hard_link(const std::string& name, const std::string& target) {
    return add_entry(name, "", 0644, AE_IFREG, "", target);
  }
  const std::string& bytes() {
    ::archive_write_close(handle_);
    return bytes_;
  }

 private:
  static la_ssize_t write(archive*, void* out, const void* bytes, std::size_t size) {
    static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), size);
    return static_cast<la_ssize_t>(size);
  }
  TarBuilder& add_entry(const std::string& name, std::string_view content, unsigned mode, unsigned type,
                        const std::string& symlink, const std::string& hard_link) {
    archive_entry* const entry = ::archive_entry_new();
    ::archive_entry_set_pathname(entry, name.c_str());
    ::archive_entry_set_filetype(entry, type);
    ::archive_entry_set_perm(entry, static_cast<mode_t>(mode));
    ::archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    if (!symlink.empty()) ::archive_entry_set_symlink(entry, symlink.c_str());
    if (!hard_link.empty()) ::archive_entry_set_hardlink(entry, hard_link.c_str());
    ::archive_write_header(handle_, entry);
    ::archive_write_data(handle_, content.data(), content.size());
    ::archive_entry_free(entry);
    return *this;
  }

  archive* handle_;
  std::string bytes_;
};

}  // namespace echolab::submission::test
