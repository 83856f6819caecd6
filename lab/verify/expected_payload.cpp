#include "lab/verify/expected_payload.h"

#include <xxhash.h>

#include <algorithm>

namespace echolab::verify {

namespace {

constexpr std::uint64_t golden_gamma = 0x9E3779B97F4A7C15u;
constexpr std::uint64_t message_factor = 0xD1B54A32D192ED03u;

// Word `index` of SplitMix64, whose state is a counter and so can be entered anywhere.
std::uint64_t splitmix_word(std::uint64_t start, std::uint64_t index) {
  std::uint64_t z = start + (index + 1) * golden_gamma;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

void fill_part(const plan::BytePayload& payload, std::uint32_t client, std::uint32_t message, std::uint64_t offset,
               std::span<std::uint8_t> out) {
  switch (payload.fill) {
    case scenario::Fill::zero:
      std::fill(out.begin(), out.end(), std::uint8_t{0});
      return;
    case scenario::Fill::pattern:
      for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = static_cast<std::uint8_t>((offset + i + message) % 251);
      }
      return;
    case scenario::Fill::random: {
      const std::uint64_t start = payload.seed + client * golden_gamma + message * message_factor;
      std::uint64_t word = 0, word_index = ~std::uint64_t{0};
      for (std::size_t i = 0; i < out.size(); ++i) {
        const std::uint64_t position = offset + i;
        if (position / 8 != word_index) {
          word_index = position / 8;
          word = splitmix_word(start, word_index);
        }
        out[i] = static_cast<std::uint8_t>(word >> (8 * (position % 8)));
      }
      return;
    }
  }
}

}  // namespace

std::uint64_t payload_hash(Bytes bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::uint64_t ExpectedPayload::size(std::uint32_t message) const {
  return plan::payload_size(exchange_->payload, exchange_->client, message);
}

std::optional<std::uint64_t> ExpectedPayload::difference(std::uint32_t message, std::uint64_t offset,
                                                         Bytes bytes) const {
  const auto* fill = std::get_if<plan::BytePayload>(&exchange_->payload);
  std::string text;
  if (fill == nullptr) text = plan::payload_of(exchange_->payload, exchange_->client, message);
  const std::uint64_t whole = fill != nullptr ? size(message) : text.size();
  const std::uint64_t room = whole - std::min(whole, offset);
  const std::uint64_t common = std::min<std::uint64_t>(room, bytes.size());
  if (fill == nullptr) {
    const auto* expected = reinterpret_cast<const std::uint8_t*>(text.data()) + std::min(whole, offset);
    const auto [at, unused] =
        std::mismatch(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(common), expected);
    if (at != bytes.begin() + static_cast<std::ptrdiff_t>(common)) {
      return static_cast<std::uint64_t>(at - bytes.begin());
    }
  } else {
    std::uint8_t piece[256];
    for (std::uint64_t done = 0; done < common;) {
      const std::size_t count = std::min<std::size_t>(sizeof piece, static_cast<std::size_t>(common - done));
      fill_part(*fill, exchange_->client, message, offset + done, {piece, count});
      for (std::size_t i = 0; i < count; ++i) {
        if (piece[i] != bytes[static_cast<std::size_t>(done) + i]) return done + i;
      }
      done += count;
    }
  }
  if (common < bytes.size()) return common;
  return std::nullopt;
}

bool ExpectedPayload::equals(std::uint32_t message, Bytes bytes, std::uint64_t length) const {
  return size(message) == length && !difference(message, 0, bytes);
}

std::string ExpectedPayload::part(std::uint32_t message, std::uint64_t offset, std::uint64_t count) const {
  const auto* fill = std::get_if<plan::BytePayload>(&exchange_->payload);
  if (fill == nullptr) {
    const std::string text = plan::payload_of(exchange_->payload, exchange_->client, message);
    return text.substr(std::min<std::size_t>(static_cast<std::size_t>(offset), text.size()),
                       static_cast<std::size_t>(count));
  }
  const std::uint64_t whole = size(message);
  std::string out(static_cast<std::size_t>(std::min(count, whole - std::min(whole, offset))), '\0');
  fill_part(*fill, exchange_->client, message, offset, {reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
  return out;
}

}  // namespace echolab::verify
