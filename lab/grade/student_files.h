#pragma once
// The files that a student is handed back, and the evidence for the mark (docs/grading.md, "What a student gets").

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "lab/grade/judged_run.h"
#include "lab/grade/student_job.h"
#include "lab/picture/terminals.h"
#include "lab/submission/intake.h"

namespace echolab::grade {

using Images = std::vector<std::pair<std::string, std::string>>;  // "udp-echo/server" → image id

class StudentFiles {
 public:
  explicit StudentFiles(const StudentJob& job) : job_(job) {}

  std::filesystem::path run_folder(const std::string& scenario) const { return job_.folder / "runs" / scenario; }
  void add_run(const std::string& scenario, const JudgedRun& judged);
  void add_build(const std::string& role, const std::string& log, const std::string& image);
  void add_refusal(const std::string& reason) { refusals_.push_back(reason); }

  // <id>.pcapng: the captures of all runs, a section each; without a run, the capture that was handed in. <id>.png,
  // transcripts, result.json, and manifest.json last.
  void write(const marks::StudentResult& result, const submission::Intake& intake);

 private:
  void write_capture(const submission::Intake& intake);
  void write_picture(const marks::StudentResult& result);

  const StudentJob& job_;
  std::vector<std::string> scenarios_;        // that ran
  std::vector<picture::Terminal> terminals_;  // of the first that ran
  std::vector<std::string> refusals_;
  std::map<std::string, std::string> build_logs_;  // by role
  Images images_;
};

// manifest.json: size and SHA-256 of every other file, and what the mark depends on.
void write_student_manifest(const std::filesystem::path& folder, const BatchRecord& batch,
                            const marks::Student& student, const Images& images);
Images images_in_manifest(const std::filesystem::path& folder);

}  // namespace echolab::grade
