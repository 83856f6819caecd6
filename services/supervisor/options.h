#pragma once
// The command line.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace echo {

enum class Protocols : std::uint8_t { udp, tcp, both };

// What every mode has.
struct Workplace {
  std::string from = "/submission";  // read-only input
  std::string work = "/work";        // writable; its copy, and the current folder of what runs
};

struct ServeOptions {
  Workplace place;
  std::chrono::nanoseconds grace{std::chrono::seconds(1)};  // from SIGINT to SIGKILL
  std::uint16_t port = 0;
  Protocols protocols = Protocols::both;
  bool stay = false;                 // after the program's end, until stopped
  std::vector<std::string> program;  // never empty
};

struct DriveOptions {
  Workplace place;
  std::chrono::nanoseconds grace{std::chrono::seconds(1)};
  std::vector<std::string> lines;  // the empty one at the end not among them
  std::chrono::nanoseconds reply_timeout{std::chrono::seconds(3)};
  std::chrono::nanoseconds quiet{std::chrono::milliseconds(100)};
  std::chrono::nanoseconds time{std::chrono::minutes(1)};  // from the program's start
  bool wait_for_start = false;
  std::chrono::nanoseconds start_delay{0};
  std::vector<std::string> program;
};

struct BuildOptions {
  Workplace place;
  std::chrono::nanoseconds grace{std::chrono::seconds(1)};
  std::size_t output_bytes = std::size_t{256} * 1024;  // of all steps together; what is kept
  std::vector<std::vector<std::string>> steps;         // none is empty; there may be no step
};

// Reads it, or says how the program ends at once: after --help with 0, after a usage mistake with 2; then all was
// printed. The lines to be fed are erased from `argv`, which the supervised program can read in /proc.
using Options = std::variant<ServeOptions, DriveOptions, BuildOptions, int>;
Options read_options(int argc, char** argv);

}  // namespace echo
