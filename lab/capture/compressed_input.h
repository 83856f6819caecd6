#pragma once

#include <memory>

#include "lab/capture/byte_source.h"

namespace echolab::capture {

// Undo gzip or zstd over `input`; `first` are bytes already read from it, copied. Several members or frames in a row
// count as one stream. Bad compressed data throws CaptureError, an early end sets cut().
std::unique_ptr<ByteInput> make_gzip_input(std::unique_ptr<ByteInput> input, Bytes first);
std::unique_ptr<ByteInput> make_zstd_input(std::unique_ptr<ByteInput> input, Bytes first);

}  // namespace echolab::capture
