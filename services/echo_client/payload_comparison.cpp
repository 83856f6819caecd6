#include "services/echo_client/payload_comparison.h"

#include <algorithm>
#include <array>

namespace echo {

std::optional<std::uint64_t> first_difference(const Payload& payload, std::uint64_t client, std::uint64_t message,
                                              std::uint64_t offset, std::span<const std::uint8_t> bytes) {
  std::array<std::uint8_t, 8192> expected;
  for (std::size_t done = 0; done < bytes.size();) {
    const std::size_t size = std::min(expected.size(), bytes.size() - done);
    payload.fill(client, message, offset + done, {expected.data(), size});
    const auto [ours, theirs] = std::mismatch(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(size),
                                              bytes.begin() + static_cast<std::ptrdiff_t>(done));
    const auto equal = static_cast<std::size_t>(ours - expected.begin());
    if (equal < size) return offset + done + equal;
    done += size;
  }
  return std::nullopt;
}

}  // namespace echo
