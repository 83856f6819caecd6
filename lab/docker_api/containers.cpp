#include "lab/docker_api/containers.h"

#include "lab/base/json.h"
#include "lab/docker_api/convert.h"

namespace echolab::docker_api {

namespace {

using nlohmann::json;

std::string path_of(const std::string& id, const std::string& verb = {}) {
  return "/containers/" + percent_encoded(id) + verb;
}

json endpoint_config(const Attachment& attachment) {
  json ipam = json::object();
  if (!attachment.address4.empty()) ipam["IPv4Address"] = attachment.address4;
  if (!attachment.address6.empty()) ipam["IPv6Address"] = attachment.address6;
  json config{{"IPAMConfig", ipam}};
  // Config.MacAddress went away in 1.52, the endpoint's came in 1.44; each side ignores what it does not
  // know.
  if (!attachment.mac.empty()) config["MacAddress"] = attachment.mac;
  return config;
}

json host_config(const ContainerSpec& spec) {
  json config{{"NetworkMode", spec.attachment ? spec.attachment->network : spec.network_mode},
              {"CapDrop", {"ALL"}},
              {"CapAdd", spec.capabilities},
              {"SecurityOpt", spec.security_options},
              {"ReadonlyRootfs", true},
              {"IpcMode", "private"},
              {"RestartPolicy", {{"Name", "no"}}},
              // Nothing is kept on the host's disk: what is not read from the attached streams is gone.
              {"LogConfig", {{"Type", "none"}}},
              {"ExtraHosts", spec.extra_hosts},
              {"Dns", spec.dns},
              {"DnsOptions", spec.dns_options},
              {"Tmpfs", spec.tmpfs},
              // An engine may be configured to put a process of its own before ours, which would get our signals.
              {"Init", false},
              {"Ulimits", {{{"Name", "core"}, {"Soft", 0}, {"Hard", 0}}}}};
  if (!spec.pid_mode.empty()) config["PidMode"] = spec.pid_mode;
  if (!spec.sysctls.empty()) config["Sysctls"] = spec.sysctls;
  if (spec.memory_bytes > 0) config["Memory"] = config["MemorySwap"] = spec.memory_bytes;
  if (spec.cpus > 0) config["NanoCpus"] = static_cast<std::int64_t>(spec.cpus * 1e9);
  if (spec.pids > 0) config["PidsLimit"] = spec.pids;
  if (spec.shm_bytes > 0) config["ShmSize"] = spec.shm_bytes;
  if (spec.oom_score != 0) config["OomScoreAdj"] = spec.oom_score;
  if (spec.open_files) {
    config["Ulimits"].push_back({{"Name", "nofile"}, {"Soft", *spec.open_files}, {"Hard", *spec.open_files}});
  }
  if (spec.file_bytes > 0) {
    config["Ulimits"].push_back({{"Name", "fsize"}, {"Soft", spec.file_bytes}, {"Hard", spec.file_bytes}});
  }
  return config;
}

ContainerInfo inspected(const json& value) {
  const auto& state = member(value, "State");
  ContainerInfo info;
  info.id = text(value, "Id");
  info.name = text(value, "Name");
  info.image_id = text(value, "Image");
  info.state = text(state, "Status");
  info.pid = static_cast<int>(number(state, "Pid"));
  info.exit_code = static_cast<int>(number(state, "ExitCode"));
  info.out_of_memory = flag(state, "OOMKilled");
  info.error = text(state, "Error");
  info.labels = string_map(member(member(value, "Config"), "Labels"));
  return info;
}

ContainerInfo listed(const json& value) {
  ContainerInfo info;
  info.id = text(value, "Id");
  const auto& names = member(value, "Names");
  if (names.is_array() && !names.empty() && names[0].is_string()) info.name = names[0].get<std::string>();
  info.image_id = text(value, "ImageID");
  info.state = text(value, "State");
  info.labels = string_map(member(value, "Labels"));
  return info;
}

}  // namespace

void create_container(Client& client, const ContainerSpec& spec, Callback<std::string> done) {
  json body{
      {"Image", spec.image}, {"Env", spec.environment}, {"Labels", spec.labels}, {"HostConfig", host_config(spec)},
      {"Tty", false},        {"OpenStdin", false},      {"AttachStdout", true},  {"AttachStderr", true}};
  if (spec.entrypoint) body["Entrypoint"] = *spec.entrypoint;
  if (!spec.command.empty()) body["Cmd"] = spec.command;
  if (!spec.user.empty()) body["User"] = spec.user;
  if (!spec.hostname.empty()) body["Hostname"] = spec.hostname;
  body["StopTimeout"] = 1;  // seconds: for an engine that shuts down; we send signals ourselves
  if (spec.attachment) {
    if (!spec.attachment->mac.empty() && client.version() < ApiVersion{1, 44})
      body["MacAddress"] = spec.attachment->mac;
    body["NetworkingConfig"] = {{"EndpointsConfig", {{spec.attachment->network, endpoint_config(*spec.attachment)}}}};
  }
  client.call({.method = "POST",
               .path = "/containers/create?name=" + percent_encoded(spec.name),
               .body = body.dump(-1, ' ', false, json::error_handler_t::replace),
               .limit = std::chrono::seconds(60)},
              converted<std::string>(std::move(done), [](const json& value) { return text(value, "Id"); }));
}

void start_container(Client& client, const std::string& id, Callback<Nothing> done) {
  client.call({.method = "POST", .path = path_of(id, "/start"), .limit = std::chrono::seconds(60)},
              ignoring_body(std::move(done)));
}

void signal_container(Client& client, const std::string& id, const std::string& signal, Callback<Nothing> done) {
  client.call({.method = "POST", .path = path_of(id, "/kill?signal=" + percent_encoded(signal))},
              ignoring_body(std::move(done)));
}

void inspect_container(Client& client, const std::string& id, Callback<ContainerInfo> done) {
  client.call({.path = path_of(id, "/json")}, converted<ContainerInfo>(std::move(done), inspected));
}

RequestId wait_container(Client& client, const std::string& id, Callback<int> done) {
  return client.call(
      {.method = "POST", .path = path_of(id, "/wait?condition=not-running"), .limit = std::nullopt},
      converted<int>(std::move(done), [](const json& value) { return static_cast<int>(number(value, "StatusCode")); }));
}

void list_containers(Client& client, const std::string& label, Callback<std::vector<ContainerInfo>> done) {
  client.call({.path = "/containers/json?all=1" + label_filter("&", label)},
              converted_list<ContainerInfo>(std::move(done), listed));
}

void remove_container(Client& client, const std::string& id, Callback<Nothing> done) {
  client.call({.method = "DELETE", .path = path_of(id, "?force=1&v=1"), .limit = std::chrono::seconds(60)},
              ignoring_body(std::move(done)));
}

RequestId attach_container(Client& client, const std::string& id, AttachHandlers handlers) {
  auto demux = std::make_shared<StreamDemux>(std::move(handlers.output));
  Request request{.method = "POST",
                  .path = path_of(id, "/attach?stream=1&stdout=1&stderr=1"),
                  .limit = std::nullopt,
                  .on_data = [demux](std::string_view bytes) { return demux->feed(bytes); },
                  .receive_buffer = handlers.receive_buffer,
                  .on_headers = std::move(handlers.attached)};
  return client.call(std::move(request), [demux, ended = std::move(handlers.ended)](Reply<std::string> reply) {
    if (!demux->damage().empty()) return ended(std::string(demux->damage()));
    if (!reply) return ended(reply.error().message);
    ended(demux->between_frames() ? "" : "the output stream was cut off");
  });
}

}  // namespace echolab::docker_api
