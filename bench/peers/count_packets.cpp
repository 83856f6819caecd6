// The peer that does nothing: a libpcap loop that only counts.
#include <pcap/pcap.h>

#include <cstdint>
#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: count_packets FILE\n");
    return 2;
  }
  char error[PCAP_ERRBUF_SIZE];
  pcap_t* capture = pcap_open_offline(argv[1], error);
  if (capture == nullptr) {
    std::fprintf(stderr, "%s\n", error);
    return 3;
  }
  std::uint64_t packets = 0;
  pcap_loop(
      capture, 0, [](u_char* count, const pcap_pkthdr*, const u_char*) { ++*reinterpret_cast<std::uint64_t*>(count); },
      reinterpret_cast<u_char*>(&packets));
  pcap_close(capture);
  std::printf("%llu\n", static_cast<unsigned long long>(packets));
}
