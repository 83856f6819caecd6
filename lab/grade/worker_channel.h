#pragma once
// Between the batch and the process that grades one student: a pair of sockets, one short message each way at a time.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lab/base/file.h"
#include "lab/base/interrupt.h"

namespace echolab::grade {

// What a worker tells.
struct WorkerMessage {
  enum class Kind : std::uint8_t {
    phase,     // text: what it does now
    wants,     // a processor: it waits for the answer
    releases,  // the processor: it only waits for others now
    doubtful,  // text: why the machine, being busy, may have decided about the mark
    fault,     // text: what the machine could not do
  };
  Kind kind = Kind::phase;
  std::string text = {};
};

// The worker's end.
class WorkerChannel {
 public:
  static constexpr int descriptor = 3;  // in the worker
  // With fd -1 everything is granted at once, and nobody listens.
  explicit WorkerChannel(UniqueFd fd) : fd_(std::move(fd)) {}

  void phase(std::string_view text) { send({WorkerMessage::Kind::phase, std::string(text)}); }
  void doubtful(std::string_view why) { send({WorkerMessage::Kind::doubtful, std::string(why)}); }
  void fault(std::string_view what) { send({WorkerMessage::Kind::fault, std::string(what)}); }
  // Waits until the batch has a processor to spare. Throws Interrupted, also when the batch is gone.
  void acquire(Interrupt& interrupt);
  void release();

 private:
  void send(const WorkerMessage& message);
  UniqueFd fd_;
  bool holds_ = false;
};

// The batch's end: both throw nothing; a worker that is gone shows by the end of its process.
std::optional<WorkerMessage> receive(int fd);  // nothing: no message waits, or none will come
void grant(int fd);

}  // namespace echolab::grade
