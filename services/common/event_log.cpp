#include "services/common/event_log.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace echo {

namespace {

constexpr std::size_t stream_capacity = std::size_t{256} * 1024;
constexpr std::size_t max_line = 4096;  // docs/events.md
constexpr int records_per_round = 256;  // then the streams get their turn

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
    : human_(settings.human), drain_limit_(settings.drain_limit), queue_(settings.capacity) {
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
  while (const Record* record = queue_.front()) {
    delete record->text;
    queue_.pop();
  }
}

void EventLog::push(const Event& event) {
  if (is_silent()) return;
  Record record;
  record.event = event;
  enqueue(record);
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
  Record record;
  record.kind = kind;
  record.text = owned.get();
  if (enqueue(record)) static_cast<void>(owned.release());
}

bool EventLog::enqueue(const Record& record) {
  if (!queue_.try_push(record)) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  // Pairs with the fence in run(): either this thread sees that the other sleeps, or that one sees the record.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (sleeping_.load(std::memory_order_relaxed) && sleeping_.exchange(false)) wake();
  return true;
}

void EventLog::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t ignored = ::write(wake_fd_.get(), &one, sizeof one);
}

bool EventLog::events_have_room() const {
  return events_ == nullptr || events_->has_room(max_line);
}

bool EventLog::take_records() {
  int taken = 0;
  // Without room for the event line the record stays in the queue; lines for people are lost instead.
  while (taken < records_per_round && events_have_room()) {
    const Record* record = queue_.front();
    if (record == nullptr) break;
    write_record(*record);
    queue_.pop();
    ++taken;
  }
  return taken > 0;
}

void EventLog::write_record(const Record& record) {
  if (record.text != nullptr) {
    (record.kind == Record::Kind::diagnostic ? &*error_ : events_)->append(*record.text);
    delete record.text;
    return;
  }
  if (events_ != nullptr) {
    line_.clear();
    record.event.append_json(line_);
    events_->append(line_);
  }
  if (out_) {
    line_.clear();
    human_(record.event, line_);
    if (!line_.empty()) out_->append(line_);
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
  for (;;) {
    const bool stopping = stopping_.load(std::memory_order_acquire);
    if (stopping && !give_up) give_up = Clock::now() + drain_limit_;
    const bool took = take_records();
    const bool flushed = flush_streams();
    if (took) {
      if (give_up && Clock::now() >= *give_up) break;
      continue;
    }
    if (stopping && flushed && queue_.front() == nullptr) break;

    int timeout_ms = -1;
    if (give_up) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*give_up - Clock::now()).count();
      if (left <= 0) break;
      timeout_ms = static_cast<int>(left);
    }
    // While the reader of the events is slow, new records change nothing: then only that reader can wake this thread.
    sleeping_.store(events_have_room(), std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    const bool more = queue_.front() != nullptr && events_have_room();
    if (!more && stopping == stopping_.load(std::memory_order_acquire)) wait_for_work(timeout_ms);
    sleeping_.store(false, std::memory_order_relaxed);
  }
  write_totals();
}

void EventLog::write_totals() {
  std::uint64_t left_behind = 0;
  while (const Record* record = queue_.front()) {
    delete record->text;
    queue_.pop();
    ++left_behind;
  }
  if (events_ != nullptr && !events_->has_room(max_line)) events_->abandon();
  if (totals_) {
    const std::uint64_t queue_lost = dropped_.load(std::memory_order_relaxed) + left_behind;
    totals_->number(Key::events_dropped, queue_lost + (events_ != nullptr ? events_->lost_lines() : 0));
    if (out_) totals_->number(Key::lines_dropped, queue_lost + out_->lost_lines());
    Record last;
    last.event = *totals_;
    write_record(last);
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
