#pragma once
// A container from its creation to its known end, attached before it starts, so that nothing it writes is missed.

#include <functional>
#include <optional>
#include <string>

#include "lab/docker_api/containers.h"

namespace echolab::engine::docker {

class AttachedContainer {
 public:
  struct End {
    std::optional<int> exit_code;  // unset: unknown
    bool out_of_memory = false;
    std::string error;        // the engine's words
    std::string output_lost;  // what happened to its streams; empty: they are whole
  };
  struct Handlers {
    docker_api::StreamDemux::Sink output;  // must start and cancel nothing
    std::function<void()> started;
    std::function<void(const docker_api::ApiError&)> failed;  // could not be created or started
    std::function<void(const End&)> ended;
  };
  // `client` outlives this object, which outlives its calls: see busy().
  AttachedContainer(docker_api::Client& client, Handlers handlers) : client_(client), handlers_(std::move(handlers)) {}
  AttachedContainer(const AttachedContainer&) = delete;
  AttachedContainer& operator=(const AttachedContainer&) = delete;

  // `done` comes once, when the engine answered, whether it went well or not.
  void create(const docker_api::ContainerSpec& spec, std::function<void()> done);
  void start(std::function<void()> done);
  void signal(int number);  // ignored when it does not run
  bool is_signalled() const { return signals_ > 0; }  // the engine has not answered yet
  // What it writes and how it ends is of no interest any more: while many are removed, the engine is not asked about
  // each of them.
  void abandon();

  int pid() const { return pid_; }                // on the engine's host; 0 before it runs
  bool busy() const { return done_ != nullptr; }  // a create or start whose answer has not come

 private:
  void start_answered(const docker_api::Reply<docker_api::Nothing>& reply);
  void streams_ended(const std::string& trouble);
  void learn_end();
  void answer();

  docker_api::Client& client_;
  const Handlers handlers_;
  std::string id_;
  std::optional<docker_api::RequestId> streams_;
  int signals_ = 0;  // under way
  std::function<void()> done_;
  bool start_asked_ = false, started_ = false, ended_ = false, streams_over_ = false;
  int pid_ = 0;
  End end_;
};

}  // namespace echolab::engine::docker
