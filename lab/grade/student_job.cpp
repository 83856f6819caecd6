#include "lab/grade/student_job.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/base/error.h"
#include "lab/base/file.h"
#include "lab/base/text.h"
#include "lab/grade/busy_machine.h"
#include "lab/grade/hand_in_marks.h"
#include "lab/grade/judged_run.h"
#include "lab/grade/own_endings.h"
#include "lab/grade/prepare_program.h"
#include "lab/grade/student_files.h"
#include "lab/grade/supervisor_events.h"
#include "lab/marks/marking.h"
#include "lab/submission/intake.h"

namespace echolab::grade {

namespace {

// Above this share of time in which something waited for a processor, a missing echo may be the machine's doing.
constexpr double busy_share = 0.5;

// Tells the batch what the lab is at, and gives the processor back while the lab only waits.
class LabObserver final : public engine::Observer {
 public:
  LabObserver(WorkerChannel& channel, std::string scenario) : channel_(channel), scenario_(std::move(scenario)) {}

  void step(std::string_view what) override {
    channel_.phase(fmt::format("{}: {}", scenario_, what));
    if (what == "releasing the clients") pressure_.emplace();
    if (what == "clients are running") channel_.release();
    if (what == "ending the capture" && pressure_) stalled_ = pressure_->stalled_share();
  }
  void nodes_ready(std::size_t, std::size_t) override {}
  void nodes_finished(std::size_t, std::size_t) override {}
  void echoed(std::uint64_t, std::uint64_t) override {}

  bool machine_was_busy() const { return !stalled_ || *stalled_ > busy_share; }

 private:
  WorkerChannel& channel_;
  std::string scenario_;
  std::optional<BusyMachine> pressure_;
  std::optional<double> stalled_;
};

// What is asked for: a role that nobody plays is not looked for, so that a folder with one program is no riddle.
scenario::Submission asked_of(const scenario::Scenario& scenario) {
  scenario::Submission asked = *scenario.submission;
  if (!any_submitted(scenario.servers)) asked.server_files.clear();
  if (!any_submitted(scenario.clients)) asked.client_files.clear();
  return asked;
}

// An echo that did not come, or came late, may be a matter of time; a wrong one never is.
bool time_decided(const JudgedRun& judged) {
  if (judged.verdict.outcome != verify::Outcome::failed) return false;
  return !judged.run.engine.problems.empty() ||
         std::any_of(judged.verdict.exchanges.begin(), judged.verdict.exchanges.end(),
                     [](const auto& exchange) { return exchange.lost > 0 || exchange.late > 0; });
}

class StudentRun {
 public:
  StudentRun(const StudentJob& job, engine::Engine& engine, WorkerChannel& channel, Interrupt& interrupt)
      : job_(job), engine_(engine), channel_(channel), interrupt_(interrupt), files_(job) {
    result_.student = job.student;
  }

  marks::StudentResult grade() {
    channel_.acquire(interrupt_);
    channel_.phase("reading the hand-in");
    create_folders(job_.folder);
    intake_ = submission::take_in(job_.batch.submissions, job_.student, job_.folder / "submission");
    for (const submission::Rejected& rejected : intake_.rejected) {
      result_.notes.push_back(fmt::format("not taken: {}: {}", escape_for_terminal(rejected.name), rejected.reason));
    }
    for (const scenario::Scenario& scenario : job_.scenarios) {
      interrupt_.check();
      if (!scenario.clients.empty()) run(scenario);
      const auto marks = hand_in_marks(scenario, job_.student, intake_.capture, intake_.picture);
      result_.checks.insert(result_.checks.end(), marks.begin(), marks.end());
    }
    finish();
    return std::move(result_);
  }

 private:
  void run(const scenario::Scenario& scenario) {
    plan::Student student;
    student.identity = identity_of(job_.student, nonce_of(job_.batch, job_.student, scenario.name));
    if (any_submitted(scenario.servers) && !prepare(scenario, plan::Role::server, student.server)) return;
    if (any_submitted(scenario.clients) && !prepare(scenario, plan::Role::client, student.client)) return;
    channel_.acquire(interrupt_);
    plan::PlanInputs inputs{new_run_id(std::chrono::system_clock::now())};
    inputs.student = std::move(student);
    inputs.seed = seed_of(job_.batch, job_.student, scenario.name);
    LabObserver observer(channel_, scenario.name);
    const auto folder = [&](const std::string&) { return files_.run_folder(scenario.name); };
    const JudgedRun judged = run_and_judge({scenario, std::move(inputs), folder}, engine_, observer, interrupt_);
    add_marks(scenario, judged);
    const bool hit_limit = note_limits(judged.run);
    files_.add_run(scenario.name, judged);
    // What a program did to itself by taking more than it may has nothing to do with the others.
    if (time_decided(judged) && !hit_limit && observer.machine_was_busy()) {
      channel_.doubtful("the machine was busy while echoes were missing");
    }
  }

