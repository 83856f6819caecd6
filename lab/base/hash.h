#pragma once
// Digests of evidence. SHA-256 (FIPS 180-4) through Nettle: the first digest through OpenSSL 3 costs 2 MiB of
// memory, its tables of everything it can do.

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace echolab {

// Incremental SHA-256.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void update(std::span<const std::uint8_t> bytes);
  void update(std::string_view bytes);
  std::string hex();  // finishes; 64 lower-case digits

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view bytes);
// Reads the file in pieces; throws EnvironmentError when it cannot be read.
std::string sha256_hex_of_file(const std::filesystem::path& file);

}  // namespace echolab
