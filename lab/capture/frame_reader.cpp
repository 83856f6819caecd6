#include "lab/capture/frame_reader.h"

#include "lab/capture/byte_order.h"
#include "lab/capture/pcapng_blocks.h"

namespace echolab::capture {

FrameReader::FrameReader(const std::filesystem::path& file) : source_(file) {
  open();
}
FrameReader::FrameReader(Bytes memory) : source_(memory) {
  open();
}
FrameReader::~FrameReader() = default;

void FrameReader::open() {
  const Bytes magic = source_.peek(4);
  if (magic.empty() && !source_.cut()) throw CaptureError(0, "the file is empty");
  if (magic.size() < 4) {
    if (!source_.cut()) throw CaptureError(0, "too short to be a capture");
    facts_.truncated = true;  // a compressed file of which not even four bytes came out
  } else if (is_pcap_magic(magic)) {
    format_ = make_pcap_format(source_, facts_);
  } else if (load_le32(magic.data()) == pcapng::section_header) {
    format_ = make_pcapng_format(source_, facts_);
  } else {
    throw CaptureError(0, "neither pcap nor pcapng: the first four bytes are no magic number of theirs");
  }
}

bool FrameReader::next(Frame& frame) {
  if (format_ != nullptr && format_->next(frame)) {
    frame.number = ++number_;
    return true;
  }
  if (source_.cut()) facts_.truncated = true;
  return false;
}

}  // namespace echolab::capture
