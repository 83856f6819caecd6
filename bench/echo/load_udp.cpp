#include <arpa/inet.h>
#include <endian.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "bench/echo/load.h"
#include "bench/echo/pattern.h"
#include "lab/base/file.h"

namespace echolab::bench::load {

namespace {

constexpr unsigned batch = 64;
constexpr std::int64_t lost_after_ns = 50'000'000;
constexpr int buffer_wanted = 4 << 20;

// A datagram begins with a number that says everything about its bytes: which slot of its client sent it, and how many
// that slot had sent before. In sockperf's form flags and length follow; its server turns the flag "from a client" off.
struct Form {
  explicit Form(const Order& order) : size(order.size), sockperf(order.sockperf) {}

  std::size_t header() const { return sockperf ? 14 : 8; }
  void write(char* out, std::uint64_t number, const Pattern& pattern) const {
    const std::uint64_t wire = htobe64(number);
    std::memcpy(out, &wire, sizeof wire);
    if (sockperf) {
      const std::uint16_t flags = htons(3);  // from a client, and an answer is wanted
      const std::uint32_t length = htonl(static_cast<std::uint32_t>(size));
      std::memcpy(out + 8, &flags, sizeof flags);
      std::memcpy(out + 10, &length, sizeof length);
    }
    std::memcpy(out + header(), pattern.at(number * 131), size - header());
  }
  static std::uint64_t number_of(const char* datagram) {
    std::uint64_t wire = 0;
    std::memcpy(&wire, datagram, sizeof wire);
    return be64toh(wire);
  }
  bool is_right(const char* datagram, std::size_t got, std::uint64_t number, const Pattern& pattern) const {
    if (got != size) return false;
    if (sockperf) {
      const std::uint16_t flags = htons(2);
      const std::uint32_t length = htonl(static_cast<std::uint32_t>(size));
      if (std::memcmp(datagram + 8, &flags, sizeof flags) != 0) return false;
      if (std::memcmp(datagram + 10, &length, sizeof length) != 0) return false;
    }
    return std::memcmp(datagram + header(), pattern.at(number * 131), size - header()) == 0;
  }

  std::size_t size;
  bool sockperf;
};

// Room for one recvmmsg(2) or sendmmsg(2) on a connected socket.
struct Messages {
  explicit Messages(std::size_t room) : bytes(batch * room) {
    for (unsigned i = 0; i < batch; ++i) {
      vectors[i] = {bytes.data() + i * room, room};
      headers[i].msg_hdr.msg_iov = &vectors[i];
      headers[i].msg_hdr.msg_iovlen = 1;
    }
  }
  char* at(unsigned i) { return static_cast<char*>(vectors[i].iov_base); }

  std::vector<char> bytes;
  std::array<iovec, batch> vectors{};
  std::array<mmsghdr, batch> headers{};
};

struct Slot {
  std::uint32_t turn = 0;
  std::int64_t sent_at = 0;
};

struct Client {
  UniqueFd socket;
  std::vector<Slot> slots;
};

class UdpLoad {
 public:
  explicit UdpLoad(const Order& order)
      : order_(order), form_(order), loop_(::epoll_create1(EPOLL_CLOEXEC)), in_(order.size + 1), out_(order.size) {
    for (unsigned i = 0; i < order.sockets; ++i) {
      Client& client = clients_.emplace_back();
      client.socket = UniqueFd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
      for (const int option : {SO_RCVBUF, SO_SNDBUF}) {
        ::setsockopt(client.socket.get(), SOL_SOCKET, option, &buffer_wanted, sizeof buffer_wanted);
      }
      if (::connect(client.socket.get(), reinterpret_cast<const sockaddr*>(&order.server), sizeof order.server) != 0) {
        throw NoAnswer("no way to the server");
      }
      client.slots.resize(order.in_flight);
      epoll_event event{EPOLLIN, {.u32 = i}};
      ::epoll_ctl(loop_.get(), EPOLL_CTL_ADD, client.socket.get(), &event);
    }
  }

