#pragma once
// A stand-in for tcpdump where there is none: the same capture through libpcap, told in tcpdump's words, so that whoever
// watches tcpdump watches this.

#include <cstdint>
#include <string>

namespace echo {

struct DumpOptions {
  std::string interface;
  int snaplen = 262144;  // bytes
  int buffer_kib = 2048;
  bool immediate = false;
};

// Writes a pcap stream with microseconds to standard output, each batch of packets as soon as it is there, until SIGINT
// or SIGTERM; SIGUSR1 asks for the counters. "listening on …" and the counters go to standard error. A packet counts as
// captured when it is written. Throws Failure.
void dump(const DumpOptions& options);

}  // namespace echo
