// Payloads as docs/events.md defines them, written again from the document: what the judge expects must not come from
// the code that sends.
#include <cstdint>
#include <stdexcept>
#include <string>

#include "lab/plan/plan.h"
#include "lab/scenario/message_template.h"

namespace echolab::plan {

namespace {

// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t state) : state_(state) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return z ^ z >> 31;
  }

 private:
  std::uint64_t state_;
};

template <typename Items>
const auto& item_for(const Items& items, std::uint32_t message) {
  if (message == 0 || items.empty()) throw std::logic_error("messages are numbered from 1 and have content");
  return items[(message - 1) % items.size()];
}

std::string bytes_of(const BytePayload& payload, std::uint32_t client, std::uint32_t message) {
  std::string out(item_for(payload.sizes, message), '\0');
  if (payload.fill == scenario::Fill::pattern) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<char>((i + message) % 251);
  } else if (payload.fill == scenario::Fill::random) {
    SplitMix64 random(payload.seed + client * 0x9E3779B97F4A7C15u + message * 0xD1B54A32D192ED03u);
    for (std::size_t i = 0; i < out.size();) {
      std::uint64_t word = random.next();
      for (int byte = 0; byte < 8 && i < out.size(); ++byte, word >>= 8) out[i++] = static_cast<char>(word & 0xff);
    }
  }
  return out;
}

}  // namespace

std::string payload_of(const Payload& payload, std::uint32_t client, std::uint32_t message) {
  if (const auto* const bytes = std::get_if<BytePayload>(&payload)) return bytes_of(*bytes, client, message);
  const std::string& text = item_for(std::get<TextPayload>(payload).templates, message);
  return scenario::fill_template(scenario::parse_template(text), false,
                                 [&](std::string_view name) -> std::optional<std::string> {
                                   if (name == "message") return std::to_string(message);
                                   if (name == "client") return std::to_string(client);
                                   return std::nullopt;
                                 });
}

std::uint64_t payload_size(const Payload& payload, std::uint32_t client, std::uint32_t message) {
  if (const auto* const bytes = std::get_if<BytePayload>(&payload)) return item_for(bytes->sizes, message);
  return payload_of(payload, client, message).size();
}

}  // namespace echolab::plan
