#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "lab/artifacts/node_streams.h"
#include "lab/artifacts/records.h"
#include "lab/artifacts/run_folder.h"
#include "lab/base/error.h"
#include "lab/base/hash.h"
#include "lab/base/json.h"
#include "lab/plan/make_plan.h"

namespace echolab::artifacts {

struct RunFolderWriter::Impl {
  std::filesystem::path folder;
  StreamCaps caps;
  UniqueFd log;
  std::map<std::string, std::unique_ptr<NodeStreams>> nodes;
};

RunFolderWriter::RunFolderWriter(std::filesystem::path folder, const plan::Plan& plan, std::string_view scenario_source,
                                 StreamCaps caps)
    : folder_(std::move(folder)), impl_(std::make_unique<Impl>()) {
  std::error_code error;
  if (std::filesystem::exists(folder_, error) && !std::filesystem::is_empty(folder_, error)) {
    throw EnvironmentError("create run folder " + folder_.string(), "it already holds files",
                           "name another folder with --out, or remove this one");
  }
  create_folders(folder_ / "nodes");
  create_folders(folder_ / "captures");
  impl_->folder = folder_;
  impl_->caps = caps;
  impl_->log = create_file(folder_ / "events.jsonl");
  write_file_atomically(folder_ / "scenario.yaml", scenario_source);
  write_file_atomically(folder_ / "plan.json", plan::to_json(plan));
}

RunFolderWriter::~RunFolderWriter() = default;

NodeWriter& RunFolderWriter::node(const std::string& name, bool splits_events, EventLineObserver on_event,
                                  const std::optional<StreamCaps>& caps) {
  auto& streams = impl_->nodes[name];
  if (!streams) {
    const std::filesystem::path folder = folder_ / "nodes" / name;
    create_folders(folder);
    streams = std::make_unique<NodeStreams>(folder, splits_events, caps.value_or(impl_->caps), std::move(on_event));
  }
  return *streams;
}

UniqueFd RunFolderWriter::create_raw_capture(const std::string& network) {
  return create_file(folder_ / "captures" / (network + ".pcap"));
}

void RunFolderWriter::log_step(std::string_view step, std::string_view detail) {
  const auto nanoseconds = [](auto time) {
    return std::chrono::duration_cast<Nanoseconds>(time.time_since_epoch()).count();
  };
  nlohmann::ordered_json line;
  line["v"] = 1;
  line["step"] = step;
  line["mono_ns"] = nanoseconds(std::chrono::steady_clock::now());
  line["wall_ns"] = nanoseconds(std::chrono::system_clock::now());
  if (!detail.empty()) line["detail"] = detail;
  write_all(impl_->log.get(), line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n",
            folder_ / "events.jsonl");
}

void RunFolderWriter::write_engine(const EngineRecord& record) {
  write_file_atomically(folder_ / "engine.json", to_json(record));
}

void RunFolderWriter::write_file(const std::filesystem::path& relative, std::string_view content) {
  write_file_atomically(folder_ / relative, content);
}

void RunFolderWriter::finish(bool complete) {
  for (auto& [name, streams] : impl_->nodes) streams->flush();
  Manifest manifest;
  manifest.complete = complete;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
    if (!entry.is_regular_file() || entry.is_symlink()) continue;
    const std::string path = entry.path().lexically_relative(folder_).generic_string();
    if (path == "manifest.json" || path.ends_with(".tmp")) continue;
    manifest.files.push_back({path, entry.file_size(), sha256_hex_of_file(entry.path())});
  }
  std::sort(manifest.files.begin(), manifest.files.end(),
            [](const ManifestEntry& a, const ManifestEntry& b) { return a.path < b.path; });
  write_file_atomically(folder_ / "manifest.json", to_json(manifest));
}

}  // namespace echolab::artifacts
