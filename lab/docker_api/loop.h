#pragma once
// HTTP requests to one endpoint, many at once, in one thread: libcurl's multi interface.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lab/base/clock.h"
#include "lab/docker_api/endpoint.h"

namespace echolab::docker_api {

struct Request {
  std::string method = "GET";
  std::string path = {};  // with its query, from the root
  std::string body = {};
  std::string content_type = "application/json";
  std::optional<Nanoseconds> limit = std::chrono::seconds(30);  // for the whole answer; unset: until cancelled
  std::size_t body_limit = 16u << 20;                           // bytes of an answer that is kept in memory
  // Answers with status 2xx go here piece by piece instead of being kept. Returning false ends the request.
  // It must start and cancel nothing: libcurl is in the middle of its work. The other callbacks may.
  std::function<bool(std::string_view bytes)> on_data = {};
  // Bytes of an answer that are taken at once. A lab has a request open for each node, nearly always silent.
  std::size_t receive_buffer = 2u << 10;
  std::function<void()> on_headers = {};  // the answer's status and header are here, and the status is 2xx
};

struct Response {
  int status = 0;  // 0: no status line came
  std::string body = {};
  std::string api_version = {};  // header Api-Version
  std::string failure = {};      // what happened to the connection; empty: a whole answer
  bool could_not_connect = false;
};

using RequestId = std::uint64_t;

class Loop {
 public:
  using Done = std::function<void(Response)>;

  explicit Loop(Endpoint endpoint);
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();  // cancels what is under way

  const Endpoint& endpoint() const;
  // Starts now; `done` is called once from run_until(), unless cancelled.
  RequestId start(Request request, Done done);
  void cancel(RequestId id);  // its callbacks are never called again; unknown ids are ignored

  enum class Wake : std::uint8_t { satisfied, deadline, descriptor };
  // Handles events until `satisfied` says so, the deadline passes, or `descriptor` (-1: none) is readable.
  // Exceptions of callbacks come out here. Without any event it looks again ten times a second and calls
  // on_tick.
  Wake run_until(const std::function<bool()>& satisfied, const Deadline& deadline, int descriptor = -1,
                 const std::function<void()>& on_tick = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace echolab::docker_api
