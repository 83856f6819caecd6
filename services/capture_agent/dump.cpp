#include "services/capture_agent/dump.h"

#include <fmt/format.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

#include "services/common/failure.h"
#include "services/common/unique_fd.h"

namespace echo {

namespace {

constexpr int timeout_ms = 1000;            // as tcpdump: how long the kernel may gather packets into a block
constexpr int packets_at_once = 256;        // then signals get their turn
constexpr std::size_t buffer_size = 65536;  // of a batch, before it is written

class Dump {
 public:
  explicit Dump(const DumpOptions& options);
  void run();

 private:
  struct Closer {
    void operator()(pcap_t* handle) const { ::pcap_close(handle); }
    void operator()(pcap_dumper_t* dumper) const { ::pcap_dump_close(dumper); }
  };

  void open(const DumpOptions& options);
  void check(int result) const;
  bool take_packets();
  bool take_signals();
  void write_counters() const;

  std::string operation_;
  UniqueFd signals_;
  std::unique_ptr<pcap_t, Closer> handle_;
  std::unique_ptr<pcap_dumper_t, Closer> dumper_;
  std::uint64_t captured_ = 0;
};

Dump::Dump(const DumpOptions& options) : operation_("capture on " + options.interface) {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGUSR1}) ::sigaddset(&set, number);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  signals_ = UniqueFd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals_) throw Failure("watch for signals", errno);
  open(options);

  ::setvbuf(stdout, nullptr, _IOFBF, buffer_size);
  dumper_.reset(::pcap_dump_fopen(handle_.get(), stdout));
  if (!dumper_) throw Failure(operation_, ::pcap_geterr(handle_.get()));
  const int link_type = ::pcap_datalink(handle_.get());
  const char* const name = ::pcap_datalink_val_to_name(link_type);
  const char* const description = ::pcap_datalink_val_to_description(link_type);
  fmt::print(stderr, "capture-agent dump: listening on {}, link-type {} ({}), snapshot length {} bytes\n",
             options.interface, name != nullptr ? name : std::to_string(link_type).c_str(),
             description != nullptr ? description : "unknown", ::pcap_snapshot(handle_.get()));
}

void Dump::open(const DumpOptions& options) {
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  handle_.reset(::pcap_create(options.interface.c_str(), error.data()));
  if (!handle_) throw Failure(operation_, error.data());
  pcap_t* const handle = handle_.get();
  check(::pcap_set_snaplen(handle, options.snaplen));
  check(::pcap_set_promisc(handle, 1));
  check(::pcap_set_timeout(handle, timeout_ms));
  check(::pcap_set_buffer_size(handle, options.buffer_kib * 1024));
  if (options.immediate) check(::pcap_set_immediate_mode(handle, 1));
  const int activated = ::pcap_activate(handle);
  if (activated < 0) {
    const std::string detail = ::pcap_geterr(handle);
    throw Failure(operation_, detail.empty() ? ::pcap_statustostr(activated) : detail);
  }
  if (activated > 0) fmt::print(stderr, "capture-agent dump: {}\n", ::pcap_statustostr(activated));
  if (::pcap_setnonblock(handle, 1, error.data()) != 0) throw Failure(operation_, error.data());
}

void Dump::check(int result) const {
  if (result != 0) throw Failure(operation_, ::pcap_statustostr(result));
}

void Dump::run() {
  // The header goes out before the first packet.
  if (::pcap_dump_flush(dumper_.get()) != 0) throw Failure("write the capture", errno);
  std::array<pollfd, 2> waits{{{signals_.get(), POLLIN, 0}, {::pcap_get_selectable_fd(handle_.get()), POLLIN, 0}}};
  for (;;) {
    if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) throw Failure("wait", errno);
    if (waits[1].revents != 0) take_packets();
    if (waits[0].revents != 0 && take_signals()) break;
  }
  // What is in the kernel's ring is ours as well; only as much as it holds, should packets come faster than they go.
  for (int i = 0; i < 1000 && take_packets(); ++i) {
  }
  write_counters();
}

// False when there were none.
bool Dump::take_packets() {
  const int count =
      ::pcap_dispatch(handle_.get(), packets_at_once, &::pcap_dump, reinterpret_cast<u_char*>(dumper_.get()));
  if (count < 0) throw Failure(operation_, ::pcap_geterr(handle_.get()));
  if (::pcap_dump_flush(dumper_.get()) != 0 || std::ferror(stdout) != 0) throw Failure("write the capture", errno);
  captured_ += static_cast<std::uint64_t>(count);
  return count > 0;
}

// True when one of them asks for the end.
bool Dump::take_signals() {
  bool end = false;
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    if (info.ssi_signo == SIGUSR1) {
      write_counters();
    } else {
      end = true;
    }
  }
  return end;
}

// As tcpdump's info(): one line, "interface" only when it is not 0.
void Dump::write_counters() const {
  pcap_stat stats{};
  if (::pcap_stats(handle_.get(), &stats) != 0) throw Failure(operation_, ::pcap_geterr(handle_.get()));
  const auto packets = [](std::uint64_t count) { return fmt::format("{} packet{}", count, count == 1 ? "" : "s"); };
  std::string line = fmt::format("{} captured, {} received by filter, {} dropped by kernel", packets(captured_),
                                 packets(stats.ps_recv), packets(stats.ps_drop));
  if (stats.ps_ifdrop != 0) line += fmt::format(", {} dropped by interface", packets(stats.ps_ifdrop));
  fmt::print(stderr, "{}\n", line);
}

}  // namespace

void dump(const DumpOptions& options) {
  Dump(options).run();
}

}  // namespace echo
