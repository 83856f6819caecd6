#include "lab/submission/picture_pixels.h"

#include <png.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstring>
#include <vector>

namespace echolab::submission {

namespace {

// A row of the widest picture, with four channels.
constexpr std::size_t row_bytes = std::size_t{most_side} * 4;

// Everything that a longjmp() out of libpng must find intact lives here, outside the function that calls setjmp().
struct Decoding {
  std::string_view bytes;
  PixelFacts facts;
  std::vector<png_byte> row = std::vector<png_byte>(row_bytes);
  std::vector<std::uint32_t> colours = std::vector<std::uint32_t>(std::size_t{1} << 15);  // five bits of each channel
  std::array<int, 3> lowest{255, 255, 255}, highest{0, 0, 0};
  std::array<char, 160> error{};
  png_struct* png = nullptr;
  png_info* info = nullptr;

  Decoding() = default;
  Decoding(const Decoding&) = delete;
  Decoding& operator=(const Decoding&) = delete;
  ~Decoding() { png_destroy_read_struct(&png, &info, nullptr); }
};

[[noreturn]] void on_error(png_struct* png, const char* message) {
  auto* const decoding = static_cast<Decoding*>(png_get_error_ptr(png));
  std::strncpy(decoding->error.data(), message, decoding->error.size() - 1);
  png_longjmp(png, 1);
}

void on_warning(png_struct*, const char*) {}

void on_read(png_struct* png, png_byte* into, png_size_t size) {
  auto* const decoding = static_cast<Decoding*>(png_get_io_ptr(png));
  if (size > decoding->bytes.size()) png_error(png, "the file is cut off");
  std::memcpy(into, decoding->bytes.data(), size);
  decoding->bytes.remove_prefix(size);
}

void count_row(Decoding& decoding, std::size_t pixels) {
  for (std::size_t i = 0; i < pixels; ++i) {
    const png_byte* const pixel = decoding.row.data() + i * 3;
    for (std::size_t channel = 0; channel < 3; ++channel) {
      decoding.lowest[channel] = std::min<int>(decoding.lowest[channel], pixel[channel]);
      decoding.highest[channel] = std::max<int>(decoding.highest[channel], pixel[channel]);
    }
    const unsigned red = pixel[0], green = pixel[1], blue = pixel[2];
    ++decoding.colours[red >> 3 << 10 | green >> 3 << 5 | blue >> 3];
  }
}

bool has_allowed_size(const PixelFacts& facts) {
  return facts.width >= least_width && facts.height >= least_height && facts.width <= most_side &&
         facts.height <= most_side;
}

// No object with a destructor may be alive here when libpng jumps. False when it did.
bool decode(Decoding& decoding) {
  png_struct* const png = decoding.png;
  png_info* const info = decoding.info;
  if (setjmp(png_jmpbuf(png)) != 0) return false;  // NOLINT
  // What is larger is told by name below, so libpng's own limit must not come first; nothing is allocated for it.
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_chunk_malloc_max(png, 1u << 20);
  png_set_chunk_cache_max(png, 16);
  // Text, colour profiles and the like say nothing here, and are where decoders are attacked.
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  png_set_read_fn(png, &decoding, on_read);
  png_read_info(png, info);
  decoding.facts.width = png_get_image_width(png, info);
  decoding.facts.height = png_get_image_height(png, info);
  if (!has_allowed_size(decoding.facts)) return true;
  png_set_expand(png);
  png_set_scale_16(png);
  png_set_gray_to_rgb(png);
  png_set_strip_alpha(png);
  const bool interlaced = png_get_interlace_type(png, info) == PNG_INTERLACE_ADAM7;
  png_read_update_info(png, info);
  if (png_get_rowbytes(png, info) > row_bytes || png_get_channels(png, info) != 3) png_error(png, "unexpected pixels");
  const auto width = static_cast<int>(decoding.facts.width), height = static_cast<int>(decoding.facts.height);
  // Each pass of an interlaced picture is a smaller picture of its own; together they hold every pixel once.
  for (int pass = 0; pass < (interlaced ? PNG_INTERLACE_ADAM7_PASSES : 1); ++pass) {
    const int columns = interlaced ? PNG_PASS_COLS(width, pass) : width;
    const int rows = interlaced ? PNG_PASS_ROWS(height, pass) : height;
    for (int i = 0; columns > 0 && i < rows; ++i) {
      png_read_row(png, decoding.row.data(), nullptr);
      count_row(decoding, static_cast<std::size_t>(columns));
    }
  }
  return true;
}

}  // namespace

PixelFacts examine_png(std::string_view bytes) {
  Decoding decoding;
  decoding.bytes = bytes;
  decoding.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoding, on_error, on_warning);
  if (decoding.png != nullptr) decoding.info = png_create_info_struct(decoding.png);
  if (decoding.info == nullptr) throw std::bad_alloc();
  if (!decode(decoding)) {
    decoding.facts.fault = decoding.error.data();
    if (decoding.facts.fault.empty()) decoding.facts.fault = "unknown";
    return decoding.facts;
  }
  decoding.facts.most_frequent = *std::max_element(decoding.colours.begin(), decoding.colours.end());
  for (std::size_t channel = 0; channel < 3; ++channel) {
    decoding.facts.spread = std::max(decoding.facts.spread, decoding.highest[channel] - decoding.lowest[channel]);
  }
  return decoding.facts;
}

}  // namespace echolab::submission
