#pragma once
// The lab's own network in small: two network namespaces joined by a bridge in a third, each on its end of a veth pair.

#include <memory>
#include <string>

#include "bench/core/programs.h"

namespace echolab::bench {

// All of it goes with the object: the namespaces live as long as the programs that hold them.
class LabNetwork {
 public:
  // Throws EnvironmentError when this user may not make namespaces.
  LabNetwork();

  static constexpr const char* server_address = "198.18.0.2";
  // What runs the rest of the command line in the one or the other namespace.
  CommandLine in_server() const;
  CommandLine in_client() const;

 private:
  void configure(const Program& place, const std::string& lines) const;

  std::unique_ptr<Program> bridge_, server_, client_;
};

}  // namespace echolab::bench
