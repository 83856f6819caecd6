#pragma once
// A PNG file written row by row: 8 bits each of red, green and blue.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace echolab::picture {

class PngFile {
 public:
  // Under a temporary name until publish(). Throws EnvironmentError, as all members do.
  PngFile(const std::filesystem::path& file, int width, int height);
  PngFile(const PngFile&) = delete;
  ~PngFile();

  void write_row(std::span<const std::uint8_t> pixels);  // 3 bytes per pixel, exactly `height` times
  void publish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace echolab::picture
