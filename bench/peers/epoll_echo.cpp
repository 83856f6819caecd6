// The floor: what the system calls of an echo cost. A bare epoll loop that ignores every error, logs nothing, keeps no
// bytes that a peer did not take, and answers datagrams from whatever address the routing table likes.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

constexpr unsigned batch = 32;
constexpr std::size_t stream_buffer = 65536, datagram_buffer = 65536;

int bound_socket(int type, std::uint16_t port) {
  const int fd = ::socket(AF_INET, type | SOCK_NONBLOCK, 0);
  const int on = 1, size = 4 << 20;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (type == SOCK_DGRAM) {
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  }
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) std::exit(1);
  if (type == SOCK_STREAM) ::listen(fd, 4096);
  return fd;
}

void watch(int loop, int fd) {
  epoll_event event{EPOLLIN, {.fd = fd}};
  ::epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event);
}

// Waits for a peer that is slow: else the echo would not be whole.
void send_whole(int fd, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = ::send(fd, bytes, size, MSG_NOSIGNAL);
    if (sent < 0) {
      pollfd wait{fd, POLLOUT, 0};
      if (errno != EAGAIN || ::poll(&wait, 1, 1000) <= 0) return;
      continue;
    }
    bytes += sent;
    size -= static_cast<std::size_t>(sent);
  }
}

// The headers are filled in once: the kernel only changes lengths.
struct Batch {
  std::vector<char> bytes = std::vector<char>(batch * datagram_buffer);
  std::array<sockaddr_in, batch> names{};
  std::array<iovec, batch> vectors{};
  std::array<mmsghdr, batch> messages{};

  Batch() {
    for (unsigned i = 0; i < batch; ++i) {
      vectors[i] = {bytes.data() + i * datagram_buffer, datagram_buffer};
      messages[i].msg_hdr.msg_name = &names[i];
      messages[i].msg_hdr.msg_namelen = sizeof names[i];
      messages[i].msg_hdr.msg_iov = &vectors[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
  }

  void echo(int fd) {
    const int count = ::recvmmsg(fd, messages.data(), batch, MSG_DONTWAIT, nullptr);
    if (count <= 0) return;
    for (int i = 0; i < count; ++i)
      vectors[static_cast<unsigned>(i)].iov_len = messages[static_cast<unsigned>(i)].msg_len;
    ::sendmmsg(fd, messages.data(), static_cast<unsigned>(count), MSG_DONTWAIT);
    for (int i = 0; i < count; ++i) vectors[static_cast<unsigned>(i)].iov_len = datagram_buffer;
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  const int listener = bound_socket(SOCK_STREAM, port), datagrams = bound_socket(SOCK_DGRAM, port);
  const int loop = ::epoll_create1(0);
  watch(loop, listener);
  watch(loop, datagrams);
  std::puts("ready");
  std::fflush(stdout);

  Batch messages;
  std::vector<char> buffer(stream_buffer);
  std::array<epoll_event, 256> events;
  for (;;) {
    const int count = ::epoll_wait(loop, events.data(), events.size(), -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == datagrams) {
        messages.echo(fd);
      } else if (fd == listener) {
        const int connection = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
        const int on = 1;
        ::setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(loop, connection);
      } else {
        const ssize_t size = ::recv(fd, buffer.data(), buffer.size(), 0);
        if (size <= 0) {
          ::close(fd);
        } else {
          send_whole(fd, buffer.data(), static_cast<std::size_t>(size));
        }
      }
    }
  }
}
