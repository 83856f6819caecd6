#pragma once
// The small JSON documents of a run folder, both ways: exit.json, engine.json, manifest.json (docs/run-folder.md).

#include <string>
#include <vector>

#include "lab/artifacts/run_folder.h"

namespace echolab::artifacts {

struct ManifestEntry {
  std::string path;  // relative to the run folder, with '/'
  std::uint64_t size = 0;
  std::string sha256;
};

struct Manifest {
  bool complete = false;  // the run went to its end
  std::vector<ManifestEntry> files;
};

std::string to_json(const NodeExit& exit);
std::string to_json(const EngineRecord& record);
std::string to_json(const Manifest& manifest);
// Each throws EnvironmentError naming `file` when the text is not what to_json writes.
NodeExit node_exit_from_json(const std::string& text, const std::filesystem::path& file);
EngineRecord engine_record_from_json(const std::string& text, const std::filesystem::path& file);
Manifest manifest_from_json(const std::string& text, const std::filesystem::path& file);

}  // namespace echolab::artifacts
