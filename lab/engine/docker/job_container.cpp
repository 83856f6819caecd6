#include "lab/engine/docker/job_container.h"

#include <fmt/format.h>
#include <signal.h>

#include <atomic>

#include "lab/base/error.h"
#include "lab/base/hash.h"
#include "lab/engine/docker/attached_container.h"
#include "lab/engine/docker/images.h"
#include "lab/engine/docker/leftovers.h"
#include "lab/engine/docker/node_spec.h"
#include "lab/engine/docker/owner.h"
#include "lab/engine/docker/submission_image.h"
#include "lab/engine/job_streams.h"

namespace echolab::engine::docker {

namespace {

using namespace std::chrono_literals;

constexpr auto start_limit = 120s;  // a create and a start, each with the limit of its call
constexpr auto kill_limit = 10s;    // from SIGKILL to a known exit
constexpr auto answer_limit = 60s;

// A job's objects carry a name that no other process's job, and no other job of this process, has.
std::string new_job_id(const Owner& owner) {
  static std::atomic<std::uint64_t> jobs{0};
  return "job-" + sha256_hex(fmt::format("{}/{}", owner.to_string(), ++jobs)).substr(0, 16);
}

class JobContainer {
 public:
  JobContainer(docker_api::Client& client, const Job& job, Interrupt& interrupt)
      : client_(client),
        job_(job),
        interrupt_(interrupt),
        streams_(job.output_bytes),
        container_(client, {.output =
                                [this](docker_api::Stream stream, std::string_view bytes) {
                                  stream == docker_api::Stream::standard_output ? streams_.take_output(bytes)
                                                                                : streams_.take_errors(bytes);
                                },
                            .started = [] {},
                            .failed = [this](const docker_api::ApiError& error) { failure_ = error; },
                            .ended = [this](const AttachedContainer::End& end) { end_ = end; }}) {}
  JobContainer(const JobContainer&) = delete;
  JobContainer& operator=(const JobContainer&) = delete;

  // Whatever carries the job's label goes. What was asked for may still come true: it must be there when we look.
  ~JobContainer() {
    try {
      client_.loop().run_until([this] { return !container_.busy(); }, Deadline::in(answer_limit));
      remove_labelled(client_, std::string(label_run) + "=" + id_, CleanupScope::all);
    } catch (...) {
      // The engine finds it at the next clean-up.
    }
  }

  JobResult run(const std::string& runner_image) {
    JobResult result;
    result.image = require_image(client_, runner_image);
    interrupt_.check();
    const std::string image = build_submission_image(client_, result.image, job_.sources, id_, owner_);
    container_.create(job_spec(job_, id_, image, owner_), [this] {
      if (failure_) return;
      container_.start([this] { started_ = true; });
    });
    drive([this] { return started_ || failure_ || end_; }, Deadline::in(start_limit));
    if (failure_) throw EnvironmentError("run " + job_.name, failure_->message, failure_->mend);
    const bool in_time = drive([this] { return end_ || streams_.too_much_output(); }, Deadline::in(job_.time));
    if (!end_) {
      result.out_of_time = !in_time;
      result.exit.killed_by_us = true;
      container_.signal(SIGKILL);
      drive([this] { return end_.has_value(); }, Deadline::in(kill_limit));
    }
    if (!end_) {
      throw EnvironmentError("end " + job_.name,
                             "its container did not end " + format_duration(kill_limit) + " after SIGKILL",
                             "see what keeps the Docker engine busy");
    }
    if (!end_->output_lost.empty()) {
      throw EnvironmentError("run " + job_.name, "its output was lost: " + end_->output_lost, "run it again");
    }
    result.exit.exit_code = end_->exit_code;
    result.exit.out_of_memory = end_->out_of_memory;
    result.exit.error = end_->error;
    streams_.move_into(result);
    return result;
  }

 private:
  bool drive(const std::function<bool()>& satisfied, const Deadline& deadline) {
    for (;;) {
      const auto wake = client_.loop().run_until(satisfied, deadline, interrupt_.fd());
      if (wake != docker_api::Loop::Wake::descriptor) return wake == docker_api::Loop::Wake::satisfied;
      interrupt_.check();
    }
  }

  docker_api::Client& client_;
  const Job& job_;
  Interrupt& interrupt_;
  const Owner owner_ = Owner::self();
  const std::string id_ = new_job_id(owner_);
  JobStreams streams_;
  AttachedContainer container_;
  bool started_ = false;
  std::optional<docker_api::ApiError> failure_;
  std::optional<AttachedContainer::End> end_;
};

}  // namespace

JobResult run_job_container(docker_api::Client& client, const DockerOptions& options, const Job& job,
                            Interrupt& interrupt) {
  return JobContainer(client, job, interrupt).run(options.runner_image);
}

}  // namespace echolab::engine::docker
