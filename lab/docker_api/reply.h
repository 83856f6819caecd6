#pragma once
// What a call to the engine gave: a value, or what went wrong.

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "lab/base/error.h"

namespace echolab::docker_api {

struct ApiError {
  std::string call = {};     // "POST /containers/create"
  int status = 0;            // of HTTP; 0 when no whole answer came
  std::string message = {};  // the daemon's, or what happened to the connection
  std::string mend = {};
  EnvironmentError to_exception() const;  // "docker: POST /containers/create: 409: …"
};

struct Nothing {};

template <class T>
class Reply {
 public:
  Reply(T value) : content_(std::move(value)) {}         // NOLINT: a value is a reply
  Reply(ApiError error) : content_(std::move(error)) {}  // NOLINT: and so is an error
  explicit operator bool() const { return std::holds_alternative<T>(content_); }
  const ApiError& error() const { return std::get<ApiError>(content_); }
  T& value() { return std::get<T>(content_); }
  // The value, or the error thrown as an EnvironmentError.
  T take() {
    if (!*this) throw error().to_exception();
    return std::move(std::get<T>(content_));
  }

 private:
  std::variant<T, ApiError> content_;
};

// Called once, from the client's loop, never from inside the call that started it.
template <class T>
using Callback = std::function<void(Reply<T>)>;

}  // namespace echolab::docker_api
