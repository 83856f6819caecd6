#include "services/common/event_log.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>

namespace echo {

namespace {

constexpr std::size_t stream_capacity = std::size_t{256} * 1024;
constexpr std::size_t max_line = 4096;  // docs/events.md
constexpr int records_per_round = 256;  // then the streams get their turn
// A rest is so long that a wake-up serves at least this many records, and disturbs fewer than one echo in a hundred; so
// short that nobody sees it, and that the work after it is soon done: the echoes wait for it where processors are few.
constexpr int records_worth_waking = 150;
constexpr std::int64_t shortest_doze_ms = 1, longest_doze_ms = 5;

// `records` came in `time_ns`, and so they will.
int doze_ms(std::int64_t records, std::int64_t time_ns) {
  const std::int64_t wait_ns = records_worth_waking * time_ns / std::max<std::int64_t>(records, 1);
  return static_cast<int>(std::clamp(wait_ns / 1'000'000, shortest_doze_ms, longest_doze_ms));
}

UniqueFd open_events_file(const std::string& name) {
  UniqueFd fd(::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644));
  if (!fd) throw std::system_error(errno, std::generic_category(), "open " + name);
  return fd;
}

std::string prepared_line(Word name, const std::string& members) {
  std::string line;
  Event(name).append_json(line);
  if (!members.empty()) line.insert(line.size() - 2, "," + members);
  return line;
}

}  // namespace

