#include "services/capture_agent/recorder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "services/common/failure.h"

namespace echo {

namespace {

using namespace std::chrono_literals;

constexpr auto start_limit = 10s;  // from exec to "listening on"
constexpr auto proof_limit = 5s;   // for each sentinel, for the counters, and for the drain
// Without immediate mode the kernel may hold a packet back for a second (tcpdump's TPACKET_V3 block timeout).
constexpr auto resend_after = 1500ms, resend_after_immediate = 500ms;
// tcpdump counts a packet as received before it has read it, so that the two numbers meet only a moment
// later. Only tcpdump knows when, and it does not tell by itself.
constexpr auto ask_again_after = 20ms;
// tcpdump writes every packet by itself. After a read the next one waits so long, or this process would be woken for
// each, too: half of what a capture costs. Its pipe holds what comes meanwhile.
constexpr auto rest_time = 3ms;
// Of the stream in memory. Above it we stop reading, and the kernel's ring takes up the slack, then counts
// drops.
constexpr std::size_t pending_most = 4u << 20, piece = 64u << 10;

}  // namespace

Recorder::Recorder(const RecordOptions& options, int output, EventWriter& events)
    : options_(options),
      output_(output),
      events_(events),
      stop_(options.stop_file),
      link_(options.capture.interface),
      tcpdump_(options.capture),
      scanner_(options.limit_bytes,
               [this](std::uint64_t packet, std::span<const std::uint8_t> head) { saw_frame(packet, head); }) {
  ::signal(SIGPIPE, SIG_IGN);
  struct stat status {};
  if (::fstat(output_, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode))) {
    ::fcntl(output_, F_SETFL, ::fcntl(output_, F_GETFL) | O_NONBLOCK);
  }
  enter(Phase::starting);
}

RecordResult Recorder::run() {
  stop_asked(stop_.count());
  while (!finished()) {
    wait();
    act_on_time();
  }
  conclude();
  return result_;
}

void Recorder::wait() {
  if (rest_end_ && Clock::now() >= *rest_end_) rest_end_.reset();
  const bool wants_more = !capture_ended_ && !rest_end_ && pending_.size() < pending_most;
  const bool can_write = !output_failed_ && scanner_.releasable() > written_;
  std::array<pollfd, 6> fds{{{stop_.signal_fd(), POLLIN, 0},
                             {stop_.file_fd(), POLLIN, 0},
                             {link_.news_fd(), POLLIN, 0},
                             {wants_more ? tcpdump_.output_fd() : -1, POLLIN, 0},
                             {errors_ended_ ? -1 : tcpdump_.errors_fd(), POLLIN, 0},
                             {can_write ? output_ : -1, POLLOUT, 0}}};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(wake_at() - Clock::now());
  const auto timeout = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
  if (::poll(fds.data(), fds.size(), timeout) < 0 && errno != EINTR) throw Failure("poll", errno);

  // Standard error first: "listening on" comes before the first packet.
  if (fds[4].revents != 0) read_errors();
  if (fds[2].revents != 0) {
    const bool had_carrier = link_.running();
    link_.read_news();
    if (link_.running() && !had_carrier && (phase_ == Phase::proving_begin || phase_ == Phase::proving_end)) {
      enter(phase_);
    }
  }
  if (fds[3].revents != 0) read_capture();
  if (fds[5].revents != 0) write_output();
  if (fds[0].revents != 0 || fds[1].revents != 0) stop_asked(stop_.count());
}

Recorder::Clock::time_point Recorder::wake_at() const {
  const auto never = Clock::now() + 60s;
  return std::min({retry_.value_or(never), deadline_.value_or(never), rest_end_.value_or(never)});
}

void Recorder::enter(Phase phase) {
  phase_ = phase;
  retry_.reset();
  deadline_.reset();
  rest_end_.reset();
  switch (phase) {
    case Phase::starting:
      deadline_ = Clock::now() + start_limit;
      break;
    case Phase::proving_begin:
      // Without a carrier the frame would be dropped; the interface may get its first port much later.
      if (!link_.running()) break;
      [[fallthrough]];
    case Phase::proving_end:
      deadline_ = Clock::now() + proof_limit;
      send_sentinel();
      break;
    case Phase::capturing:
      break;
    case Phase::counting:
      deadline_ = Clock::now() + proof_limit;
      tcpdump_.signal(SIGUSR1);
      break;
    case Phase::draining:
      deadline_ = Clock::now() + proof_limit;
      tcpdump_.signal(SIGINT);
      break;
  }
}

