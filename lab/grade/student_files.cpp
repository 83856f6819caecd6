#include "lab/grade/student_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "lab/base/error.h"
#include "lab/base/file.h"
#include "lab/base/hash.h"
#include "lab/base/json.h"

namespace echolab::grade {

namespace {

namespace fs = std::filesystem;

constexpr const char* manifest_file = "manifest.json";
constexpr std::size_t most_terminals = 3;
constexpr std::size_t transcript_bytes = 16u << 20;
constexpr std::size_t piece = 1u << 16;

void append_file(int to, const fs::path& from, const fs::path& name_for_errors) {
  std::ifstream in(from, std::ios::binary);
  std::array<char, piece> bytes{};
  while (in.read(bytes.data(), bytes.size()) || in.gcount() > 0) {
    write_all(to, {bytes.data(), static_cast<std::size_t>(in.gcount())}, name_for_errors);
  }
}

// "server · python3 -u server.py": what follows the supervisor's own words, or the image.
std::string title_of(const plan::Node& node) {
  const auto own = std::find(node.arguments.begin(), node.arguments.end(), "--");
  if (!node.supervised || own == node.arguments.end())
    return fmt::format("{} · {}", node.name, to_string(node.program));
  return fmt::format("{} · {}", node.name, fmt::join(own + 1, node.arguments.end(), " "));
}

}  // namespace

void StudentFiles::add_run(const std::string& scenario, const JudgedRun& judged) {
  for (const auto& [node, image] : judged.run.engine.images) images_.emplace_back(scenario + "/" + node, image);
  const fs::path transcripts = job_.folder / "transcripts";
  create_folders(transcripts);
  for (const plan::Node& node : judged.run.plan.nodes) {
    const fs::path output = judged.run.node_file(node.name, "stdout");
    if (!fs::exists(output)) continue;
    const std::string text = read_file(output, transcript_bytes);
    write_file_atomically(transcripts / fmt::format("{}-{}.txt", scenario, node.name), text);
    if (scenarios_.empty() && terminals_.size() < most_terminals) {
      terminals_.push_back({title_of(node), text});
    }
  }
  scenarios_.push_back(scenario);
}

void StudentFiles::add_build(const std::string& role, const std::string& log, const std::string& image) {
  if (!log.empty()) build_logs_[role] = log;
  if (!image.empty()) images_.emplace_back("build/" + role, image);
}

void StudentFiles::write(const marks::StudentResult& result, const submission::Intake& intake) {
  for (const auto& [role, log] : build_logs_) write_file_atomically(job_.folder / ("build-" + role + ".log"), log);
  write_capture(intake);
  write_picture(result);
  write_file_atomically(job_.folder / "result.json", marks::to_json(result));
  write_student_manifest(job_.folder, job_.batch, job_.student, images_);
}

// Sections of one pcapng file may follow each other as they are (draft-ietf-opsawg-pcapng, 4.1).
void StudentFiles::write_capture(const submission::Intake& intake) {
  std::vector<fs::path> parts;
  for (const std::string& scenario : scenarios_) parts.push_back(run_folder(scenario) / "captures/lab.pcapng");
  std::erase_if(parts, [](const fs::path& part) { return !fs::exists(part); });
  if (parts.empty() && intake.capture) parts.push_back(*intake.capture);
  if (parts.empty()) return;
  PendingFile pending(job_.folder / (job_.student.id + ".pcapng"));
  const UniqueFd file = create_file(pending.temporary());
  for (const fs::path& part : parts) append_file(file.get(), part, pending.temporary());
  pending.publish();
}

void StudentFiles::write_picture(const marks::StudentResult& result) {
  std::vector<picture::Terminal> terminals = terminals_;
  if (terminals.empty()) {
    std::string text = result.reason.empty() ? "" : result.reason + "\n";
    for (const auto& [role, log] : build_logs_) text += fmt::format("\n{}:\n{}", role, log);
    terminals.push_back({refusals_.empty() ? "result" : "not run", text});
  }
  std::string scenarios;
  for (const scenario::Scenario& scenario : job_.scenarios)
    scenarios += (scenarios.empty() ? "" : ", ") + scenario.name;
  const std::string header = fmt::format("{} {} · {} · {} {:g}/{:g}", job_.student.id, job_.student.name, scenarios,
                                         to_string(result.status), result.points, result.most);
  picture::write_png(picture::lay_out(header, terminals), job_.folder / (job_.student.id + ".png"));
}

void write_student_manifest(const fs::path& folder, const BatchRecord& batch, const marks::Student& student,
                            const Images& images) {
  nlohmann::ordered_json json{{"schema", "echolab.student-manifest/v1"},
                              {"student", student.id},
                              {"batch", batch.digest()},
                              {"tool_version", batch.tool_version}};
  json["scenarios"] = nlohmann::ordered_json::array();
  for (const BatchScenario& scenario : batch.scenarios) {
    json["scenarios"].push_back({{"name", scenario.name},
                                 {"sha256", scenario.sha256},
                                 {"seed", seed_of(batch, student, scenario.name)},
                                 {"nonce", nonce_of(batch, student, scenario.name)}});
  }
  json["images"] = nlohmann::ordered_json::object();
  for (const auto& [node, image] : images) json["images"][node] = image;
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const std::string file = fs::relative(entry.path(), folder).generic_string();
    if (file != manifest_file) files.push_back(file);
  }
  std::sort(files.begin(), files.end());
  json["files"] = nlohmann::ordered_json::array();
  for (const std::string& file : files) {
    json["files"].push_back(
        {{"file", file}, {"bytes", fs::file_size(folder / file)}, {"sha256", sha256_hex_of_file(folder / file)}});
  }
  write_file_atomically(folder / manifest_file,
                        json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

Images images_in_manifest(const fs::path& folder) {
  Images images;
  if (!fs::exists(folder / manifest_file)) return images;
  const auto json = nlohmann::ordered_json::parse(read_file(folder / manifest_file), nullptr, false);
  if (!json.is_object() || !json.contains("images")) return images;
  for (const auto& [node, image] : json["images"].items()) {
    if (image.is_string()) images.emplace_back(node, image.get<std::string>());
  }
  return images;
}

}  // namespace echolab::grade
