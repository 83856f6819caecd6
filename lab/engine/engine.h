#pragma once
// What can run a plan. Engines write a run folder and nothing else; they know nothing of verdicts.

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "lab/artifacts/run_folder.h"
#include "lab/base/interrupt.h"
#include "lab/plan/make_plan.h"
#include "lab/plan/plan.h"

namespace echolab::engine {

struct Capabilities {
  bool capture = false;
  bool builds_images = false;
  bool sandbox = false;  // fit for untrusted programs
};

// One line of `echolab doctor`.
struct ReadinessItem {
  enum class State : std::uint8_t { good, warning, broken } state = State::good;
  std::string what;   // "Docker engine"
  std::string found;  // "20.10.24, API 1.41, unix:///var/run/docker.sock"
  std::string mend;   // the command that mends it; empty when good
};

// Told what happens while it happens; calls come from the engine's loop and must be quick.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void step(std::string_view what) = 0;  // "creating 21 containers"
  virtual void nodes_ready(std::size_t ready, std::size_t all) = 0;
  virtual void nodes_finished(std::size_t finished, std::size_t clients) = 0;
  virtual void echoed(std::uint64_t messages, std::uint64_t expected) = 0;
  virtual void tick() {}  // about ten times a second while waiting
};

struct CleanupSummary {
  std::vector<std::string> removed;  // "container echolab-…-client-1", one per object
  std::vector<std::string> kept;     // objects of runs that are alive, with the reason
  std::vector<std::string> failed;   // what could not be removed, and why
};

// Whose objects a clean-up takes.
enum class CleanupScope : std::uint8_t {
  dead_owners,  // runs whose controller no longer lives (pid, its start time and the boot id differ)
  all,          // every object labelled by echolab
};

// A program without a network, in the profile of untrusted code: compilers at work on a submission.
struct Job {
  std::string name;                    // "build-20261234-server": for labels and messages
  plan::Bundle sources;                // seen read-only in /submission
  std::vector<std::string> arguments;  // of the runner image's entrypoint, the supervisor
  scenario::Limits limits;
  Nanoseconds time{0};             // then it is killed
  std::uint64_t work_bytes = 0;    // of /work, where it may write and execute
  std::uint64_t output_bytes = 0;  // of standard output; more kills it
};
struct JobResult {
  artifacts::NodeExit exit;
  bool out_of_time = false, too_much_output = false;
  std::string output;  // standard output, binary: at most output_bytes
  std::string events;  // the supervisor's event lines
  std::string errors;  // the rest of standard error, beginning and end
  std::string image;   // id of the runner image it ran in; without containers, the supervisor's path
};

struct RunContext {
  const plan::Plan& plan;
  artifacts::RunFolderWriter& folder;
  Observer& observer;
  Interrupt& interrupt;
};

class Engine {
 public:
  virtual ~Engine() = default;
  virtual std::string_view name() const = 0;  // "docker"
  virtual Capabilities capabilities() const = 0;
  virtual std::vector<ReadinessItem> check_ready() = 0;
  // Subnets in use on the engine's host: its routes and its other networks.
  virtual std::vector<Prefix> occupied_prefixes() = 0;

  // The plan this engine will run. An engine whose nodes somebody else starts puts their real number and addresses in.
  virtual plan::Plan plan(const scenario::Scenario& scenario, const plan::PlanInputs& inputs) {
    return plan::make_plan(scenario, inputs);
  }

  // Runs the lab from first create to last remove and fills the folder: nodes/, captures/ (raw), engine.json.
  // Order: networks and captures (proven on), nodes, all ready, offloads off, release, wait for the clients or the time
  // limit, end sentinel, stop the servers, gather, remove. Returns what engine.json holds. A node that dies, a time
  // limit or an incomplete capture is a record, not an exception. Throws EnvironmentError when the lab could not be
  // brought up, SubnetTaken when a planned subnet was taken meanwhile, Interrupted on Ctrl-C; in every case everything
  // it created is removed and what was gathered stays in the folder.
  virtual artifacts::EngineRecord run(const RunContext& context) = 0;

  // Runs it to its end. Throws EnvironmentError when it can't be started, or where an engine has no such thing, and
  // Interrupted.
  virtual JobResult run_job(const Job& job, Interrupt& interrupt);

  virtual CleanupSummary remove_leftovers(CleanupScope scope) = 0;
};

// Another network took the subnet between planning and creating: plan again with it in `occupied`.
class SubnetTaken : public std::runtime_error {
 public:
  SubnetTaken(Prefix prefix, const std::string& detail)
      : std::runtime_error("subnet " + prefix.to_string() + " is taken: " + detail), prefix_(prefix) {}
  const Prefix& prefix() const { return prefix_; }

 private:
  Prefix prefix_;
};

}  // namespace echolab::engine