  Outcome run() {
    std::int64_t now = now_ns(), last_answer = now, looked_at = 0, begin = 0, end = now + patience_ns;
    while (now < end) {
      // Also what makes the first datagrams go out, and again, until the server is there.
      if (now - looked_at > lost_after_ns / 2) send_lost(looked_at = now);
      std::array<epoll_event, 64> events;
      const int count = ::epoll_wait(loop_.get(), events.data(), events.size(), lost_after_ns / 2'000'000);
      now = now_ns();
      for (int i = 0; i < count; ++i) {
        if (receive(clients_[events[static_cast<std::size_t>(i)].data.u32], now)) last_answer = now;
      }
      if (now - last_answer > patience_ns) throw NoAnswer("the server does not answer");
      if (begin == 0 && answered_) {
        begin = now + warm_up_ns;
        end = begin + static_cast<std::int64_t>(order_.seconds * 1e9);
      }
      if (begin != 0 && !measuring_ && now >= begin) {
        measuring_ = true;
        begin = now;
      }
    }
    if (!measuring_) throw NoAnswer("the server does not answer");
    outcome_.seconds = static_cast<double>(now - begin) / 1e9;
    return outcome_;
  }

 private:
  static std::uint64_t number(std::uint32_t slot, std::uint32_t turn) { return std::uint64_t{slot} << 32 | turn; }

  void queue(Client& client, std::uint32_t slot, std::int64_t now) {
    ++client.slots[slot].turn;
    client.slots[slot].sent_at = now;
    form_.write(out_.at(queued_++), number(slot, client.slots[slot].turn), pattern_);
    if (queued_ == batch) send_queued(client);
  }

  // What the socket does not take is found lost later.
  void send_queued(const Client& client) {
    if (queued_ == 1) {
      ::send(client.socket.get(), out_.at(0), order_.size, MSG_DONTWAIT);
    } else if (queued_ > 1) {
      ::sendmmsg(client.socket.get(), out_.headers.data(), queued_, MSG_DONTWAIT);
    }
    queued_ = 0;
  }

  void send_lost(std::int64_t now) {
    for (Client& client : clients_) {
      for (std::uint32_t slot = 0; slot < client.slots.size(); ++slot) {
        if (now - client.slots[slot].sent_at < lost_after_ns) continue;
        if (measuring_) ++outcome_.lost;
        queue(client, slot, now);
      }
      send_queued(client);
    }
  }

  bool receive(Client& client, std::int64_t now) {
    const int got =
        ::recvmmsg(client.socket.get(), in_.headers.data(), std::min(batch, order_.in_flight), MSG_DONTWAIT, nullptr);
    if (got <= 0) return false;  // also when nobody listens yet (ECONNREFUSED)
    now = now_ns();
    for (unsigned i = 0; i < static_cast<unsigned>(got); ++i) take(client, in_.at(i), in_.headers[i].msg_len, now);
    send_queued(client);
    return true;
  }

  void take(Client& client, const char* datagram, std::size_t length, std::int64_t now) {
    const std::uint64_t got = length < form_.header() ? 0 : Form::number_of(datagram);
    const auto slot = static_cast<std::uint32_t>(got >> 32), turn = static_cast<std::uint32_t>(got);
    if (slot >= client.slots.size() || turn == 0 || turn > client.slots[slot].turn ||
        !form_.is_right(datagram, length, got, pattern_)) {
      ++outcome_.wrong;
      return;
    }
    if (turn < client.slots[slot].turn) return;  // was given up
    answered_ = true;
    if (measuring_) {
      ++outcome_.echoes;
      outcome_.round_trips.add(now - client.slots[slot].sent_at);
    }
    queue(client, slot, now);
  }

  const Order& order_;
  Form form_;
  UniqueFd loop_;
  Pattern pattern_;
  Messages in_, out_;
  unsigned queued_ = 0;
  std::vector<Client> clients_;
  Outcome outcome_;
  bool answered_ = false, measuring_ = false;
};

}  // namespace

Outcome datagrams(const Order& order) {
  return UdpLoad(order).run();
}

}  // namespace echolab::bench::load
