#include "lab/picture/png_file.h"

#include <png.h>
#include <zlib.h>

#include <array>
#include <csetjmp>
#include <stdexcept>
#include <string>

#include "lab/base/file.h"

namespace echolab::picture {

struct PngFile::State {
  PendingFile pending;
  UniqueFd file;
  std::filesystem::path name;
  std::string encoded;  // not yet written
  std::string error;
  png_structp png = nullptr;
  png_infop info = nullptr;

  explicit State(const std::filesystem::path& target)
      : pending(target), file(create_file(pending.temporary())), name(target) {}
  State(const State&) = delete;
  ~State() { png_destroy_write_struct(&png, &info); }

  // libpng leaves a failed call by longjmp to here; nothing in `call` needs a destructor. What can throw, the writing of
  // the file, is done between the calls.
  template <typename Call>
  void guarded(const Call& call) {
    if (setjmp(png_jmpbuf(png)) != 0) throw std::logic_error("libpng: " + error);
    call();
  }
  void write_encoded() {
    write_all(file.get(), encoded, name);
    encoded.clear();
  }

  static void on_error(png_structp png, png_const_charp message) {
    static_cast<State*>(png_get_error_ptr(png))->error = message;
    png_longjmp(png, 1);
  }
  static void on_data(png_structp png, png_bytep data, png_size_t size) {
    static_cast<State*>(png_get_io_ptr(png))->encoded.append(reinterpret_cast<const char*>(data), size);
  }
};

PngFile::PngFile(const std::filesystem::path& file, int width, int height) : state_(std::make_unique<State>(file)) {
  State& state = *state_;
  state.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &state, &State::on_error, nullptr);
  if (state.png != nullptr) state.info = png_create_info_struct(state.png);
  if (state.info == nullptr) throw std::bad_alloc();
  state.guarded([&] {
    png_set_write_fn(state.png, &state, &State::on_data, nullptr);
    png_set_IHDR(state.png, state.info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), 8,
                 PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    // Letters on plain colours: rows repeat as they are, so filters only cost time and size.
    png_set_filter(state.png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
    png_set_compression_level(state.png, 6);
    png_set_compression_strategy(state.png, Z_DEFAULT_STRATEGY);
    std::array<char, 9> keyword{"Software"};
    std::array<char, 8> text{"echolab"};
    png_text software{};
    software.compression = PNG_TEXT_COMPRESSION_NONE;
    software.key = keyword.data();
    software.text = text.data();
    software.text_length = text.size() - 1;
    png_set_text(state.png, state.info, &software, 1);
    png_write_info(state.png, state.info);
  });
}

PngFile::~PngFile() = default;

void PngFile::write_row(std::span<const std::uint8_t> pixels) {
  constexpr std::size_t enough = 64 * 1024;
  state_->guarded([&] { png_write_row(state_->png, pixels.data()); });
  if (state_->encoded.size() >= enough) state_->write_encoded();
}

void PngFile::publish() {
  state_->guarded([&] { png_write_end(state_->png, state_->info); });
  state_->write_encoded();
  state_->file.reset();
  state_->pending.publish();
}

}  // namespace echolab::picture
