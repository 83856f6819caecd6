#include "lab/docker_api/client.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>

#include "lab/base/json.h"
#include "lab/docker_api/json.h"

namespace echolab::docker_api {

namespace {

// What stands between us and the socket, and what removes it.
std::pair<std::string, std::string> why_unreachable(const Endpoint& endpoint, const std::string& otherwise) {
  if (!endpoint.is_local()) return {otherwise, "check that the engine listens on " + endpoint.address};
  struct stat status {};
  if (::stat(endpoint.socket_path.c_str(), &status) != 0) {
    return {endpoint.socket_path + ": " + errno_text(errno),
            "start Docker (systemctl start docker), or install it (apt-get install docker.io)"};
  }
  if (::access(endpoint.socket_path.c_str(), R_OK | W_OK) != 0 && errno == EACCES) {
    return {endpoint.socket_path + ": permission denied",
            "run as root, or join the group of the socket (usermod -aG docker $USER) and log in again"};
  }
  return {endpoint.socket_path + ": " + otherwise, "start Docker (systemctl start docker)"};
}

}  // namespace

std::optional<ApiVersion> ApiVersion::parse(std::string_view text) {
  ApiVersion version;
  const char* const end = text.data() + text.size();
  const auto [dot, error] = std::from_chars(text.data(), end, version.major);
  if (error != std::errc{} || dot == end || *dot != '.') return std::nullopt;
  const auto [rest, error2] = std::from_chars(dot + 1, end, version.minor);
  if (error2 != std::errc{} || rest != end || version.major < 0 || version.minor < 0) return std::nullopt;
  return version;
}

std::string ApiVersion::to_string() const {
  return fmt::format("{}.{}", major, minor);
}

ApiError Client::error_of(const std::string& method, const std::string& path, const Response& response) const {
  ApiError error{method + " " + path.substr(0, path.find('?')), response.status, response.failure, ""};
  if (response.could_not_connect) {
    error.status = 0;
    std::tie(error.message, error.mend) = why_unreachable(endpoint(), response.failure);
    return error;
  }
  if (!response.failure.empty()) {
    error.status = 0;
    error.mend = "see whether the engine is alive: docker info";
    return error;
  }
  try {
    error.message = text(parse_json(response.body, "the engine's error"), "message");
  } catch (const EnvironmentError&) {
    error.message = response.body.substr(0, 300);
  }
  if (error.message.empty()) error.message = "no reason given";
  return error;
}

void Client::negotiate() {
  // No version prefix: every engine answers this.
  std::optional<Response> ping;
  loop_.start({.path = "/_ping", .limit = std::chrono::seconds(10), .body_limit = 4096},
              [&ping](Response response) { ping = std::move(response); });
  loop_.run_until([&ping] { return ping.has_value(); }, Deadline::in(std::chrono::seconds(15)));
  if (!ping) ping = Response{.failure = "no answer within 15s"};
  const std::string tried = fmt::format("reach the Docker engine at {} ({})", endpoint().address, endpoint().chosen_by);
  if (!ping->failure.empty() || ping->status != 200) {
    const ApiError error = error_of("GET", "/_ping", *ping);
    throw EnvironmentError(tried, error.message, error.mend.empty() ? "check what listens there" : error.mend);
  }
  const auto offered = ApiVersion::parse(ping->api_version);
  if (!offered) {
    throw EnvironmentError(tried, "it does not say which version of the API it speaks", "check what listens there");
  }
  if (*offered < oldest_usable) {
    throw EnvironmentError(
        tried, fmt::format("it speaks API {}, and {} is needed", ping->api_version, oldest_usable.to_string()),
        "update Docker to 20.10 or later");
  }
  version_ = std::min(*offered, newest_known);
  if (const char* const wanted = std::getenv("DOCKER_API_VERSION"); wanted != nullptr && *wanted != '\0') {
    const auto version = ApiVersion::parse(wanted);
    if (!version || *version < oldest_usable || *version > *offered) {
      throw EnvironmentError(tried,
                             fmt::format("DOCKER_API_VERSION is '{}', and this engine and we share {} to {}", wanted,
                                         oldest_usable.to_string(), version_.to_string()),
                             "unset DOCKER_API_VERSION");
    }
    version_ = *version;
  }
  prefix_ = "/v" + version_.to_string();
}

RequestId Client::call(Request request, Callback<std::string> done) {
  const std::string method = request.method, path = request.path;
  request.path = prefix_ + path;
  return loop_.start(std::move(request), [this, method, path, done = std::move(done)](Response response) {
    const bool good =
        response.failure.empty() && ((response.status >= 200 && response.status < 300) || response.status == 304);
    if (!good) return done(error_of(method, path, response));
    done(std::move(response.body));
  });
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char character : text) {
    if ((character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
        (character >= '0' && character <= '9') || character == '-' || character == '.' || character == '_') {
      out += character;
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(character));
    }
  }
  return out;
}

}  // namespace echolab::docker_api
