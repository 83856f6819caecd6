#pragma once

#include <string>
#include <vector>

#include "lab/base/address.h"

namespace echolab::engine::docker {

// Prefixes of this host's routes but the default ones, from /proc/net/route and /proc/net/ipv6_route. Files
// that are not there give nothing.
std::vector<Prefix> host_routes();
// The same from the two files' content.
std::vector<Prefix> parse_ipv4_routes(const std::string& table);
std::vector<Prefix> parse_ipv6_routes(const std::string& table);

}  // namespace echolab::engine::docker
