#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lab/docker_api/client.h"
#include "lab/docker_api/networks.h"
#include "lab/docker_api/stream_demux.h"

namespace echolab::docker_api {

struct Attachment {
  std::string network;                  // name or id
  std::string address4, address6, mac;  // empty: the engine chooses
};

struct ContainerSpec {
  std::string name, image;
  std::optional<std::vector<std::string>> entrypoint;  // unset: the image's
  std::vector<std::string> command;                    // empty: the image's
  std::vector<std::string> environment;                // "NAME=value"
  std::string user, hostname;
  Labels labels;
  std::optional<Attachment> attachment;   // unset: network_mode
  std::string network_mode;               // "host", "none"
  std::string pid_mode;                   // "host"
  std::vector<std::string> capabilities;  // all others are dropped
  std::vector<std::string> security_options;
  std::vector<std::string> extra_hosts;  // "name:address"
  std::vector<std::string> dns, dns_options;
  std::map<std::string, std::string> sysctls;
  std::map<std::string, std::string> tmpfs;  // path → options
  std::uint64_t memory_bytes = 0;            // 0: unlimited
  double cpus = 0;
  int pids = 0;
  std::optional<int> open_files;  // ulimit nofile
  std::uint64_t file_bytes = 0;   // ulimit fsize, of any file it writes; 0: unlimited
  std::uint64_t shm_bytes = 0;    // of /dev/shm; 0: the engine's default
  int oom_score = 0;              // oom_score_adj: who goes first when the host has no memory left
};

struct ContainerInfo {
  std::string id, name, image_id;
  std::string state;  // "created", "running", "exited"…
  int pid = 0;
  int exit_code = 0;
  bool out_of_memory = false;
  std::string error;
  Labels labels;
};

void create_container(Client& client, const ContainerSpec& spec, Callback<std::string> done);  // id
void start_container(Client& client, const std::string& id, Callback<Nothing> done);
void signal_container(Client& client, const std::string& id, const std::string& signal, Callback<Nothing> done);
void inspect_container(Client& client, const std::string& id, Callback<ContainerInfo> done);
// Answers with the exit code as soon as it does not run any more; no limit but cancel().
RequestId wait_container(Client& client, const std::string& id, Callback<int> done);
void list_containers(Client& client, const std::string& label, Callback<std::vector<ContainerInfo>> done);
// Kills it first when it runs.
void remove_container(Client& client, const std::string& id, Callback<Nothing> done);

struct AttachHandlers {
  std::function<void()> attached;  // from now on nothing the container writes is missed
  StreamDemux::Sink output;        // must start and cancel nothing
  // The streams ended: the container did, or the connection; `trouble` is empty when between two frames.
  std::function<void(const std::string& trouble)> ended;
  std::size_t receive_buffer = 2u << 10;  // see Request
};
RequestId attach_container(Client& client, const std::string& id, AttachHandlers handlers);

}  // namespace echolab::docker_api
