#include "services/echo_server/datagram_batch.h"

#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace echo {

DatagramBatch::DatagramBatch(const Endpoint& bound)
    // Pages of large buffers are touched only when large datagrams come.
    : bound_(bound), buffers_(std::make_unique_for_overwrite<std::uint8_t[]>(capacity * buffer_size)) {
  for (std::size_t i = 0; i < capacity; ++i) offer(i);
}

void DatagramBatch::offer(std::size_t i) {
  vectors_[i] = {buffer(i), buffer_size};
  msghdr header{};
  header.msg_name = &names_[i];
  header.msg_namelen = sizeof names_[i];
  header.msg_iov = &vectors_[i];
  header.msg_iovlen = 1;
  header.msg_control = controls_[i].bytes.data();
  header.msg_controllen = controls_[i].bytes.size();
  messages_[i] = {header, 0};
}

int DatagramBatch::receive(int socket) {
  for (std::size_t i = 0; i < size_; ++i) offer(i);  // the others are as they were
  size_ = queued_ = 0;
  const int count = ::recvmmsg(socket, messages_.data(), capacity, MSG_DONTWAIT, nullptr);
  for (; size_ < static_cast<std::size_t>(std::max(count, 0)); ++size_) {
    remotes_[size_] = Endpoint::from(names_[size_]);
    locals_[size_] = turn_round(messages_[size_].msg_hdr);
  }
  return count;
}

Endpoint DatagramBatch::turn_round(msghdr& header) const {
  Endpoint local = bound_;
  for (cmsghdr* item = CMSG_FIRSTHDR(&header); item != nullptr; item = CMSG_NXTHDR(&header, item)) {
    if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_PKTINFO) {
      in_pktinfo info{};
      std::memcpy(&info, CMSG_DATA(item), sizeof info);
      // ipi_spec_dst is ours even when the datagram was sent to a broadcast address.
      std::memcpy(local.address.data(), &info.ipi_spec_dst, 4);
      info.ipi_ifindex = 0;  // the routing table chooses the way
      std::memcpy(CMSG_DATA(item), &info, sizeof info);
      return local;
    }
    if (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_PKTINFO) {
      in6_pktinfo info{};
      std::memcpy(&info, CMSG_DATA(item), sizeof info);
      if (IN6_IS_ADDR_MULTICAST(&info.ipi6_addr)) break;  // no source address: let the system choose
      std::memcpy(local.address.data(), &info.ipi6_addr, 16);
      if (!IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr)) info.ipi6_ifindex = 0;
      std::memcpy(CMSG_DATA(item), &info, sizeof info);
      return local;
    }
  }
  header.msg_controllen = 0;
  return local;
}

void DatagramBatch::queue_answer(std::size_t i) {
  vectors_[i].iov_len = messages_[i].msg_len;
  answer_messages_[queued_] = {messages_[i].msg_hdr, 0};
  answer_messages_[queued_].msg_hdr.msg_flags = 0;
  answers_[queued_] = i;
  ++queued_;
}

int DatagramBatch::send(int socket, std::size_t first) {
  return ::sendmmsg(socket, answer_messages_.data() + first, static_cast<unsigned>(queued_ - first),
                    MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace echo
