#include "lab/base/hash.h"

#include <nettle/sha2.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "lab/base/error.h"
#include "lab/base/file.h"
#include "lab/base/text.h"

namespace echolab {

struct Sha256::State {
  sha256_ctx context{};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  nettle_sha256_init(&state_->context);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::span<const std::uint8_t> bytes) {
  nettle_sha256_update(&state_->context, bytes.size(), bytes.data());
}
void Sha256::update(std::string_view bytes) {
  update(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}

std::string Sha256::hex() {
  std::array<std::uint8_t, 32> digest{};
  nettle_sha256_digest(&state_->context, digest.size(), digest.data());
  return to_hex(digest);
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.hex();
}

std::string sha256_hex_of_file(const std::filesystem::path& file) {
  const UniqueFd fd = open_for_reading(file);
  Sha256 hash;
  std::vector<std::uint8_t> buffer(256 * 1024);
  for (;;) {
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got == 0) return hash.hex();
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw EnvironmentError("read " + file.string(), errno_text(errno), "");
    hash.update(std::span(buffer.data(), static_cast<std::size_t>(got)));
  }
}

}  // namespace echolab