void Recorder::act_on_time() {
  const auto now = Clock::now();
  if (deadline_ && now >= *deadline_) {
    switch (phase_) {
      case Phase::starting:
        return give_up("tcpdump did not begin to listen within 10 s");
      case Phase::proving_begin:
        return give_up("the begin sentinel did not appear in the capture within 5 s");
      case Phase::capturing:
        return;
      case Phase::proving_end:
        return give_up("the end sentinel did not appear in the capture within 5 s");
      case Phase::counting:
        return give_up(counters_ ? fmt::format("tcpdump received {} packets but wrote only {}", counters_->received,
                                               counters_->captured)
                                 : "tcpdump did not print its counters within 5 s");
      case Phase::draining:
        if (!capture_ended_) {
          result_.reasons.emplace_back("tcpdump did not end within 5 s and was killed");
          tcpdump_.signal(SIGKILL);
        } else if (!output_failed_ && scanner_.releasable() > written_) {
          result_.reasons.emplace_back("the reader of the capture did not take it within 5 s");
          output_failed_ = true;
        } else {
          errors_ended_ = true;  // something else holds tcpdump's standard error open
        }
        deadline_ = now + proof_limit;
        return;
    }
  }
  if (retry_ && now >= *retry_) {
    retry_.reset();
    if (phase_ == Phase::counting) tcpdump_.signal(SIGUSR1);
    if (phase_ == Phase::proving_begin || phase_ == Phase::proving_end) send_sentinel();
  }
}

void Recorder::stop_asked(int times) {
  if (times <= stops_handled_) return;
  const bool again = stops_handled_ > 0;
  stops_handled_ = times;
  if (again && phase_ != Phase::draining) return give_up("stopped twice, the second time before the end was proven");
  switch (phase_) {
    case Phase::starting:
      return give_up("stopped before tcpdump listened");
    case Phase::proving_begin:
      return give_up(link_.running() ? "stopped before the begin sentinel was in the capture"
                                     : "interface " + link_.name() + " never had a carrier");
    case Phase::capturing:
      return enter(Phase::proving_end);
    default:
      return;
  }
}

void Recorder::give_up(std::string reason) {
  events_.write("error", fmt::format(R"("operation":"record","error":{})", json_string(reason)));
  say(reason);
  result_.reasons.push_back(std::move(reason));
  if (phase_ != Phase::draining) enter(Phase::draining);
}

void Recorder::send_sentinel() {
  const Which which = phase_ == Phase::proving_begin ? Which::begin : Which::end;
  retry_ = Clock::now() + (options_.capture.immediate ? resend_after_immediate : resend_after);
  try {
    link_.send(make_sentinel(which, options_.nonce));
  } catch (const Failure& failure) {
    give_up(failure.what());
  }
}

void Recorder::read_capture() {
  while (read_piece()) {
  }
  write_output();
  // A sentinel is waited for; packets of the lab are not.
  if (phase_ == Phase::capturing) rest_end_ = Clock::now() + rest_time;
}

