#pragma once
// One Docker Engine: its version, and calls to it in a version that both sides speak.

#include <optional>
#include <string>

#include "lab/docker_api/loop.h"
#include "lab/docker_api/reply.h"

namespace echolab::docker_api {

// "1.41" compares as numbers: 1.9 < 1.10.
struct ApiVersion {
  int major = 0, minor = 0;
  auto operator<=>(const ApiVersion&) const = default;
  static std::optional<ApiVersion> parse(std::string_view text);
  std::string to_string() const;
};
constexpr ApiVersion oldest_usable{1, 41};  // Engine 20.10
constexpr ApiVersion newest_known{1, 51};

class Client {
 public:
  explicit Client(Endpoint endpoint) : loop_(std::move(endpoint)) {}

  Loop& loop() { return loop_; }
  const Endpoint& endpoint() const { return loop_.endpoint(); }
  // Agrees on a version; call it first. Throws EnvironmentError naming the socket and the mend.
  void negotiate();
  const ApiVersion& version() const { return version_; }

  // A call whose answer is kept: any status of 2xx and 304 ("already so") is a success.
  RequestId call(Request request, Callback<std::string> done);
  // Runs the loop until the callback that `start` was given is called; at most as long as the call's own
  // limit.
  template <class T>
  Reply<T> await(const std::function<void(Callback<T>)>& start);

  ApiError error_of(const std::string& method, const std::string& path, const Response& response) const;

 private:
  Loop loop_;
  ApiVersion version_;
  std::string prefix_;  // "/v1.41"
};

// Longer than any call's own limit: it only ends a wait that a bug made endless.
constexpr auto longest_call = std::chrono::minutes(30);

template <class T>
Reply<T> Client::await(const std::function<void(Callback<T>)>& start) {
  std::optional<Reply<T>> reply;
  start([&reply](Reply<T> given) { reply.emplace(std::move(given)); });
  loop_.run_until([&reply] { return reply.has_value(); }, Deadline::in(longest_call));
  if (!reply) return ApiError{"wait for an answer", 0, "none came", ""};
  return std::move(*reply);
}

std::string percent_encoded(std::string_view text);

}  // namespace echolab::docker_api
