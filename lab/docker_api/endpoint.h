#pragma once
// Where the Docker Engine listens, chosen in the order of the docker command.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace echolab::docker_api {

struct Tls {
  std::filesystem::path ca, certificate, key;
  bool verify = true;
};

struct Endpoint {
  std::string address;      // as named: "unix:///var/run/docker.sock", "tcp://198.51.100.7:2376"
  std::string socket_path;  // empty for TCP
  std::string base_url;     // "http://localhost" over a socket, else "https://198.51.100.7:2376"
  std::optional<Tls> tls;
  std::string chosen_by;  // "DOCKER_HOST", "context lab", "default"
  bool is_local() const { return !socket_path.empty(); }
};

struct EndpointChoice {
  std::string host, context;  // from the command line; empty: not given
};
// The value of an environment variable; empty when unset.
using Environment = std::function<std::string(const std::string& name)>;

// --host, --context, DOCKER_HOST, DOCKER_CONTEXT, currentContext in ${DOCKER_CONFIG:-~/.docker}/config.json,
// then /var/run/docker.sock. Reads files only. Throws EnvironmentError when what is named does not exist or
// is no address.
Endpoint resolve_endpoint(const EndpointChoice& choice, const Environment& environment);
Endpoint resolve_endpoint(const EndpointChoice& choice);  // with this process's environment

}  // namespace echolab::docker_api
