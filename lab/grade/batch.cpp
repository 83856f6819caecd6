#include "lab/grade/batch.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <list>
#include <memory>

#include "lab/base/error.h"
#include "lab/base/file.h"
#include "lab/base/hash.h"
#include "lab/base/text.h"
#include "lab/grade/journal.h"
#include "lab/grade/open_marks.h"
#include "lab/grade/student_job.h"
#include "lab/grade/worker_channel.h"
#include "lab/grade/worker_process.h"
#include "lab/marks/marking.h"

namespace echolab::grade {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr int most_faults = 2;  // the second one stands
constexpr auto tick_time = 100ms;
constexpr auto student_margin = 300s;  // for builds and files, beside the scenarios' own limits
constexpr std::size_t log_tail = 2000;

struct Task {
  const marks::Student* student = nullptr;
  int faults = 0;
  bool alone = false;  // nobody else may be graded meanwhile
};

struct Running {
  Task task;
  fs::path folder;
  std::unique_ptr<WorkerProcess> process;
  Monotonic deadline;
  bool waits = false, computes = false;  // for a processor; with one
  bool had_company = false;
  bool overdue = false;
  std::string doubt, fault;
};

class BatchRun {
 public:
  BatchRun(const BatchOptions& options, const BatchRecord& batch, const std::vector<scenario::Scenario>& scenarios,
           BatchObserver& observer, Interrupt& interrupt)
      : options_(options),
        batch_(batch),
        scenarios_(scenarios),
        observer_(observer),
        interrupt_(interrupt),
        admission_(admit(options.jobs, scenarios)),
        journal_(options.folder / "journal") {
    for (const scenario::Scenario& scenario : scenarios) {
      time_limit_ += scenario.limits.ready + scenario.limits.run + scenario.limits.stop + student_margin;
    }
  }

  void run() {
    std::error_code ignored;
    fs::remove_all(work_folder(), ignored);  // of a killed batch
    create_folders(work_folder());
    queue_students();
    while (!queue_.empty() || !running_.empty()) {
      start_some();
      grant_processors();
      wait();
    }
    fs::remove_all(work_folder(), ignored);
  }

 private:
  fs::path work_folder() const { return options_.folder / ".work"; }
  fs::path place_of(const marks::Student& student) const { return options_.folder / student.id; }

  void queue_students() {
    std::size_t graded = 0;
    for (const marks::Student& student : batch_.students) {
      if (!options_.only.empty() && !options_.only.contains(student.id)) continue;
      if (is_graded(student)) {
        ++graded;
      } else {
        queue_.push_back({&student});
      }
    }
    observer_.begin(queue_.size() + graded, graded, admission_);
  }

  bool is_graded(const marks::Student& student) const {
    const auto entry = journal_.students().find(student.id);
    if (entry == journal_.students().end() || entry->second.digest.empty()) return false;
    const fs::path file = place_of(student) / "result.json";
    if (!fs::exists(file) || sha256_hex_of_file(file) != entry->second.digest) return false;
    if (!options_.again) return true;
    return options_.only.empty() && marks::student_result_from_json(read_file(file)).complete();
  }

  void start_some() {
    while (!queue_.empty() && running_.size() < admission_.jobs) {
      if (!running_.empty() && (queue_.front().alone || running_.front().task.alone)) return;
      if (!has_room_on_disk(options_.folder)) {
        if (!running_.empty()) return;
        throw EnvironmentError("grade another student", "less than 1 GiB is left on the disk",
                               "make room, then go on with --resume");
      }
      start(queue_.front());
      queue_.pop_front();
    }
  }

  void start(const Task& task) {
    const auto known = journal_.students().find(task.student->id);
    const int attempt = 1 + (known == journal_.students().end() ? 0 : known->second.attempts);
    const fs::path folder = work_folder() / fmt::format("{}-{}", task.student->id, attempt);
    journal_.started(task.student->id, attempt);
    std::vector<std::string> command = options_.worker_command;
    command.insert(command.end(), {options_.folder.string(), "--student", task.student->id, "--into", folder.string()});
    for (Running& other : running_) other.had_company = true;
    Running& worker = running_.emplace_back();
    worker.task = task;
    worker.folder = folder;
    worker.process = std::make_unique<WorkerProcess>(command, folder.string() + ".log");
    worker.deadline = std::chrono::steady_clock::now() + time_limit_;
    worker.had_company = running_.size() > 1;
    observer_.started(*task.student);
  }

  void grant_processors() {
    auto busy = std::count_if(running_.begin(), running_.end(), [](const Running& r) { return r.computes; });
    for (Running& worker : running_) {
      if (!worker.waits || busy >= static_cast<std::ptrdiff_t>(admission_.processors)) continue;
      worker.waits = false;
      worker.computes = true;
      ++busy;
      grant(worker.process->channel());
    }
  }

