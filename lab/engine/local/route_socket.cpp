#include "lab/engine/local/route_socket.h"

#include <sys/socket.h>

#include <cassert>
#include <cerrno>

#include "lab/engine/local/setup_failure.h"

namespace echolab::engine::local {

RouteSocket::RouteSocket() : socket_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)) {
  if (!socket_) throw SetupFailure("open a netlink socket", errno);
}

nlmsghdr* RouteSocket::begin(std::uint16_t type, std::uint16_t flags, const char* what) {
  finish_last();
  assert(used_ + 1024 <= buffer_.size());  // no request of ours is longer
  names_.push_back(what);
  last_ = mnl_nlmsg_put_header(buffer_.data() + used_);
  last_->nlmsg_type = type;
  last_->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
  last_->nlmsg_seq = static_cast<std::uint32_t>(names_.size());
  return last_;
}

void RouteSocket::finish_last() {
  if (last_ != nullptr) used_ += NLMSG_ALIGN(std::size_t{last_->nlmsg_len});
  last_ = nullptr;
}

void RouteSocket::send() {
  finish_last();
  if (::send(socket_.get(), buffer_.data(), used_, 0) < 0) throw SetupFailure("send to netlink", errno);
  used_ = 0;
  std::size_t open = names_.size();
  const std::vector<const char*> names = std::move(names_);
  names_.clear();
  alignas(nlmsghdr) std::array<char, 8192> answers;
  while (open > 0) {
    const ssize_t length = ::recv(socket_.get(), answers.data(), answers.size(), 0);
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) throw SetupFailure("read from netlink", errno);
    int left = static_cast<int>(length);
    for (const auto* answer = reinterpret_cast<const nlmsghdr*>(answers.data()); mnl_nlmsg_ok(answer, left);
         answer = mnl_nlmsg_next(answer, &left)) {
      if (answer->nlmsg_type != NLMSG_ERROR) continue;
      const auto* const error = static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(answer));
      if (error->error != 0) {
        const std::size_t index = answer->nlmsg_seq - 1;
        throw SetupFailure(index < names.size() ? names[index] : "netlink", -error->error);
      }
      --open;
    }
  }
}

}  // namespace echolab::engine::local
