#include "lab/engine/local/local_job.h"

#include <signal.h>

#include <optional>

#include "lab/base/error.h"
#include "lab/engine/job_streams.h"
#include "lab/engine/local/lab_process.h"
#include "lab/engine/local/local_lab.h"

namespace echolab::engine::local {

namespace {

using namespace std::chrono_literals;

constexpr auto job_setup_limit = 30s;
constexpr auto kill_limit = 10s;  // from SIGKILL to a known end

plan::Plan plan_of(const Job& job) {
  plan::Plan plan;
  plan::Node node;
  node.name = "job";
  node.limits = job.limits;
  plan.nodes.push_back(std::move(node));
  return plan;
}

class LocalJob {
 public:
  LocalJob(const Job& job, const std::filesystem::path& services, bool as_root, Interrupt& interrupt)
      : job_(job),
        plan_(plan_of(job)),
        spec_{plan_, {supervised_program(services, job.sources, job.arguments, job.work_bytes)}, {}, as_root},
        streams_(job.output_bytes),
        process_(spec_) {
    loop_.add(process_.channel().fd(), [this] { read_reports(); });
    loop_.add(interrupt.fd(), [&interrupt] { interrupt.check(); });
  }

  JobResult run() {
    if (!drive([this] { return ready_; }, Deadline::in(job_setup_limit))) fail("not set up within 30 s");
    pipes_.emplace(
        loop_, [this](std::string_view bytes) { streams_.take_output(bytes); },
        [this](std::string_view bytes) { streams_.take_errors(bytes); }, [] {}, [] {});
    const StreamEnds ends = pipes_->writing_ends();
    if (!process_.channel().try_order({Order::Kind::start_node, 0, 0}, &ends)) fail("the lab process takes no orders");
    pipes_->release_writing_ends();

    const auto ended = [this] { return status_ && pipes_->ended(); };
    JobResult result;
    const bool in_time = drive([&] { return ended() || streams_.too_much_output(); }, Deadline::in(job_.time));
    if (!ended()) {
      result.out_of_time = !in_time;
      result.exit.killed_by_us = true;
      process_.channel().try_order({Order::Kind::signal_node, 0, SIGKILL});
      if (!drive(ended, Deadline::in(kill_limit))) fail("it did not end within 10 s of SIGKILL");
    }
    result.exit.exit_code = exit_code_of(*status_);
    result.image = spec_.programs.front().file.string();
    streams_.move_into(result);
    return result;
  }

 private:
  void read_reports() {
    bool gone = false;
    while (const auto report = process_.channel().try_report(&gone)) {
      if (report->kind == Report::Kind::networks_ready) ready_ = true;
      if (report->kind == Report::Kind::node_ended) status_ = report->status;
      if (report->kind == Report::Kind::lab_failed || report->kind == Report::Kind::node_failed) {
        fail(report->text.data());
      }
    }
    if (gone) fail("the lab process ended unexpectedly");
  }

  [[noreturn]] void fail(const std::string& cause) const {
    throw EnvironmentError("run " + job_.name, cause, "echolab doctor --engine local shows what this machine lacks");
  }

  bool drive(const std::function<bool()>& satisfied, const Deadline& deadline) {
    while (!satisfied()) {
      if (deadline.passed()) return false;
      loop_.wait(deadline.left());
    }
    return true;
  }

  const Job& job_;
  const plan::Plan plan_;
  const LabSpec spec_;
  JobStreams streams_;
  EventLoop loop_;
  std::optional<Streams> pipes_;
  bool ready_ = false;
  std::optional<int> status_;
  LabProcess process_;  // made before any descriptor of the job: the lab process is a copy of this one
};

}  // namespace

JobResult run_local_job(const Job& job, const std::filesystem::path& services, bool as_root, Interrupt& interrupt) {
  return LocalJob(job, services, as_root, interrupt).run();
}

}  // namespace echolab::engine::local
