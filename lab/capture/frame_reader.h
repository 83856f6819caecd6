#pragma once
// Frames of a capture file one by one, for who wants to pull them (to merge files) instead of being called.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "lab/capture/byte_source.h"
#include "lab/capture/capture.h"

namespace echolab::capture {

// What a file says about itself; grows while frames are read, within fixed bounds.
struct FileFacts {
  std::vector<Interface> interfaces;
  std::vector<std::string> comments;
  std::string application;  // that wrote the last section
  bool truncated = false;
};

// One file format's reader: pcap or pcapng.
class CaptureFormat {
 public:
  virtual ~CaptureFormat() = default;
  virtual bool next(Frame& frame) = 0;  // sets everything but the number
};

class FrameReader {
 public:
  // Throws EnvironmentError when the file can't be read, CaptureError when it is no capture.
  explicit FrameReader(const std::filesystem::path& file);
  explicit FrameReader(Bytes memory);  // borrowed while this lives
  FrameReader(const FrameReader&) = delete;
  FrameReader& operator=(const FrameReader&) = delete;
  ~FrameReader();

  // The next frame, its data valid until the next call; false at the end or the cut. Throws CaptureError.
  bool next(Frame& frame);

  const FileFacts& facts() const { return facts_; }

 private:
  void open();

  ByteSource source_;
  FileFacts facts_;
  std::unique_ptr<CaptureFormat> format_;
  std::uint64_t number_ = 0;
};

// Largest frame that is read: what libpcap captures at most is 256 KiB.
constexpr std::uint32_t max_captured_length = std::uint32_t{1} << 20;

std::unique_ptr<CaptureFormat> make_pcap_format(ByteSource& source, FileFacts& facts);
std::unique_ptr<CaptureFormat> make_pcapng_format(ByteSource& source, FileFacts& facts);
// Whether a file that begins with these four bytes is pcap; any byte order and resolution.
bool is_pcap_magic(Bytes four);

}  // namespace echolab::capture
