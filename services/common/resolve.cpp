#include "services/common/resolve.h"

#include <netdb.h>

#include <cstring>
#include <memory>

namespace echo {

std::optional<Endpoint> parse_address(const std::string& text, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(text.c_str(), nullptr, &hints, &found) != 0) return std::nullopt;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  sockaddr_storage name{};
  std::memcpy(&name, found->ai_addr, found->ai_addrlen);
  Endpoint endpoint = Endpoint::from(name);
  endpoint.port = port;
  return endpoint;
}

}  // namespace echo
