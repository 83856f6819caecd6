#include "lab/grade/batch_record.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/base/diagnostic.h"
#include "lab/base/error.h"
#include "lab/base/file.h"
#include "lab/base/hash.h"
#include "lab/base/json.h"
#include "lab/scenario/load.h"

namespace echolab::grade {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* schema = "echolab.batch/v1";
constexpr const char* record_file = "batch.json";

std::filesystem::path stored_file(const std::filesystem::path& folder, const std::string& scenario) {
  return folder / "batch" / (scenario + ".yaml");
}

Json to_json(const BatchRecord& record) {
  Json json{{"schema", schema},
            {"digest", record.digest()},
            {"seed", record.seed},
            {"tool_version", record.tool_version},
            {"submissions", record.submissions}};
  json["scenarios"] = Json::array();
  for (const BatchScenario& s : record.scenarios) {
    json["scenarios"].push_back({{"name", s.name}, {"file", s.file}, {"sha256", s.sha256}});
  }
  json["students"] = Json::array();
  for (const marks::Student& s : record.students) {
    json["students"].push_back(
        {{"id", s.id}, {"name", s.name}, {"department", s.department}, {"email", s.email}, {"section", s.section}});
  }
  return json;
}

BatchRecord from_json(const Json& json) {
  if (json.at("schema") != schema) throw std::runtime_error("its schema is " + json.at("schema").dump());
  BatchRecord record;
  json.at("seed").get_to(record.seed);
  json.at("tool_version").get_to(record.tool_version);
  json.at("submissions").get_to(record.submissions);
  for (const Json& s : json.at("scenarios")) record.scenarios.push_back({s.at("name"), s.at("file"), s.at("sha256")});
  for (const Json& s : json.at("students")) {
    record.students.push_back({s.at("id"), s.at("name"), s.at("department"), s.at("email"), s.at("section")});
  }
  return record;
}

[[noreturn]] void refuse(const std::filesystem::path& folder, const std::string& message, const std::string& hint) {
  throw InvalidInput(folder.string(), "", {{{}, message, hint}});
}

// What to tell somebody who grades something else into the folder of a batch.
std::string difference(const BatchRecord& there, const BatchRecord& wanted) {
  if (there.scenarios != wanted.scenarios) return "other scenarios, or they were changed since";
  if (there.students != wanted.students) return "another roster, or it was changed since";
  if (there.submissions != wanted.submissions) return "the submissions in " + there.submissions;
  if (there.seed != wanted.seed) return fmt::format("seed {}", there.seed);
  return "another version of echolab (" + there.tool_version + ")";
}

std::string personal_digest(const BatchRecord& batch, const marks::Student& student, const std::string& scenario,
                            std::string_view what) {
  return sha256_hex(fmt::format("{}\n{}\n{}\n{}", what, batch.seed, student.id, scenario));
}

}  // namespace

const marks::Student* BatchRecord::find(const std::string& id) const {
  const auto found = std::find_if(students.begin(), students.end(), [&](const auto& s) { return s.id == id; });
  return found == students.end() ? nullptr : &*found;
}

std::string BatchRecord::digest() const {
  Sha256 sum;
  const auto add = [&sum](const std::string& text) { sum.update(fmt::format("{}:{}\n", text.size(), text)); };
  add(fmt::format("{}", seed));
  for (const BatchScenario& s : scenarios) add(s.sha256);
  for (const marks::Student& s : students) {
    for (const std::string* const field : {&s.id, &s.name, &s.department, &s.email, &s.section}) add(*field);
  }
  return sum.hex();
}

void begin_batch(const std::filesystem::path& folder, const BatchRecord& record,
                 const std::vector<scenario::Scenario>& scenarios, bool resume) {
  create_folders(folder);
  if (std::filesystem::exists(folder / record_file)) {
    if (!resume) {
      refuse(folder, "this folder holds a batch already", "add --resume to go on with it, or take another --out");
    }
    const BatchRecord there = read_batch(folder);
    if (there != record) {
      refuse(folder, "this folder holds another batch: " + difference(there, record), "take another --out");
    }
    return;
  }
  if (!std::filesystem::is_empty(folder)) {
    refuse(folder, "this folder is not empty, and holds no batch", "take another --out");
  }
  create_folders(folder / "batch");
  for (const scenario::Scenario& scenario : scenarios) {
    write_file_atomically(stored_file(folder, scenario.name), scenario.source);
  }
  write_file_atomically(folder / record_file, to_json(record).dump(2) + "\n");
}

BatchRecord read_batch(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / record_file;
  if (!std::filesystem::exists(file)) {
    throw EnvironmentError("read the batch in " + folder.string(), "there is no batch.json",
                           "name the folder that was --out of echolab grade");
  }
  try {
    return from_json(Json::parse(read_file(file)));
  } catch (const EnvironmentError&) {
    throw;
  } catch (const std::exception& error) {
    throw EnvironmentError("read " + file.string(), error.what(), "");
  }
}

std::vector<scenario::Scenario> stored_scenarios(const std::filesystem::path& folder, const BatchRecord& record) {
  std::vector<scenario::Scenario> scenarios;
  for (const BatchScenario& scenario : record.scenarios) {
    scenarios.push_back(scenario::load_text(scenario.file, read_file(stored_file(folder, scenario.name))));
  }
  return scenarios;
}

void replace_scenarios(const std::filesystem::path& folder, BatchRecord batch,
                       const std::vector<scenario::Scenario>& scenarios) {
  for (const scenario::Scenario& scenario : scenarios) {
    for (BatchScenario& stored : batch.scenarios) {
      if (stored.name != scenario.name) continue;
      write_file_atomically(stored_file(folder, scenario.name), scenario.source);
      stored.file = std::filesystem::absolute(scenario.file).lexically_normal().string();
      stored.sha256 = sha256_hex(scenario.source);
    }
  }
  write_file_atomically(folder / record_file, to_json(batch).dump(2) + "\n");
}

std::uint64_t seed_of(const BatchRecord& batch, const marks::Student& student, const std::string& scenario) {
  // Below 2^53, so that no JSON reader rounds it.
  return std::stoull(personal_digest(batch, student, scenario, "seed").substr(0, 16), nullptr, 16) >> 11;
}

std::string nonce_of(const BatchRecord& batch, const marks::Student& student, const std::string& scenario) {
  return personal_digest(batch, student, scenario, "nonce").substr(0, 8);
}

scenario::Identity identity_of(const marks::Student& student, const std::string& nonce) {
  return {{"student_id", student.id}, {"name", student.name},       {"department", student.department},
          {"email", student.email},   {"section", student.section}, {"nonce", nonce}};
}

}  // namespace echolab::grade
