#pragma once
// The faults that the faulty server can have (docs/services.md).

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace echo {

enum class Fault : std::uint8_t {
  drop,
  duplicate,
  alter,
  delay,
  truncate,
  append,
  upper,
  other_port,
  wrong_client,
  unsolicited,
  close_early,
  first_client_only,
};

// Names on the command line.
const std::map<std::string, Fault>& fault_names();

// What is sent instead of `bytes`: changed by alter (one byte), truncate (without the last), append (one more) and
// upper (ASCII letters); equal for every other fault.
std::vector<std::uint8_t> faulty_echo(Fault fault, std::span<const std::uint8_t> bytes);

}  // namespace echo
