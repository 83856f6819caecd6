#pragma once
// Which bytes a client sends: the rule of docs/events.md, "Payloads". Bytes are computed where they are needed, from any
// offset on, so that nobody holds whole payloads of thousands of clients.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace echo {

enum class Fill : std::uint8_t { zero, pattern, random };

class Payload {
 public:
  static Payload text(std::vector<std::string> templates);
  static Payload bytes(std::vector<std::uint64_t> sizes, Fill fill, std::uint64_t seed);
  static Payload fixed(std::string content);  // every message is the same bytes, as they are

  // Templates, sizes or contents: after so many messages the cycle begins again.
  std::uint64_t cycle() const;
  // message and client count from 1.
  std::uint64_t size(std::uint64_t client, std::uint64_t message) const;
  // Fills `out` with the bytes from `offset` on; offset + out.size() is at most size().
  void fill(std::uint64_t client, std::uint64_t message, std::uint64_t offset, std::span<std::uint8_t> out) const;

 private:
  enum class Kind : std::uint8_t { text, bytes, fixed };

  Kind kind_ = Kind::fixed;
  std::vector<std::string> texts_;
  std::vector<std::uint64_t> sizes_;
  Fill fill_ = Fill::random;
  std::uint64_t seed_ = 0;
};

// {message} and {client} filled in, {{ and }} made single; any other brace stays as it is.
std::string expand_template(std::string_view text, std::uint64_t client, std::uint64_t message);

}  // namespace echo
