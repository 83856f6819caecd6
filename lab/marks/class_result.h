#pragma once
// What a class got, and why: the one model that every report is made from. It holds nothing that differs between two
// gradings of the same work (no times, no addresses, no paths of this machine), so equal work gives equal bytes.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/marks/student.h"
#include "lab/verify/finding.h"

namespace echolab::marks {

// One check of one scenario: all of its points or none. `outcome` is failed when one of its findings failed, else
// inconclusive when one was, else not_run when none passed. A check of level warning is worth nothing.
struct CheckMark {
  std::string scenario;  // its name
  std::string check;     // its id
  std::size_t line = 0;  // in the scenario file
  double points = 0;     // given
  double most = 0;       // that it is worth
  verify::Outcome outcome = verify::Outcome::not_run;
  scenario::Level level = scenario::Level::error;
  std::string subject;                     // of the finding that decided: "client-1"
  std::string message, hint;               // of that finding
  std::vector<verify::Evidence> evidence;  // files relative to the student's folder
  bool operator==(const CheckMark&) const = default;
};

// What stopped a program of the student's.
enum class Limit : std::uint8_t { time, memory, processes, output, disk, build_time };
std::string_view to_string(Limit limit);
struct LimitHit {
  Limit limit = Limit::time;
  std::string where;   // "server", "build of client"
  std::string detail;  // "killed at 256 MiB"
  bool operator==(const LimitHit&) const = default;
};

enum class Status : std::uint8_t {
  passed,        // every check that decides
  failed,        // at least one did not pass
  inconclusive,  // at least one could not be judged: the machine's fault, never the student's
  missing,       // nothing, or nothing readable, was handed in; a kind of failed
};
std::string_view to_string(Status status);

// Why a scenario was not run for a student: their fault, so its checks failed.
struct Refusal {
  std::string scenario, reason;
  bool operator==(const Refusal&) const = default;
};

struct StudentResult {
  Student student;
  Status status = Status::missing;
  double points = 0;  // given
  double open = 0;    // of checks that could not be judged
  double most = 0;
  std::string reason;  // one sentence: why not all points; empty when passed
  std::vector<CheckMark> checks;
  std::vector<LimitHit> limits;
  std::vector<Refusal> refused;
  std::vector<std::string> notes;  // rejected files and other things a reader must know
  bool complete() const { return status != Status::inconclusive; }
  bool operator==(const StudentResult&) const = default;
};

struct ScenarioUse {
  std::string name, file, sha256;
};

// Two students' work that is alike where independent work is not. For people to look at; no mark follows from it.
struct Alike {
  std::string first, second;  // student ids, in order; second is empty when it is about one student's work alone
  std::string what;           // "capture", "edited capture", "program"
  std::string reason;         // one sentence
  std::vector<std::string> evidence;
};

struct ClassResult {
  std::string batch;  // digest of roster, scenarios and seed
  std::uint64_t seed = 0;
  std::string tool_version;
  std::vector<ScenarioUse> scenarios;
  std::vector<StudentResult> students;  // in the roster's order
  std::vector<Alike> alike;
  std::vector<std::string> notes;  // files that belong to nobody, and the like
};

// results.json, schema "echolab.class/v1"; one student: result.json, "echolab.student/v1". Stable order, two spaces,
// ends with a newline. Reading back gives an equal value; it throws EnvironmentError naming the first thing wrong.
std::string to_json(const ClassResult& result);
std::string to_json(const StudentResult& result);
StudentResult student_result_from_json(const std::string& text);

}  // namespace echolab::marks
