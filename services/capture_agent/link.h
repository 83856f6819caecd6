#pragma once
// A network interface to send sentinels on, and the news about its carrier.

#include <cstdint>
#include <span>
#include <string>

#include "services/common/unique_fd.h"

namespace echo {

class Link {
 public:
  // Throws Failure when there is no such interface, or no right to open packet sockets.
  explicit Link(std::string name);

  const std::string& name() const { return name_; }
  bool loopback() const { return loopback_; }
  // A bridge whose ports are all gone, or not yet there, has no carrier and drops what is sent on it,
  // silently.
  bool running() const { return running_; }
  int news_fd() const { return news_.get(); }  // readable when links changed; then call read_news()
  void read_news();
  // Throws Failure. A frame without error may still be lost: only the capture tells.
  void send(std::span<const std::uint8_t> frame);

 private:
  std::string name_;
  int index_ = 0;
  bool running_ = false, loopback_ = false;
  UniqueFd packets_;
  UniqueFd news_;
};

}  // namespace echo
