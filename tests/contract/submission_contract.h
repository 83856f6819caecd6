#pragma once
// Programs as students hand them in, for the contract suite: Python, under the supervisor of the runner image.

#include <map>
#include <string>
#include <vector>

#include "lab/base/hash.h"
#include "tests/contract/engine_contract.h"

namespace echolab::engine {

class SubmissionContract : public EngineContract {
 protected:
  void SetUp() override {
    EngineContract::SetUp();
    if (IsSkipped()) return;
    if (GetParam() == "docker") return require_image(options_.runner_image);
    if (!std::filesystem::exists(local_services() / "supervisor")) GTEST_SKIP() << "this build has no supervisor";
  }

  plan::Bundle bundle(const std::string& name, const std::map<std::string, std::string>& files) {
    const std::filesystem::path folder = folder_ / name;
    std::string everything;
    for (const auto& [file, content] : files) {
      std::filesystem::create_directories((folder / file).parent_path());
      std::ofstream(folder / file, std::ios::binary) << content;
      everything += file + '\0' + content + '\0';
    }
    return {folder.string(), sha256_hex(everything)};
  }
  static void hand_in(plan::Node& node, plan::Bundle program, std::vector<std::string> arguments) {
    node.program = std::move(program);
    node.arguments = std::move(arguments);
    node.replaces_entrypoint = false;
    node.supervised = true;
    node.writes_events = false;
    node.readiness = plan::Readiness::event;
  }
  void hand_in_server(plan::Plan& plan, const std::string& source) {
    hand_in(plan.nodes.at(0), bundle("server", {{"server.py", source}}),
            {"serve", "--port", "5000", "--protocol", "udp", "--", "python3", "server.py"});
  }
  // It is released like our own client, and gets no input. What it is called with follows its name.
  void hand_in_client(plan::Plan& plan, const std::string& source, const std::vector<std::string>& arguments = {}) {
    std::vector<std::string> words{"drive", "--time", "100s", "--wait-for-start", "--", "python3", "client.py"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    hand_in(plan.nodes.at(1), bundle("client", {{"client.py", source}}), words);
    plan.nodes[1].waits_for_start = true;
  }

  // A lab of one server and one client that sends three messages, unless `change` hands in other programs.
  artifacts::EngineRecord run_lab(const std::string& name, const std::function<void(plan::Plan&)>& change,
                                  const std::string& limits = "") {
    const auto engine = make_engine();
    const auto scenario = udp_scenario("", messages(3), limits);
    plan_ = make_plan(scenario, *engine, run_id(name));
    change(plan_);
    artifacts::RunFolderWriter folder(folder_ / "run", plan_, scenario.source);
    Interrupt interrupt;
    auto record = engine->run({plan_, folder, observer_, interrupt});
    folder.finish(record.finished);
    EXPECT_EQ(objects_of(plan_.run_id), 0u);
    return record;
  }
  artifacts::NodeExit exit_of(std::size_t node) const {
    return artifacts::read_run_folder(folder_ / "run").node_exit(plan_.nodes.at(node).name);
  }
  std::string stream_of(std::size_t node, const std::string& stream) const {
    return file("nodes/" + plan_.nodes.at(node).name + "/" + stream);
  }

  plan::Plan plan_;
};

// The server of the course, then what `more` says before it begins to echo.
inline std::string echo_server(const std::string& more = "") {
  return "import os, socket, subprocess, sys, threading\n" + more + R"(
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", 5000))
print("listening", flush=True)
try:
    while True:
        data, peer = server.recvfrom(4096)
        print(f"{peer[0]}:{peer[1]} {data!r}", flush=True)
        server.sendto(data, peer)
except KeyboardInterrupt:
    print("stopped", flush=True)
)";
}

}  // namespace echolab::engine
