#include "lab/engine/docker/attached_container.h"

#include <string.h>

#include <utility>

namespace echolab::engine::docker {

void AttachedContainer::create(const docker_api::ContainerSpec& spec, std::function<void()> done) {
  done_ = std::move(done);
  docker_api::create_container(client_, spec, [this](docker_api::Reply<std::string> id) {
    if (id) {
      id_ = id.value();
    } else {
      handlers_.failed(id.error());
    }
    answer();
  });
}

void AttachedContainer::start(std::function<void()> done) {
  done_ = std::move(done);
  const auto attached = [this] {
    start_asked_ = true;
    docker_api::start_container(client_, id_,
                                [this](docker_api::Reply<docker_api::Nothing> reply) { start_answered(reply); });
  };
  streams_ = docker_api::attach_container(
      client_, id_, {.attached = attached, .output = handlers_.output, .ended = [this](const std::string& trouble) {
                       streams_ended(trouble);
                     }});
}

void AttachedContainer::signal(int number) {
  if (!started_ || ended_) return;
  ++signals_;
  docker_api::signal_container(client_, id_, ::sigabbrev_np(number),
                               [this](const docker_api::Reply<docker_api::Nothing>&) { --signals_; });
}

void AttachedContainer::abandon() {
  if (streams_) client_.loop().cancel(*streams_);
  streams_.reset();
}

void AttachedContainer::start_answered(const docker_api::Reply<docker_api::Nothing>& reply) {
  if (!reply) {
    handlers_.failed(reply.error());
    return answer();
  }
  started_ = true;
  handlers_.started();
  docker_api::inspect_container(client_, id_, [this](docker_api::Reply<docker_api::ContainerInfo> info) {
    if (info) pid_ = info.value().pid;
    answer();
  });
  if (streams_over_) learn_end();
}

void AttachedContainer::streams_ended(const std::string& trouble) {
  streams_.reset();
  end_.output_lost = trouble;
  streams_over_ = true;
  if (started_) return learn_end();
  if (start_asked_) return;  // its answer is still to come
  handlers_.failed({"attach to the container", 0, trouble.empty() ? "the engine ended the stream" : trouble, ""});
  answer();
}

// The streams end when the container does. Should only the connection have ended, this waits for the container.
void AttachedContainer::learn_end() {
  docker_api::wait_container(client_, id_, [this](docker_api::Reply<int> code) {
    if (code) {
      end_.exit_code = code.value();
    } else {
      end_.error = code.error().message;
    }
    docker_api::inspect_container(client_, id_, [this](docker_api::Reply<docker_api::ContainerInfo> info) {
      if (info) {
        end_.out_of_memory = info.value().out_of_memory;
        if (end_.error.empty()) end_.error = info.value().error;
      }
      ended_ = true;
      handlers_.ended(end_);
    });
  });
}

void AttachedContainer::answer() {
  if (const auto done = std::exchange(done_, {})) done();
}

}  // namespace echolab::engine::docker
