#include "lab/artifacts/records.h"

#include "lab/base/error.h"
#include "lab/base/json.h"

namespace echolab::artifacts {

namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// Parses and hands to `read`; whatever is wrong with the document becomes one error that names the file.
template <typename Read>
auto parse(const std::string& text, const std::filesystem::path& file, Read read) {
  try {
    return read(Json::parse(text));
  } catch (const nlohmann::json::exception& error) {
    throw EnvironmentError("read " + file.string(), error.what(), "the run folder is damaged; run the lab again");
  }
}

}  // namespace

std::string to_json(const NodeExit& exit) {
  Json json;
  json["schema"] = "echolab.exit/v1";
  json["exit_code"] = exit.exit_code ? Json(*exit.exit_code) : Json(nullptr);
  json["out_of_memory"] = exit.out_of_memory;
  json["killed_by_us"] = exit.killed_by_us;
  json["error"] = exit.error;
  json["stdout_cut"] = exit.stdout_cut;
  json["stderr_cut"] = exit.stderr_cut;
  json["events_cut"] = exit.events_cut;
  return text_of(json);
}

NodeExit node_exit_from_json(const std::string& text, const std::filesystem::path& file) {
  return parse(text, file, [](const Json& json) {
    NodeExit exit;
    if (!json.at("exit_code").is_null()) exit.exit_code = json.at("exit_code").get<int>();
    json.at("out_of_memory").get_to(exit.out_of_memory);
    json.at("killed_by_us").get_to(exit.killed_by_us);
    json.at("error").get_to(exit.error);
    json.at("stdout_cut").get_to(exit.stdout_cut);
    json.at("stderr_cut").get_to(exit.stderr_cut);
    json.at("events_cut").get_to(exit.events_cut);
    return exit;
  });
}

std::string to_json(const EngineRecord& record) {
  Json json;
  json["schema"] = "echolab.engine/v1";
  json["engine"] = record.engine;
  json["version"] = record.version;
  json["host"] = record.host;
  json["finished"] = record.finished;
  json["problems"] = record.problems;
  json["captures"] = Json::array();
  for (const CaptureRecord& capture : record.captures) {
    json["captures"].push_back({{"network", capture.network},
                                {"file", capture.file},
                                {"packets", capture.packets},
                                {"captured", capture.captured},
                                {"received", capture.received},
                                {"dropped", capture.dropped},
                                {"complete", capture.complete},
                                {"reasons", capture.reasons}});
  }
  json["images"] = Json::object();
  for (const auto& [node, image] : record.images) json["images"][node] = image;
  return text_of(json);
}

EngineRecord engine_record_from_json(const std::string& text, const std::filesystem::path& file) {
  return parse(text, file, [](const Json& json) {
    EngineRecord record;
    json.at("engine").get_to(record.engine);
    json.at("version").get_to(record.version);
    json.at("host").get_to(record.host);
    json.at("finished").get_to(record.finished);
    json.at("problems").get_to(record.problems);
    for (const Json& item : json.at("captures")) {
      CaptureRecord capture;
      item.at("network").get_to(capture.network);
      item.at("file").get_to(capture.file);
      item.at("packets").get_to(capture.packets);
      item.at("captured").get_to(capture.captured);
      item.at("received").get_to(capture.received);
      item.at("dropped").get_to(capture.dropped);
      item.at("complete").get_to(capture.complete);
      item.at("reasons").get_to(capture.reasons);
      record.captures.push_back(std::move(capture));
    }
    for (const auto& [node, image] : json.at("images").items())
      record.images.emplace_back(node, image.get<std::string>());
    return record;
  });
}

std::string to_json(const Manifest& manifest) {
  Json json;
  json["schema"] = "echolab.manifest/v1";
  json["complete"] = manifest.complete;
  json["files"] = Json::array();
  for (const ManifestEntry& entry : manifest.files) {
    json["files"].push_back({{"path", entry.path}, {"size", entry.size}, {"sha256", entry.sha256}});
  }
  return text_of(json);
}

Manifest manifest_from_json(const std::string& text, const std::filesystem::path& file) {
  return parse(text, file, [](const Json& json) {
    Manifest manifest;
    json.at("complete").get_to(manifest.complete);
    for (const Json& item : json.at("files")) {
      manifest.files.push_back({item.at("path"), item.at("size"), item.at("sha256")});
    }
    return manifest;
  });
}

}  // namespace echolab::artifacts
