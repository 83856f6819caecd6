#pragma once
// Up to 32 datagrams received by one recvmmsg(2) and sent back by one sendmmsg(2), each from the address it was sent to.

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "services/common/endpoint.h"

namespace echo {

class DatagramBatch {
 public:
  static constexpr std::size_t capacity = 32;

  explicit DatagramBatch(const Endpoint& bound);

  // Number of datagrams, or -1 with errno. What was there before is forgotten.
  int receive(int socket);
  std::size_t size() const { return size_; }
  std::span<const std::uint8_t> bytes(std::size_t i) const { return {buffer(i), messages_[i].msg_len}; }
  const Endpoint& remote(std::size_t i) const { return remotes_[i]; }
  const Endpoint& local(std::size_t i) const { return locals_[i]; }  // the address it was sent to

  // Queues datagram i to be sent back. To be called in ascending order, after receive().
  void queue_answer(std::size_t i);
  std::size_t queued() const { return queued_; }
  std::size_t answered(std::size_t k) const { return answers_[k]; }  // which datagram answer k belongs to
  // Sends queued answers from the first-th on: how many went out, or -1 with errno.
  int send(int socket, std::size_t first);

 private:
  // Room for one in_pktinfo or in6_pktinfo.
  struct alignas(cmsghdr) Control {
    std::array<std::uint8_t, 64> bytes;
  };
  // The largest UDP payload is 65,507 bytes over IPv4 and 65,527 over IPv6 (without jumbograms).
  static constexpr std::size_t buffer_size = 65'535;

  std::uint8_t* buffer(std::size_t i) const { return buffers_.get() + i * buffer_size; }
  // Room i is there for the next datagram.
  void offer(std::size_t i);
  // The address the datagram came to; the control data is changed so that the answer leaves from there.
  Endpoint turn_round(msghdr& header) const;

  Endpoint bound_;
  std::unique_ptr<std::uint8_t[]> buffers_;
  std::array<sockaddr_storage, capacity> names_{};
  std::array<Control, capacity> controls_{};
  std::array<iovec, capacity> vectors_{};
  std::array<mmsghdr, capacity> messages_{}, answer_messages_{};
  std::array<std::size_t, capacity> answers_{};
  std::array<Endpoint, capacity> remotes_{}, locals_{};
  std::size_t size_ = 0, queued_ = 0;
};

}  // namespace echo
