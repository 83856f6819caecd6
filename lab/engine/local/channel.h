#pragma once
// What the controller and the lab process tell each other, over a SOCK_SEQPACKET pair: fixed messages, whole or not at
// all. Its end of file tells each that the other is gone.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "lab/base/file.h"

namespace echolab::engine::local {

// To the lab process. A start carries two descriptors: standard output and standard error of what is started.
struct Order {
  enum class Kind : std::uint32_t { ids_mapped, start_capture, start_node, signal_capture, signal_node } kind{};
  std::uint32_t index = 0;  // into the plan's captures or nodes
  std::int32_t signal = 0;
};

// From the lab process and, until their programs run, from the nodes.
struct Report {
  enum class Kind : std::uint32_t {
    networks_ready,
    lab_failed,    // text: why
    node_started,  // everything is set up, exec follows
    node_failed,   // text: why
    node_ended,    // status as of waitpid(2)
    capture_failed,
    capture_ended,
  } kind{};
  std::uint32_t index = 0;
  std::int32_t status = 0;
  std::array<char, 240> text{};  // ends with a zero

  void set_text(std::string_view words);
};

class Channel {
 public:
  explicit Channel(UniqueFd socket) : socket_(std::move(socket)) {}
  int fd() const { return socket_.get(); }

  // False when there is no room now; the descriptors stay the caller's. Throws EnvironmentError when the lab is gone.
  bool try_order(const Order& order, const std::array<int, 2>* descriptors = nullptr) const;
  // nullopt: nothing (yet), or with *ended the other side is gone.
  std::optional<Report> try_report(bool* ended) const;

  // Blocking, for the lab process. nullopt: the controller is gone.
  std::optional<Order> next_order(std::array<UniqueFd, 2>& descriptors) const;
  void report(const Report& report) const noexcept;

 private:
  UniqueFd socket_;
};

}  // namespace echolab::engine::local
