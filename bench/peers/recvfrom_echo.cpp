// What a datagram echo looks like in a first lecture: one recvfrom(2), one sendto(2).
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
  const int size = 4 << 20;
  ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argv[1])));
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) return 1;
  std::puts("ready");
  std::fflush(stdout);
  std::vector<char> buffer(65536);
  for (;;) {
    sockaddr_in peer{};
    socklen_t length = sizeof peer;
    const ssize_t got = ::recvfrom(fd, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&peer), &length);
    if (got < 0) continue;
    ::sendto(fd, buffer.data(), static_cast<std::size_t>(got), 0, reinterpret_cast<const sockaddr*>(&peer), length);
  }
}
