#include "lab/docker_api/endpoint.h"

#include <fmt/format.h>

#include <cstdlib>

#include "lab/base/error.h"
#include "lab/base/file.h"
#include "lab/base/hash.h"
#include "lab/base/json.h"
#include "lab/docker_api/json.h"

namespace echolab::docker_api {

namespace {

constexpr std::string_view unix_scheme = "unix://", tcp_scheme = "tcp://";
constexpr std::size_t longest_socket_path = 107;  // sockaddr_un (unix(7)), less the final zero
constexpr std::size_t file_limit = 1u << 20;

std::filesystem::path config_folder(const Environment& environment) {
  const std::string folder = environment("DOCKER_CONFIG");
  return folder.empty() ? std::filesystem::path(environment("HOME")) / ".docker" : std::filesystem::path(folder);
}

Tls tls_in(const std::filesystem::path& folder, bool verify) {
  return {folder / "ca.pem", folder / "cert.pem", folder / "key.pem", verify};
}

// `tls` is used for TCP only.
Endpoint endpoint_at(std::string address, std::string chosen_by, std::optional<Tls> tls) {
  Endpoint endpoint;
  endpoint.chosen_by = std::move(chosen_by);
  const std::string tried = fmt::format("use the Docker engine at '{}' ({})", address, endpoint.chosen_by);
  if (address.starts_with(unix_scheme)) {
    endpoint.socket_path = address.substr(unix_scheme.size());
    endpoint.base_url = "http://localhost";
    if (endpoint.socket_path.size() > longest_socket_path) {
      throw EnvironmentError(tried, "the path of a unix socket has at most 107 bytes",
                             "link the socket to a shorter path");
    }
  } else if (address.starts_with(tcp_scheme)) {
    const std::string authority = address.substr(tcp_scheme.size());
    if (authority.find_first_of("/@?# ") != std::string::npos || authority.empty()) {
      throw EnvironmentError(tried, "this is no tcp://host:port", "correct the address");
    }
    endpoint.base_url = (tls ? "https://" : "http://") + authority;
    endpoint.tls = std::move(tls);
  } else {
    throw EnvironmentError(tried, "only unix:// and tcp:// are supported",
                           address.starts_with("ssh://")
                               ? "forward the socket: ssh -L /tmp/docker.sock:/var/run/docker.sock HOST, then "
                                 "DOCKER_HOST=unix:///tmp/docker.sock"
                               : "write unix:///path/to/docker.sock or tcp://host:port");
  }
  endpoint.address = std::move(address);
  return endpoint;
}

Endpoint default_endpoint() {
  return endpoint_at("unix:///var/run/docker.sock", "default", std::nullopt);
}

// contexts/meta/<sha256 of the name>/meta.json; its TLS files lie under contexts/tls/<sha256>/docker/.
Endpoint endpoint_of_context(const std::string& name, const std::string& named_by, const Environment& environment) {
  if (name == "default") return default_endpoint();
  const auto contexts = config_folder(environment) / "contexts";
  const std::string id = sha256_hex(name);
  const auto file = contexts / "meta" / id / "meta.json";
  const std::string tried = fmt::format("use the Docker context '{}' ({})", name, named_by);
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    throw EnvironmentError(tried, "there is no such context", "docker context ls lists those there are");
  }
  const auto meta = parse_json(read_file(file, file_limit), file.string());
  const auto docker = member(member(meta, "Endpoints"), "docker");
  const std::string host = text(docker, "Host");
  if (host.empty()) throw EnvironmentError(tried, "it names no Docker engine", "docker context inspect " + name);
  const auto tls_folder = contexts / "tls" / id / "docker";
  std::optional<Tls> tls;
  if (std::filesystem::exists(tls_folder / "cert.pem", error) ||
      std::filesystem::exists(tls_folder / "ca.pem", error)) {
    tls = tls_in(tls_folder, !flag(docker, "SkipTLSVerify"));
  }
  return endpoint_at(host, "context " + name, std::move(tls));
}

// DOCKER_TLS_VERIFY and DOCKER_CERT_PATH go with DOCKER_HOST, not with contexts.
std::optional<Tls> tls_of_environment(const Environment& environment) {
  const bool verify = !environment("DOCKER_TLS_VERIFY").empty();
  const std::string folder = environment("DOCKER_CERT_PATH");
  if (!verify && folder.empty()) return std::nullopt;
  return tls_in(folder.empty() ? config_folder(environment) : std::filesystem::path(folder), verify);
}

}  // namespace

Endpoint resolve_endpoint(const EndpointChoice& choice, const Environment& environment) {
  if (!choice.host.empty()) return endpoint_at(choice.host, "--host", tls_of_environment(environment));
  if (!choice.context.empty()) return endpoint_of_context(choice.context, "--context", environment);
  if (const std::string host = environment("DOCKER_HOST"); !host.empty()) {
    return endpoint_at(host, "DOCKER_HOST", tls_of_environment(environment));
  }
  if (const std::string name = environment("DOCKER_CONTEXT"); !name.empty()) {
    return endpoint_of_context(name, "DOCKER_CONTEXT", environment);
  }
  const auto config = config_folder(environment) / "config.json";
  std::error_code error;
  if (std::filesystem::exists(config, error)) {
    const std::string name = text(parse_json(read_file(config, file_limit), config.string()), "currentContext");
    if (!name.empty()) return endpoint_of_context(name, config.string(), environment);
  }
  return default_endpoint();
}

Endpoint resolve_endpoint(const EndpointChoice& choice) {
  return resolve_endpoint(choice, [](const std::string& name) {
    const char* const value = std::getenv(name.c_str());
    return std::string(value == nullptr ? "" : value);
  });
}

}  // namespace echolab::docker_api
