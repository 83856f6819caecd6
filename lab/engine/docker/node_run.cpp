#include "lab/engine/docker/node_run.h"

#include "lab/base/error.h"

namespace echolab::engine::docker {

NodeRun::NodeRun(docker_api::Client& client, const plan::Node& node, artifacts::RunFolderWriter& folder)
    : client_(client),
      node_(node),
      writer_(folder.node(node.name, node.writes_events, [this](std::string_view line) { take_event(line); })) {}

void NodeRun::create(const docker_api::ContainerSpec& spec, std::function<void()> done) {
  docker_api::create_container(client_, spec, [this, done = std::move(done)](docker_api::Reply<std::string> id) {
    if (id) {
      id_ = id.value();
    } else {
      failed_ = id.error();
    }
    done();
  });
}

void NodeRun::start(std::function<void()> done) {
  const auto inspected = [this, done](docker_api::Reply<docker_api::ContainerInfo> info) {
    if (info) pid_ = info.value().pid;
    done();
  };
  const auto started = [this, done, inspected](docker_api::Reply<docker_api::Nothing> reply) {
    if (!reply) {
      failed_ = reply.error();
      return done();
    }
    started_ = true;
    if (node_.readiness == plan::Readiness::started) ready_ = true;
    docker_api::inspect_container(client_, id_, inspected);
    if (streams_over_) learn_exit();
  };
  docker_api::attach_container(
      client_, id_,
      {.attached = [this, started] { docker_api::start_container(client_, id_, started); },
       .output = [this](docker_api::Stream stream, std::string_view bytes) { take_output(stream, bytes); },
       .ended =
           [this, done](const std::string& trouble) {
             // Without an attached stream nothing was started.
             if (!started_ && !failed_ && !trouble.empty()) {
               failed_ = docker_api::ApiError{"POST /containers/" + id_ + "/attach", 0, trouble, ""};
               return done();
             }
             streams_ended(trouble);
           }});
}

void NodeRun::signal(const std::string& name) {
  if (started_ && !ended_)
    docker_api::signal_container(client_, id_, name, [](docker_api::Reply<docker_api::Nothing>) {});
}

void NodeRun::kill() {
  if (!started_ || ended_) return;
  exit_.killed_by_us = true;
  signal("KILL");
}

void NodeRun::take_output(docker_api::Stream stream, std::string_view bytes) {
  if (!write_trouble_.empty()) return;
  try {
    if (stream == docker_api::Stream::standard_output) {
      writer_.write_stdout(bytes);
    } else {
      writer_.write_stderr(bytes);
    }
  } catch (const EnvironmentError& error) {
    write_trouble_ = error.what();
  }
}

// Lines come whole. A string inside one has its quotes escaped, so that nothing a peer sent looks like these.
void NodeRun::take_event(std::string_view line) {
  if (line.find(R"("event":"ready")") != std::string_view::npos) ready_ = true;
  if (line.find(R"("event":"recv")") != std::string_view::npos &&
      line.find(R"("status":"echo")") != std::string_view::npos) {
    ++echoes_;
  }
}

void NodeRun::streams_ended(const std::string& trouble) {
  if (!trouble.empty()) exit_.error = "its output was lost: " + trouble;
  if (started_) return learn_exit();
  streams_over_ = true;
}

// The streams end when the container does. Should only the connection have ended, this waits for the
// container.
void NodeRun::learn_exit() {
  docker_api::wait_container(client_, id_, [this](docker_api::Reply<int> code) {
    if (code) {
      exit_.exit_code = code.value();
    } else if (exit_.error.empty()) {
      exit_.error = code.error().message;
    }
    docker_api::inspect_container(client_, id_, [this](docker_api::Reply<docker_api::ContainerInfo> info) {
      if (info) {
        exit_.out_of_memory = info.value().out_of_memory;
        if (exit_.error.empty()) exit_.error = info.value().error;
      }
      ended_ = true;
      write_exit();
    });
  });
}

void NodeRun::write_exit() {
  if (exit_written_) return;
  exit_written_ = true;
  if (failed_ && exit_.error.empty()) exit_.error = failed_->message;
  if (!write_trouble_.empty()) exit_.error += (exit_.error.empty() ? "" : "; ") + write_trouble_;
  // Whoever ends before the exit is known does so because the run is torn down.
  if (started_ && !ended_) exit_.killed_by_us = true;
  writer_.write_exit(exit_);
}

}  // namespace echolab::engine::docker
