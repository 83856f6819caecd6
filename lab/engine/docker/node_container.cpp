#include "lab/engine/docker/node_container.h"

#include <string.h>

namespace echolab::engine::docker {

void NodeContainer::create(const docker_api::ContainerSpec& spec, std::function<void()> done) {
  docker_api::create_container(client_, spec, [this, done = std::move(done)](docker_api::Reply<std::string> id) {
    if (id) {
      id_ = id.value();
    } else {
      fail({id.error().message, id.error().mend});
    }
    done();
  });
}

void NodeContainer::start(std::function<void()> done) {
  const auto inspected = [this, done](docker_api::Reply<docker_api::ContainerInfo> info) {
    if (info) pid_ = info.value().pid;
    done();
  };
  const auto started = [this, done, inspected](docker_api::Reply<docker_api::Nothing> reply) {
    if (!reply) {
      fail({reply.error().message, reply.error().mend});
      return done();
    }
    mark_started();
    docker_api::inspect_container(client_, id_, inspected);
    if (streams_over_) learn_exit();
  };
  docker_api::attach_container(client_, id_,
                               {.attached = [this, started] { docker_api::start_container(client_, id_, started); },
                                .output =
                                    [this](docker_api::Stream stream, std::string_view bytes) {
                                      stream == docker_api::Stream::standard_output ? take_output(bytes)
                                                                                    : take_errors(bytes);
                                    },
                                .ended =
                                    [this, done](const std::string& trouble) {
                                      // Without an attached stream nothing was started.
                                      if (!this->started() && !failed() && !trouble.empty()) {
                                        fail({trouble, ""});
                                        return done();
                                      }
                                      streams_ended(trouble);
                                    }});
}

void NodeContainer::signal(int number) {
  if (!started() || ended()) return;
  docker_api::signal_container(client_, id_, ::sigabbrev_np(number), [](docker_api::Reply<docker_api::Nothing>) {});
}

void NodeContainer::streams_ended(const std::string& trouble) {
  if (!trouble.empty()) output_lost(trouble);
  if (started()) return learn_exit();
  streams_over_ = true;
}

// The streams end when the container does. Should only the connection have ended, this waits for the
// container.
void NodeContainer::learn_exit() {
  docker_api::wait_container(client_, id_, [this](docker_api::Reply<int> code) {
    const std::optional<int> exit_code = code ? std::optional(code.value()) : std::nullopt;
    const std::string error = code ? "" : code.error().message;
    docker_api::inspect_container(
        client_, id_, [this, exit_code, error](docker_api::Reply<docker_api::ContainerInfo> info) {
          if (!info) return mark_ended(exit_code, false, error);
          mark_ended(exit_code, info.value().out_of_memory, error.empty() ? info.value().error : error);
        });
  });
}

}  // namespace echolab::engine::docker