  void wait() {
    if (running_.empty()) return;
    std::vector<pollfd> watched{{interrupt_.fd(), POLLIN, 0}};
    for (const Running& worker : running_) {
      watched.push_back({worker.process->channel(), POLLIN, 0});
      watched.push_back({worker.process->pidfd(), POLLIN, 0});
    }
    Monotonic next = std::chrono::steady_clock::now() + time_limit_;
    for (const Running& worker : running_) next = std::min(next, worker.deadline);
    auto left = Deadline(next).left();
    if (observer_.live()) left = std::min<std::chrono::milliseconds>(left, tick_time);
    if (::poll(watched.data(), watched.size(), static_cast<int>(left.count())) < 0 && errno != EINTR) {
      throw EnvironmentError("wait for the graders", errno_text(errno), "");
    }
    observer_.tick();
    if (interrupt_.raised()) end_all();
    for (auto worker = running_.begin(); worker != running_.end();) {
      const auto current = worker++;
      while (const auto message = receive(current->process->channel())) hear(*current, *message);
      if (!has_ended(*current)) continue;
      settle(*current);
      running_.erase(current);
    }
  }

  void hear(Running& worker, const WorkerMessage& message) {
    switch (message.kind) {
      case WorkerMessage::Kind::phase:
        return observer_.phase(*worker.task.student, message.text);
      case WorkerMessage::Kind::wants:
        worker.waits = true;
        return;
      case WorkerMessage::Kind::releases:
        worker.computes = false;
        return;
      case WorkerMessage::Kind::doubtful:
        worker.doubt = message.text;
        return;
      case WorkerMessage::Kind::fault:
        worker.fault = message.text;
        return;
    }
  }

  bool has_ended(Running& worker) const {
    pollfd ended{worker.process->pidfd(), POLLIN, 0};
    if (::poll(&ended, 1, 0) == 1) return true;
    if (!worker.overdue && Deadline(worker.deadline).passed()) {
      worker.overdue = true;
      worker.deadline = std::chrono::steady_clock::now() + time_limit_;
      worker.process->signal(SIGTERM);  // it removes its lab
    }
    return false;
  }

  // Every worker removes its lab; then we go.
  [[noreturn]] void end_all() {
    for (Running& worker : running_) worker.process->signal(SIGTERM);
    for (Running& worker : running_) worker.process->wait();
    running_.clear();
    throw Interrupted();
  }

  void settle(Running& worker) {
    const int status = worker.process->wait();
    const marks::Student& student = *worker.task.student;
    const fs::path result_file = worker.folder / "result.json";
    if (status == 0 && fs::exists(result_file)) {
      const marks::StudentResult result = marks::student_result_from_json(read_file(result_file));
      if (!result.complete() && worker.task.faults + 1 < most_faults) {
        return repeat({&student, worker.task.faults + 1, worker.task.alone}, "no verdict: " + result.reason);
      }
      if (!worker.doubt.empty() && worker.had_company && !worker.task.alone) {
        return repeat({&student, worker.task.faults, true}, worker.doubt);
      }
      return publish(student, worker.folder, result);
    }
    const std::string why = worker.overdue         ? "it was still at work after " + format_duration(time_limit_)
                            : worker.fault.empty() ? describe_death(status, worker.folder.string() + ".log")
                                                   : worker.fault;
    if (worker.task.faults + 1 < most_faults) return repeat({&student, worker.task.faults + 1, worker.task.alone}, why);
    publish_fault(student, worker.folder, why);
  }

  static std::string describe_death(int status, const fs::path& log) {
    std::string text = status > 128 ? fmt::format("the grader was ended by signal {}", status - 128)
                                    : fmt::format("the grader ended with status {}", status);
    std::string said = fs::exists(log) ? read_file(log) : "";
    if (said.size() > log_tail) said.erase(0, said.size() - log_tail);
    while (!said.empty() && said.back() == '\n') said.pop_back();
    return said.empty() ? text : text + ": " + escape_for_terminal(said);
  }

  // Last in the queue, or, when it must be alone, as soon as the others are done.
  void repeat(const Task& task, const std::string& why) {
    observer_.repeated(*task.student, why);
    if (task.alone) {
      queue_.push_front(task);
    } else {
      queue_.push_back(task);
    }
  }

  void publish(const marks::Student& student, const fs::path& folder, const marks::StudentResult& result) {
    const fs::path place = place_of(student);
    std::error_code ignored;
    fs::remove_all(place, ignored);  // of a batch that was killed between the next two lines, or whose file was altered
    fs::rename(folder, place);
    journal_.finished(student.id, sha256_hex_of_file(place / "result.json"));
    observer_.finished(result);
  }

  void publish_fault(const marks::Student& student, const fs::path& folder, const std::string& why) {
    marks::StudentResult result;
    result.student = student;
    for (const scenario::Scenario& scenario : scenarios_) {
      const auto open = open_marks(scenario, "the machine failed: " + why);
      result.checks.insert(result.checks.end(), open.begin(), open.end());
    }
    marks::sum_up(result);
    create_folders(folder);
    write_file_atomically(folder / "result.json", marks::to_json(result));
    publish(student, folder, result);
  }

  const BatchOptions& options_;
  const BatchRecord& batch_;
  const std::vector<scenario::Scenario>& scenarios_;
  BatchObserver& observer_;
  Interrupt& interrupt_;
  const Admission admission_;
  Journal journal_;
  Nanoseconds time_limit_{0};
  std::deque<Task> queue_;
  std::list<Running> running_;
};

}  // namespace

void run_batch(const BatchOptions& options, const BatchRecord& batch, const std::vector<scenario::Scenario>& scenarios,
               BatchObserver& observer, Interrupt& interrupt) {
  BatchRun(options, batch, scenarios, observer, interrupt).run();
}

}  // namespace echolab::grade
