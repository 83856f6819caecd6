#pragma once
// What the controller and the lab process tell each other, over a SOCK_SEQPACKET pair: fixed messages, whole or not at
// all. Its end of file tells each that the other is gone.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

#include "lab/base/file.h"

namespace echolab::engine::local {

// What a program is started with: its standard output, its standard error, and a pipe that closes with its exec.
using StreamEnds = std::array<int, 3>;
using Output = std::array<UniqueFd, std::tuple_size_v<StreamEnds>>;

// To the lab process. A start carries the descriptors of StreamEnds.
struct Order {
  enum class Kind : std::uint32_t { ids_mapped, start_capture, start_node, signal_capture, signal_node } kind{};
  std::uint32_t index = 0;  // into the plan's captures or nodes
  std::int32_t signal = 0;
};

// From the lab process and, until their programs run, from the nodes.
struct Report {
  enum class Kind : std::uint32_t {
    networks_ready,
    lab_failed,   // text: why
    node_failed,  // text: why
    node_ended,   // status as of waitpid(2)
    capture_failed,
    capture_ended,
  } kind{};
  std::uint32_t index = 0;
  std::int32_t status = 0;
  std::array<char, 240> text{};  // ends with a zero

  void add_text(std::string_view words);  // as much as there is room for; does not allocate
};

class Channel {
 public:
  explicit Channel(UniqueFd socket) : socket_(std::move(socket)) {}
  int fd() const { return socket_.get(); }

  // False when there is no room now; the descriptors stay the caller's. Throws EnvironmentError when the lab is gone.
  bool try_order(const Order& order, const StreamEnds* descriptors = nullptr) const;
  // nullopt: nothing (yet), or with *ended the other side is gone.
  std::optional<Report> try_report(bool* ended) const;

  // Blocking, for the lab process. nullopt: the controller is gone.
  std::optional<Order> next_order(Output& descriptors) const;
  void report(const Report& report) const noexcept;

 private:
  UniqueFd socket_;
};

}  // namespace echolab::engine::local