bool Recorder::read_piece() {
  const std::size_t had = pending_.size();
  pending_.resize(had + piece);
  const ssize_t length = ::read(tcpdump_.output_fd(), pending_.data() + had, piece);
  pending_.resize(had + static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
  if (length < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (length <= 0) {
    capture_ended_ = true;
    // Its last words are worth waiting for: the phase ends when standard error ends too.
    return false;
  }
  const bool whole_so_far = scanner_.damage().empty();
  scanner_.feed(std::span(pending_).subspan(had));
  if (whole_so_far && !scanner_.damage().empty()) give_up("the capture is damaged: " + scanner_.damage());
  if (scanner_.over_limit() || !scanner_.damage().empty() || output_failed_) {
    // Nothing after the last whole record inside the limit is passed on.
    const auto keep = output_failed_ ? 0 : static_cast<std::size_t>(scanner_.releasable() - written_);
    pending_.resize(std::min(pending_.size(), keep));
  }
  return static_cast<std::size_t>(length) == piece && pending_.size() < pending_most;
}

void Recorder::write_output() {
  while (!output_failed_ && scanner_.releasable() > written_) {
    const auto ready = static_cast<std::size_t>(scanner_.releasable() - written_);
    const ssize_t length = ::write(output_, pending_.data(), ready);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0 && errno == EAGAIN) return;
    if (length < 0) {
      const auto reason = "write the capture: " + std::generic_category().message(errno);
      output_failed_ = true;
      pending_.clear();
      // The recording goes on, unwritten: the lab that we watch must not notice.
      events_.write("error", fmt::format(R"("operation":"write","error":{})", json_string(reason)));
      result_.reasons.push_back(reason);
      return;
    }
    pending_.erase(pending_.begin(), pending_.begin() + length);
    written_ += static_cast<std::uint64_t>(length);
  }
}

void Recorder::read_errors() {
  std::array<char, 4096> buffer;
  const ssize_t length = ::read(tcpdump_.errors_fd(), buffer.data(), buffer.size());
  if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (length > 0) error_text_.append(buffer.data(), static_cast<std::size_t>(length));
  if (length <= 0) {
    errors_ended_ = true;
    error_text_ += '\n';
  }
  std::size_t end = 0;
  while ((end = error_text_.find('\n')) != std::string::npos) {
    const std::string line = error_text_.substr(0, end);
    error_text_.erase(0, end + 1);
    error_line(line);
  }
  if (error_text_.size() > 4096) error_text_.clear();  // no line of tcpdump's is that long
  if (errors_ended_ && phase_ != Phase::draining) {
    const std::string how = tcpdump_.reap();
    give_up(
        fmt::format("tcpdump ended by itself ({}){}{}", how, last_error_line_.empty() ? "" : ": ", last_error_line_));
  }
}

void Recorder::error_line(std::string_view line) {
  if (line.empty()) return;
  if (const auto listening = parse_listening(line)) {
    if (phase_ != Phase::starting) return;
    result_.started = true;
    say(fmt::format("listening on {}", link_.name()));
    events_.write("listening",
                  fmt::format(R"("interface":{},"linktype":{},"snaplen":{},"recorder":"{}")", json_string(link_.name()),
                              json_string(listening->link_type), listening->snaplen, tcpdump_.recorder()));
    if (listening->link_type != "EN10MB") return give_up("interface " + link_.name() + " is not Ethernet");
    return enter(Phase::proving_begin);
  }
  if (const auto counters = parse_counters(line)) return counted(*counters);
  last_error_line_ = line;
}

void Recorder::counted(const Counters& counters) {
  counters_ = counters;
  // On a loopback interface the kernel counts a packet on its way out and again on its way in, and libpcap
  // throws the first away. (A filter on the direction does not help: libpcap loses the first packet after
  // setting one.)
  if (link_.loopback()) counters_->received = (counters.received + 1) / 2;
  if (phase_ != Phase::counting) return;
  if (counters.dropped > 0) return give_up(fmt::format("the kernel dropped {} packets", counters.dropped));
  if (counters.captured == counters_->received) return enter(Phase::draining);
  retry_ = Clock::now() + ask_again_after;
}

void Recorder::saw_frame(std::uint64_t packet, std::span<const std::uint8_t> head) {
  const auto which = recognise_sentinel(head, options_.nonce);
  if (!which || seen_[static_cast<std::size_t>(*which)]) return;
  seen_[static_cast<std::size_t>(*which)] = true;
  events_.write("sentinel",
                fmt::format(R"("which":"{}","nonce":"{}","packet":{})", to_string(*which), options_.nonce, packet));
  if (*which == Which::begin && phase_ == Phase::proving_begin) {
    enter(Phase::capturing);
    events_.write("ready");
    say("ready");
  }
  if (*which == Which::end && phase_ == Phase::proving_end) enter(Phase::counting);
}

bool Recorder::finished() const {
  return phase_ == Phase::draining && capture_ended_ && errors_ended_ &&
         (output_failed_ || scanner_.releasable() <= written_);
}

void Recorder::conclude() {
  tcpdump_.reap();
  result_.packets = scanner_.releasable_packets();
  result_.bytes = written_;
  if (scanner_.over_limit()) {
    result_.reasons.push_back(fmt::format("the capture reached its limit of {} bytes after packet {}",
                                          options_.limit_bytes, scanner_.releasable_packets()));
  }
  if (counters_) {
    events_.write("counters",
                  fmt::format(R"("captured":{},"received":{},"dropped":{},"interface_dropped":{})", counters_->captured,
                              counters_->received, counters_->dropped, counters_->interface_dropped));
    if (scanner_.packets() < counters_->captured) {
      result_.reasons.push_back(fmt::format("tcpdump counted {} packets but only {} came out of it",
                                            counters_->captured, scanner_.packets()));
    }
  }
  std::string reasons;
  for (const auto& reason : result_.reasons) reasons += (reasons.empty() ? "" : ",") + json_string(reason);
  events_.write("totals", fmt::format(R"("packets":{},"bytes":{},"complete":{},"reasons":[{}])", result_.packets,
                                      result_.bytes, result_.reasons.empty(), reasons));
  say(fmt::format("{} packets, {} bytes, {}", result_.packets, result_.bytes,
                  result_.reasons.empty() ? "complete" : "incomplete: " + result_.reasons.front()));
}

void Recorder::say(std::string_view text) const {
  if (!events_.enabled()) fmt::print(stderr, "capture-agent: {}\n", text);
}

}  // namespace echo
