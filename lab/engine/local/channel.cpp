#include "lab/engine/local/channel.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "lab/base/error.h"

namespace echolab::engine::local {

void Report::add_text(std::string_view words) {
  const std::size_t used = ::strnlen(text.data(), text.size() - 1);
  words.copy(text.data() + used, text.size() - 1 - used);
}

bool Channel::try_order(const Order& order, const StreamEnds* descriptors) const {
  Order copy = order;
  iovec bytes{&copy, sizeof copy};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(StreamEnds))> control{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  if (descriptors != nullptr) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(StreamEnds));
    std::memcpy(CMSG_DATA(header), descriptors->data(), sizeof(StreamEnds));
  }
  while (::sendmsg(socket_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
    if (errno == EINTR) continue;
    // ETOOMANYREFS: the kernel bounds the descriptors that are on their way; the lab process takes them out.
    if (errno == EAGAIN || errno == ETOOMANYREFS) return false;
    throw EnvironmentError("reach the lab process", errno_text(errno), "");
  }
  return true;
}

std::optional<Report> Channel::try_report(bool* ended) const {
  Report report;
  ssize_t length = 0;
  while ((length = ::recv(socket_.get(), &report, sizeof report, MSG_DONTWAIT)) < 0 && errno == EINTR) {
  }
  if (length == static_cast<ssize_t>(sizeof report)) return report;
  *ended = length >= 0 || errno != EAGAIN;
  return std::nullopt;
}

std::optional<Order> Channel::next_order(Output& descriptors) const {
  Order order;
  iovec bytes{&order, sizeof order};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(StreamEnds))> control{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t length = 0;
  while ((length = ::recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
  }
  if (length != static_cast<ssize_t>(sizeof order)) return std::nullopt;
  const cmsghdr* const header = CMSG_FIRSTHDR(&message);
  if (header != nullptr && header->cmsg_type == SCM_RIGHTS && header->cmsg_len == CMSG_LEN(sizeof(StreamEnds))) {
    StreamEnds numbers{};
    std::memcpy(numbers.data(), CMSG_DATA(header), sizeof numbers);
    for (std::size_t i = 0; i < numbers.size(); ++i) descriptors[i] = UniqueFd(numbers[i]);
  }
  return order;
}

void Channel::report(const Report& report) const noexcept {
  // Should the controller be gone, this process goes too.
  while (::send(socket_.get(), &report, sizeof report, MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
}

}  // namespace echolab::engine::local
