#include "lab/engine/docker/capture_agent.h"

namespace echolab::engine::docker {

namespace {
constexpr std::size_t capture_buffer = 128u << 10;
}

void CaptureAgent::start(const docker_api::ContainerSpec& spec) {
  const auto started = [this](docker_api::Reply<docker_api::Nothing> reply) {
    if (!reply) fail(reply.error().message);
  };
  const auto created = [this, started](docker_api::Reply<std::string> id) {
    if (!id) return fail(id.error().message);
    id_ = id.value();
    docker_api::attach_container(client_, id_,
                                 {.attached = [this, started] { docker_api::start_container(client_, id_, started); },
                                  .output =
                                      [this](docker_api::Stream stream, std::string_view bytes) {
                                        stream == docker_api::Stream::standard_output ? take_capture(bytes)
                                                                                      : take_errors(bytes);
                                      },
                                  .ended = [this](const std::string& trouble) { mark_ended(trouble); },
                                  .receive_buffer = capture_buffer});
  };
  docker_api::create_container(client_, spec, created);
}

void CaptureAgent::stop() {
  if (ended() || id_.empty()) return;
  docker_api::signal_container(client_, id_, "TERM", [](docker_api::Reply<docker_api::Nothing>) {});
}

}  // namespace echolab::engine::docker
