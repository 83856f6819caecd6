#pragma once
// The program's facts on their way out: event lines (docs/events.md), lines for people, and diagnostics.
// The echo never waits for it. Producers put fixed-size records into a bounded queue, one thread of its own turns them
// into text and writes them; what finds no room is dropped and counted.
// Nor does the echo pay for the log's wake-ups: after work the thread rests for some milliseconds, during which nothing
// wakes it, and then writes all that came meanwhile.

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>

#include "services/common/bounded_queue.h"
#include "services/common/event.h"
#include "services/common/output_stream.h"
#include "services/common/transfer.h"

namespace echo {

class EventLog {
 public:
  // Appends the line that people read for this event, with its line end, or nothing.
  using HumanFormat = void (*)(const Event& event, std::string& out);
  // The same for what was received.
  using HumanTransfer = void (*)(const Transfer& transfer, std::string_view beginning, std::string& out);

  struct Settings {
    std::string events;           // "": none, "-": standard error, else a file that is created or truncated
    HumanFormat human = nullptr;  // nullptr: nothing on standard output
    HumanTransfer human_transfer = nullptr;
    std::size_t capacity = 1 << 14;  // records; a power of two
    std::chrono::milliseconds drain_limit{1000};
  };

  // Throws std::system_error when the file can't be opened.
  explicit EventLog(const Settings& settings);
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;
  ~EventLog();  // as finish(), without a last line

  // Any thread; never blocks.
  void push(const Event& event);
  void push(const Transfer& transfer, std::span<const std::uint8_t> payload);
  // Somebody waits for what was pushed last: it is written at once.
  void hurry();
  // For rare facts of free form: `members` is JSON text after mono_ns and wall_ns, such as `"packets":3`. Allocates.
  void push_members(Word name, const std::string& members);
  // One line to standard error, its line end included. Allocates; for diagnostics.cpp.
  void push_diagnostic(const std::string& line);

  // Nobody reads payload hashes and excerpts: they need not be computed.
  bool is_silent() const { return !events_ && !out_; }

  // Drains within the limit, then writes `totals` with events_dropped as the last line, and ends the thread.
  void finish(Event totals);

 private:
  // A record, or text made elsewhere, which is owned by the record until the log's thread has written it.
  struct Record {
    enum class Kind : std::uint8_t { event, transfer, prepared_event, diagnostic };
    struct Excerpt {
      Transfer transfer;
      std::uint16_t size;
      std::array<char, Event::max_excerpt> bytes;
    };
    Kind kind;
    union {
      Event event;
      Excerpt excerpt;
      std::string* text;
    };
    Record() : kind(Kind::diagnostic), text(nullptr) {}
    bool has_text() const { return kind == Kind::prepared_event || kind == Kind::diagnostic; }
  };
  // Of the log's thread. Only who sleeps is woken by every record; who dozes wakes by itself.
  enum class Rest : std::uint8_t { none, dozing, sleeping };

  template <typename Fill>
  bool enqueue(const Fill& fill);
  void enqueue_text(Record::Kind kind, std::string text);
  void wake();
  void run();
  int take_records();  // how many were there, of one round
  void write_record(const Record& record);
  void write_event(const Event& event);
  void write_transfer(const Transfer& transfer, std::string_view beginning);
  void discard_records(std::uint64_t& count);
  bool flush_streams();
  void wait_for_work(int timeout_ms);
  bool events_have_room() const;
  void write_totals();
  void stop();

  HumanFormat human_;
  HumanTransfer human_transfer_;
  std::chrono::milliseconds drain_limit_;
  BoundedQueue<Record> queue_;
  std::optional<OutputStream> error_;  // standard error: diagnostics, and events when they go to "-"
  std::optional<OutputStream> file_;
  std::optional<OutputStream> out_;  // standard output
  OutputStream* events_ = nullptr;   // error_, file_ or none
  UniqueFd wake_fd_;                 // eventfd
  std::atomic<Rest> rest_{Rest::none};
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> dropped_{0};  // records that found the queue full
  std::optional<Event> totals_;            // set before stopping_
  std::string line_;                       // scratch of the log's thread
  std::int64_t wall_offset_ns_ = 0;        // CLOCK_REALTIME less CLOCK_MONOTONIC, read before each round
  std::thread thread_;
};

}  // namespace echo
