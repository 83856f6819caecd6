#pragma once
// A daemon that says what a test wants: a unix socket, one thread, one scripted answer per request.

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

#include "lab/base/file.h"

namespace echolab::test {

class FakeDaemon {
 public:
  // Writes the answer to one request to `fd`; the connection is closed afterwards.
  using Script = std::function<void(int fd, const std::string& request)>;

  explicit FakeDaemon(Script script) : script_(std::move(script)) {
    std::string pattern = "/tmp/echolab-daemon-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
    listener_ = UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) std::abort();
    ::listen(listener_.get(), 16);
    thread_ = std::thread([this] { serve(); });
  }
  FakeDaemon(const FakeDaemon&) = delete;
  FakeDaemon& operator=(const FakeDaemon&) = delete;
  ~FakeDaemon() {
    ::shutdown(listener_.get(), SHUT_RDWR);  // wakes accept
    thread_.join();
    std::filesystem::remove_all(folder_);
  }

  std::string path() const { return folder_ + "/docker.sock"; }
  // False once the peer is gone: an endless answer stops there.
  static bool send(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // Until the peer hangs up: an answer that never comes.
  static void wait_for_hang_up(int fd) {
    pollfd poll_fd{fd, POLLIN | POLLRDHUP, 0};
    ::poll(&poll_fd, 1, -1);
  }

 private:
  void serve() {
    for (;;) {
      const UniqueFd peer(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!peer) return;
      std::string request(65536, '\0');
      const ssize_t length = ::recv(peer.get(), request.data(), request.size(), 0);
      if (length <= 0) continue;
      request.resize(static_cast<std::size_t>(length));
      script_(peer.get(), request);
    }
  }

  Script script_;
  std::string folder_;
  UniqueFd listener_;
  std::thread thread_;
};

}  // namespace echolab::test