  // False when there is no program: then every check of the scenario failed for that reason.
  bool prepare(const scenario::Scenario& scenario, plan::Role role, std::optional<plan::PreparedProgram>& program) {
    const char* const name = role == plan::Role::server ? "server" : "client";
    if (intake_.program.empty()) {
      refuse(scenario, intake_.reason.empty() ? "no program was handed in" : intake_.reason);
      return false;
    }
    channel_.phase(fmt::format("building the {}", name));
    const auto built = job_.folder / "built" / scenario.name / name;
    Preparation preparation = prepare_program(intake_.program, built, role, asked_of(scenario),
                                              fmt::format("{}-{}", job_.student.id, name), engine_, interrupt_);
    result_.limits.insert(result_.limits.end(), preparation.limits.begin(), preparation.limits.end());
    files_.add_build(name, preparation.build_log, preparation.image);
    if (!preparation.refusal.empty()) {
      refuse(scenario, preparation.refusal);
      return false;
    }
    program = std::move(preparation.program);
    return true;
  }

  void refuse(const scenario::Scenario& scenario, const std::string& reason) {
    result_.refused.push_back({scenario.name, reason});
    const auto refused = marks::unjudged(scenario.name, scenario.checks, verify::Outcome::failed, reason);
    result_.checks.insert(result_.checks.end(), refused.begin(), refused.end());
    files_.add_refusal(reason);
  }

  void add_marks(const scenario::Scenario& scenario, const JudgedRun& judged) {
    auto marks = marks::marks_of(scenario.name, scenario.checks, judged.verdict, "runs/" + scenario.name);
    explain_failures(marks, own_endings(judged.run));
    result_.checks.insert(result_.checks.end(), marks.begin(), marks.end());
    for (const std::string& note : judged.verdict.notes) result_.notes.push_back(scenario.name + ": " + note);
  }

  // Whether a program ran into a limit other than time, which is the machine's to give.
  bool note_limits(const artifacts::RunFolder& run) {
    bool hit_limit = false;
    for (const plan::Node& node : run.plan.nodes) {
      if (!node.supervised) continue;
      const auto events = run.node_file(node.name, "events.jsonl");
      const std::string lines = std::filesystem::exists(events) ? read_file(events, most_supervisor_event_bytes) : "";
      const SupervisorReport report = read_supervisor_events(lines);
      const artifacts::NodeExit exit = run.node_exit(node.name);
      const auto hits = limits_hit(report, exit, node.limits, node.name);
      result_.limits.insert(result_.limits.end(), hits.begin(), hits.end());
      // Who has to be killed may leave no word of its end.
      if (!report.ready && (report.stopped || exit.killed_by_us)) {
        result_.limits.push_back({marks::Limit::time, node.name, "it ran but was never ready"});
      }
      hit_limit = hit_limit || std::any_of(hits.begin(), hits.end(),
                                           [](const marks::LimitHit& hit) { return hit.limit != marks::Limit::time; });
    }
    return hit_limit;
  }

  void finish() {
    channel_.acquire(interrupt_);
    channel_.phase("writing files");
    marks::sum_up(result_);
    const bool nothing_usable = intake_.program.empty() && !intake_.capture && !intake_.picture;
    if (nothing_usable && result_.status == marks::Status::failed) marks::sum_up_missing(result_, intake_.reason);
    std::error_code ignored;
    std::filesystem::remove_all(job_.folder / "built", ignored);
    files_.write(result_, intake_);
    channel_.release();
  }

  const StudentJob& job_;
  engine::Engine& engine_;
  WorkerChannel& channel_;
  Interrupt& interrupt_;
  submission::Intake intake_;
  StudentFiles files_;
  marks::StudentResult result_;
};

}  // namespace

marks::StudentResult grade_student(const StudentJob& job, engine::Engine& engine, WorkerChannel& channel,
                                   Interrupt& interrupt) {
  return StudentRun(job, engine, channel, interrupt).grade();
}

}  // namespace echolab::grade