EventLog::EventLog(const Settings& settings)
    : human_(settings.human),
      human_transfer_(settings.human_transfer),
      drain_limit_(settings.drain_limit),
      queue_(settings.capacity) {
  error_.emplace(STDERR_FILENO, stream_capacity);
  if (human_ != nullptr) out_.emplace(STDOUT_FILENO, stream_capacity);
  if (settings.events == "-") {
    events_ = &*error_;
  } else if (!settings.events.empty()) {
    events_ = &file_.emplace(open_events_file(settings.events), stream_capacity);
  }
  wake_fd_ = UniqueFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake_fd_) throw std::system_error(errno, std::generic_category(), "eventfd");
  line_.reserve(max_line);

  // The thread starts with every signal blocked: SIGPIPE then becomes EPIPE, and the others go to the main thread.
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { run(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

EventLog::~EventLog() {
  stop();
  std::uint64_t ignored = 0;
  discard_records(ignored);
}

void EventLog::push(const Event& event) {
  if (is_silent()) return;
  enqueue([&event](Record& record) {
    record.kind = Record::Kind::event;
    record.event = event;
  });
}

void EventLog::push(const Transfer& transfer, std::span<const std::uint8_t> payload) {
  if (is_silent()) return;
  const std::size_t size = std::min(payload.size(), human_transfer_ != nullptr ? Event::max_excerpt : Event::max_head);
  const bool pushed = enqueue([&](Record& record) {
    record.kind = Record::Kind::transfer;
    record.excerpt.transfer = transfer;
    record.excerpt.size = static_cast<std::uint16_t>(size);
    if (size > 0) std::memcpy(record.excerpt.bytes.data(), payload.data(), size);
  });
  // One was counted; a whole echo is two lines.
  if (!pushed && transfer.received_ns != 0 && transfer.sent_ns != 0) dropped_.fetch_add(1, std::memory_order_relaxed);
}

void EventLog::hurry() {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (rest_.load(std::memory_order_relaxed) != Rest::none && rest_.exchange(Rest::none) != Rest::none) wake();
}

void EventLog::push_members(Word name, const std::string& members) {
  if (events_ != nullptr) enqueue_text(Record::Kind::prepared_event, prepared_line(name, members));
}

void EventLog::push_diagnostic(const std::string& line) {
  enqueue_text(Record::Kind::diagnostic, line);
}

void EventLog::enqueue_text(Record::Kind kind, std::string text) {
  if (text.size() > max_line) {
    text.resize(max_line - 1);
    text += '\n';
  }
  auto owned = std::make_unique<std::string>(std::move(text));
  const bool pushed = enqueue([&](Record& record) {
    record.kind = kind;
    record.text = owned.get();
  });
  if (pushed) static_cast<void>(owned.release());
}

template <typename Fill>
bool EventLog::enqueue(const Fill& fill) {
  if (!queue_.try_fill(fill)) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  // Pairs with the fence in run(): either this thread sees that the other sleeps, or that one sees the record.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (rest_.load(std::memory_order_relaxed) == Rest::sleeping && rest_.exchange(Rest::none) != Rest::none) wake();
  return true;
}

void EventLog::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t ignored = ::write(wake_fd_.get(), &one, sizeof one);
}

bool EventLog::events_have_room() const {
  return events_ == nullptr || events_->has_room(max_line);
}

int EventLog::take_records() {
  int taken = 0;
  const Timestamp now = Timestamp::now();
  wall_offset_ns_ = now.wall_ns - now.mono_ns;
  // Without room for the event line the record stays in the queue; lines for people are lost instead.
  while (taken < records_per_round && events_have_room()) {
    const Record* record = queue_.front();
    if (record == nullptr) break;
    write_record(*record);
    queue_.pop();
    ++taken;
  }
  return taken;
}

void EventLog::write_record(const Record& record) {
  switch (record.kind) {
    case Record::Kind::event:
      return write_event(record.event);
    case Record::Kind::transfer:
      return write_transfer(record.excerpt.transfer, {record.excerpt.bytes.data(), record.excerpt.size});
    case Record::Kind::prepared_event:
    case Record::Kind::diagnostic:
      (record.kind == Record::Kind::diagnostic ? &*error_ : events_)->append(*record.text);
      delete record.text;
  }
}

void EventLog::write_event(const Event& event) {
  if (events_ != nullptr) {
    line_.clear();
    event.append_json(line_);
    events_->append(line_);
  }
  if (out_) {
    line_.clear();
    human_(event, line_);
    if (!line_.empty()) out_->append(line_);
  }
}

void EventLog::write_transfer(const Transfer& transfer, std::string_view beginning) {
  if (events_ != nullptr) {
    if (char* const place = events_->place_for(2 * Transfer::max_line)) {
      events_->commit(static_cast<std::size_t>(transfer.write_lines(place, wall_offset_ns_, beginning) - place));
    } else {
      std::array<char, 2 * Transfer::max_line> lines;
      const char* const end = transfer.write_lines(lines.data(), wall_offset_ns_, beginning);
      events_->append({lines.data(), static_cast<std::size_t>(end - lines.data())});  // to be counted
    }
  }
  if (out_ && human_transfer_ != nullptr && transfer.received_ns != 0) {
    line_.clear();
    human_transfer_(transfer, beginning, line_);
    if (!line_.empty()) out_->append(line_);
  }
}

void EventLog::discard_records(std::uint64_t& count) {
  while (const Record* record = queue_.front()) {
    if (record->has_text()) delete record->text;
    // A transfer may stand for two lines.
    const bool whole = record->kind == Record::Kind::transfer && record->excerpt.transfer.received_ns != 0 &&
                       record->excerpt.transfer.sent_ns != 0;
    count += whole ? 2 : 1;
    queue_.pop();
  }
}

bool EventLog::flush_streams() {
  bool all = true;
  for (auto* stream : {&error_, &file_, &out_}) {
    if (*stream) all = (*stream)->flush() && all;
  }
  return all;
}

void EventLog::wait_for_work(int timeout_ms) {
  std::array<pollfd, 4> waits{};
  nfds_t count = 0;
  waits[count++] = {wake_fd_.get(), POLLIN, 0};
  for (auto* stream : {&error_, &file_, &out_}) {
    if (*stream && (*stream)->pending()) waits[count++] = {(*stream)->fd(), POLLOUT, 0};
  }
  ::poll(waits.data(), count, timeout_ms);
  std::uint64_t ignored = 0;
  [[maybe_unused]] const ssize_t size = ::read(wake_fd_.get(), &ignored, sizeof ignored);
}

void EventLog::run() {
  using Clock = std::chrono::steady_clock;
  std::optional<Clock::time_point> give_up;
  std::int64_t taken = 0, rest_began = monotonic_ns();  // since the last rest
  for (;;) {
    const bool stopping = stopping_.load(std::memory_order_acquire);
    if (stopping && !give_up) give_up = Clock::now() + drain_limit_;
    const int took = take_records();
    const bool flushed = flush_streams();
    if (took > 0) {
      taken += took;
      if (give_up && Clock::now() >= *give_up) break;
      continue;
    }
    if (stopping && flushed && queue_.front() == nullptr) break;

    const std::int64_t now = monotonic_ns();
    int timeout_ms = taken > 0 && !stopping ? doze_ms(taken, now - rest_began) : -1;
    if (give_up) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*give_up - Clock::now()).count();
      if (left <= 0) break;
      timeout_ms = static_cast<int>(left);
    }
    // While the reader of the events is slow, new records change nothing: then only that reader can wake this thread.
    const Rest rest = !events_have_room() ? Rest::none : taken > 0 ? Rest::dozing : Rest::sleeping;
    rest_began = now;
    rest_.store(rest, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    const bool more = queue_.front() != nullptr && events_have_room();
    if (!more && stopping == stopping_.load(std::memory_order_acquire)) wait_for_work(timeout_ms);
    rest_.store(Rest::none, std::memory_order_relaxed);
    taken = 0;
  }
  write_totals();
}

void EventLog::write_totals() {
  std::uint64_t left_behind = 0;
  discard_records(left_behind);
  if (events_ != nullptr && !events_->has_room(max_line)) events_->abandon();
  if (totals_) {
    const std::uint64_t queue_lost = dropped_.load(std::memory_order_relaxed) + left_behind;
    totals_->number(Key::events_dropped, queue_lost + (events_ != nullptr ? events_->lost_lines() : 0));
    if (out_) totals_->number(Key::lines_dropped, queue_lost + out_->lost_lines());
    write_event(*totals_);
  }
  flush_streams();
}

void EventLog::stop() {
  if (!thread_.joinable()) return;
  stopping_.store(true, std::memory_order_release);
  wake();
  thread_.join();
}

void EventLog::finish(Event totals) {
  if (!thread_.joinable()) return;
  totals_ = totals;
  stop();
}

}  // namespace echo
