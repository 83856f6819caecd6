#pragma once
// Records one interface and proves that the recording is complete.

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/capture_agent/link.h"
#include "services/capture_agent/pcap_scanner.h"
#include "services/capture_agent/sentinel.h"
#include "services/capture_agent/stop_request.h"
#include "services/capture_agent/tcpdump.h"
#include "services/common/event_writer.h"

namespace echo {

struct RecordOptions {
  CaptureOptions capture;
  std::string nonce;                     // 16 hexadecimal digits
  std::uint64_t limit_bytes = 1u << 30;  // of the file
  std::string stop_file;                 // empty: none
};

struct RecordResult {
  bool started = false;       // tcpdump said "listening on"
  std::uint64_t packets = 0;  // in the file
  std::uint64_t bytes = 0;
  std::vector<std::string> reasons;  // why it is not complete; empty: complete
};

// One thread, one poll(2), six phases in this order; trouble in any of them leads to `draining` with a reason.
//
//   starting       until tcpdump says "listening on"
//   proving_begin  until the begin sentinel is in the capture; waits without limit for the interface's carrier
//   capturing      until we are asked to end
//   proving_end    until the end sentinel is in the capture
//   counting       until tcpdump's counters say that all it received is written; what strays in later cannot harm
//   draining       tcpdump was told to end; until its pipes are empty and ours is written
class Recorder {
 public:
  // `output`: where the capture goes; made non-blocking when it is a pipe. Throws Failure.
  Recorder(const RecordOptions& options, int output, EventWriter& events);
  RecordResult run();

 private:
  using Clock = std::chrono::steady_clock;
  enum class Phase : std::uint8_t { starting, proving_begin, capturing, proving_end, counting, draining };

  void wait();
  void enter(Phase phase);
  void act_on_time();
  void stop_asked(int times);
  void give_up(std::string reason);
  void send_sentinel();
  void read_capture();
  bool read_piece();  // false: nothing more for now
  void read_errors();
  void error_line(std::string_view line);
  void counted(const Counters& counters);
  void saw_frame(std::uint64_t packet, std::span<const std::uint8_t> head);
  void write_output();
  bool finished() const;
  void conclude();
  void say(std::string_view text) const;
  Clock::time_point wake_at() const;

  const RecordOptions options_;
  int output_;
  EventWriter& events_;
  StopRequest stop_;
  Link link_;
  Tcpdump tcpdump_;
  PcapScanner scanner_;
  Phase phase_ = Phase::starting;
  std::optional<Clock::time_point> retry_;             // send or ask again
  std::optional<Clock::time_point> deadline_;          // give this phase up
  std::optional<Clock::time_point> rest_end_;          // read on
  bool capture_ended_ = false, errors_ended_ = false;  // tcpdump closed its pipe
  bool output_failed_ = false;
  int stops_handled_ = 0;
  std::vector<std::uint8_t> pending_;  // of the stream, from written_ on; at most pending_most
  std::uint64_t written_ = 0;
  std::string error_text_;  // an unfinished line of tcpdump's standard error
  std::string last_error_line_;
  std::optional<Counters> counters_;
  std::array<bool, 2> seen_{};  // by Which
  RecordResult result_;
};

}  // namespace echo
