#pragma once
// The attended engine: `docker compose up` has started the nodes and the capture, and this engine, in a container
// beside them without any right over the Docker engine, releases the clients, waits for them and gathers what they
// wrote to a shared volume.
//
// The evidence volume (written by docker-compose.yml):
//   server/ capture/ clients/<host name>/   one folder per node, holding
//     address        "198.18.60.3 02:42:c6:12:3c:03\n", before the program starts
//     stdout stderr events.jsonl
//     exit           "0\n", renamed into place after the program ended and all its output is there
//   capture/lab.pcap
//   start          made by this engine: clients may begin
//   stop           made by this engine: server and capture end

#include <filesystem>
#include <memory>
#include <string>

#include "lab/engine/engine.h"

namespace echolab::engine {

struct ComposeOptions {
  std::filesystem::path evidence = "/evidence";
  std::string server = "echo-server", clients = "client";  // names of the services on the lab's network
};

std::unique_ptr<Engine> make_compose_engine(ComposeOptions options);

}  // namespace echolab::engine
