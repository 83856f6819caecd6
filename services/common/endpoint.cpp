#include "services/common/endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "services/common/unique_fd.h"

namespace echo {

namespace {
constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};  // RFC 4291, 2.5.5.2
}

Endpoint Endpoint::from(const sockaddr_storage& name) {
  Endpoint endpoint;
  if (name.ss_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &name, sizeof in);
    std::memcpy(endpoint.address.data(), &in.sin_addr, 4);
    endpoint.port = ntohs(in.sin_port);
    endpoint.family = Family::ipv4;
  } else if (name.ss_family == AF_INET6) {
    sockaddr_in6 in6{};
    std::memcpy(&in6, &name, sizeof in6);
    const std::uint8_t* const bytes = in6.sin6_addr.s6_addr;
    endpoint.port = ntohs(in6.sin6_port);
    if (std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes)) {
      std::copy_n(bytes + 12, 4, endpoint.address.begin());
      endpoint.family = Family::ipv4;
    } else {
      std::copy_n(bytes, 16, endpoint.address.begin());
      endpoint.scope = in6.sin6_scope_id;
      endpoint.family = Family::ipv6;
    }
  }
  return endpoint;
}

Endpoint Endpoint::local_of(int socket) {
  sockaddr_storage name{};
  socklen_t length = sizeof name;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&name), &length) != 0) return {};
  return from(name);
}

socklen_t Endpoint::to(sockaddr_storage& name) const {
  if (family == Family::ipv6) {
    sockaddr_in6 in6{};
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(port);
    in6.sin6_scope_id = scope;
    std::copy_n(address.begin(), 16, in6.sin6_addr.s6_addr);
    std::memcpy(&name, &in6, sizeof in6);
    return sizeof in6;
  }
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_port = htons(port);
  std::memcpy(&in.sin_addr, address.data(), 4);
  std::memcpy(&name, &in, sizeof in);
  return sizeof in;
}

bool Endpoint::is_wildcard() const {
  return std::all_of(address.begin(), address.end(), [](std::uint8_t byte) { return byte == 0; });
}

std::size_t Endpoint::write_text(char (&text)[max_text]) const {
  char* end = text;
  if (family == Family::ipv6) {
    *end++ = '[';
    if (::inet_ntop(AF_INET6, address.data(), end, max_text - 10) == nullptr) return 0;
    end += std::strlen(end);
    *end++ = ']';
  } else {
    // inet_ntop(3) goes through sprintf, which costs as much as all the rest of an event's line.
    for (std::size_t i = 0; i < 4; ++i) {
      if (i > 0) *end++ = '.';
      end = std::to_chars(end, text + max_text, address[i]).ptr;
    }
  }
  *end++ = ':';
  end = std::to_chars(end, text + max_text, port).ptr;
  return static_cast<std::size_t>(end - text);
}

std::string Endpoint::to_string() const {
  char text[max_text];
  return {text, write_text(text)};
}

Endpoint source_address_towards(const Endpoint& remote) {
  const UniqueFd probe(::socket(remote.domain(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_storage name{};
  const socklen_t length = remote.to(name);
  // connect(2) on a datagram socket only looks up the route and fixes the source address.
  if (!probe || ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&name), length) != 0) return {};
  Endpoint source = Endpoint::local_of(probe.get());
  source.port = 0;
  return source;
}

}  // namespace echo
