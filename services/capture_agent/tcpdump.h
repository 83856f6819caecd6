#pragma once
// tcpdump as a child process, and what it says on standard error.

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/common/unique_fd.h"

namespace echo {

struct CaptureOptions {
  std::string interface;
  std::uint32_t snaplen = 2048;            // bytes
  std::uint64_t buffer_bytes = 32u << 20;  // of the kernel's ring
  bool immediate = false;                  // no delay of up to a second; but a slot of snaplen for each packet
};

std::vector<std::string> tcpdump_arguments(const CaptureOptions& options);
// The same capture by this program: `capture-agent dump` with the options that tcpdump would get.
std::vector<std::string> dump_arguments(const CaptureOptions& options);

// "tcpdump: listening on eth0, link-type EN10MB (Ethernet), snapshot length 2048 bytes"
struct Listening {
  std::string link_type;
  std::uint32_t snaplen = 0;
};
std::optional<Listening> parse_listening(std::string_view line);

// "12 packets captured, 12 packets received by filter, 0 packets dropped by kernel", as SIGUSR1 makes tcpdump
// print.
struct Counters {
  std::uint64_t captured = 0, received = 0, dropped = 0, interface_dropped = 0;
};
std::optional<Counters> parse_counters(std::string_view line);

// Where tcpdump is not installed, or may not be executed, this program's own "dump" (dump.h) takes its place.
//
// The child dies with us (PR_SET_PDEATHSIG) and is in a process group of its own, so that Ctrl-C reaches only
// us.
class Tcpdump {
 public:
  // Throws Failure.
  explicit Tcpdump(const CaptureOptions& options);
  Tcpdump(const Tcpdump&) = delete;
  Tcpdump& operator=(const Tcpdump&) = delete;
  ~Tcpdump();  // kills and reaps it when it still runs

  std::string_view recorder() const { return stands_in_ ? "libpcap" : "tcpdump"; }
  int output_fd() const { return output_.get(); }  // pcap; non-blocking
  int errors_fd() const { return errors_.get(); }  // text; non-blocking
  void signal(int number);
  // Waits for its end; call after both descriptors gave end of file. "exit status 1", "signal 9".
  std::string reap();

 private:
  pid_t pid_ = -1;
  bool stands_in_ = false;
  UniqueFd output_, errors_;
};

}  // namespace echo
