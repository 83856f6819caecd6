#pragma once
// Text to an address, without asking anybody.

#include <cstdint>
#include <optional>
#include <string>

#include "services/common/endpoint.h"

namespace echo {

// "198.18.0.2", "fd00::2", "fe80::1%eth0"; nullopt when it is a name.
std::optional<Endpoint> parse_address(const std::string& text, std::uint16_t port);

}  // namespace echo
