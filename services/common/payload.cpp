#include "services/common/payload.h"

#include <algorithm>
#include <utility>

namespace echo {

namespace {

// SplitMix64 (Steele, Lea, Flood 2014): output n depends only on state + n × gamma, so that any word can be computed
// without those before it.
constexpr std::uint64_t golden_gamma = 0x9E3779B97F4A7C15;
constexpr std::uint64_t message_gamma = 0xD1B54A32D192ED03;

std::uint64_t splitmix64_output(std::uint64_t state) {
  state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
  state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
  return state ^ (state >> 31);
}

void fill_random(std::uint64_t state, std::uint64_t offset, std::span<std::uint8_t> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const std::uint64_t position = offset + done;
    std::uint64_t word = splitmix64_output(state + (position / 8 + 1) * golden_gamma) >> (position % 8 * 8);
    const std::size_t count = std::min(out.size() - done, static_cast<std::size_t>(8 - position % 8));
    for (std::size_t i = 0; i < count; ++i, word >>= 8) out[done + i] = static_cast<std::uint8_t>(word);
    done += count;
  }
}

void fill_pattern(std::uint64_t first, std::span<std::uint8_t> out) {
  std::uint64_t value = first % 251;
  for (std::uint8_t& byte : out) {
    byte = static_cast<std::uint8_t>(value);
    value = value == 250 ? 0 : value + 1;
  }
}

}  // namespace

Payload Payload::text(std::vector<std::string> templates) {
  Payload payload;
  payload.kind_ = Kind::text;
  payload.texts_ = std::move(templates);
  return payload;
}

Payload Payload::bytes(std::vector<std::uint64_t> sizes, Fill fill, std::uint64_t seed) {
  Payload payload;
  payload.kind_ = Kind::bytes;
  payload.sizes_ = std::move(sizes);
  payload.fill_ = fill;
  payload.seed_ = seed;
  return payload;
}

Payload Payload::fixed(std::string content) {
  Payload payload;
  payload.texts_.push_back(std::move(content));
  return payload;
}

std::uint64_t Payload::cycle() const {
  return kind_ == Kind::bytes ? sizes_.size() : texts_.size();
}

std::uint64_t Payload::size(std::uint64_t client, std::uint64_t message) const {
  switch (kind_) {
    case Kind::text:
      return expand_template(texts_[(message - 1) % texts_.size()], client, message).size();
    case Kind::bytes:
      return sizes_[(message - 1) % sizes_.size()];
    case Kind::fixed:
      break;
  }
  return texts_.front().size();
}

void Payload::fill(std::uint64_t client, std::uint64_t message, std::uint64_t offset,
                   std::span<std::uint8_t> out) const {
  if (kind_ == Kind::bytes) {
    switch (fill_) {
      case Fill::zero:
        std::fill(out.begin(), out.end(), std::uint8_t{0});
        return;
      case Fill::pattern:
        return fill_pattern(offset + message, out);
      case Fill::random:
        return fill_random(seed_ + client * golden_gamma + message * message_gamma, offset, out);
    }
  }
  const std::string expanded =
      kind_ == Kind::text ? expand_template(texts_[(message - 1) % texts_.size()], client, message) : std::string();
  const std::string& whole = kind_ == Kind::text ? expanded : texts_.front();
  std::copy_n(whole.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
}

std::string expand_template(std::string_view text, std::uint64_t client, std::uint64_t message) {
  constexpr std::string_view message_name = "{message}", client_name = "{client}";
  std::string out;
  out.reserve(text.size() + 16);
  while (!text.empty()) {
    if (text.starts_with("{{") || text.starts_with("}}")) {
      out += text[0];
      text.remove_prefix(2);
    } else if (text.starts_with(message_name)) {
      out += std::to_string(message);
      text.remove_prefix(message_name.size());
    } else if (text.starts_with(client_name)) {
      out += std::to_string(client);
      text.remove_prefix(client_name.size());
    } else {
      out += text[0];
      text.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace echo
