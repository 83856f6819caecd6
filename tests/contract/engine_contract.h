#pragma once
// A real Docker engine with the lab's images, and namespaces of this machine with the programs beside ECHOLAB_PROGRAM.
// The images can be named by ECHOLAB_TEST_SERVER_IMAGE, ECHOLAB_TEST_CLIENT_IMAGE, ECHOLAB_TEST_CAPTURE_IMAGE and
// ECHOLAB_TEST_RUNNER_IMAGE.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "lab/artifacts/run_folder.h"
#include "lab/base/diagnostic.h"
#include "lab/base/error.h"
#include "lab/docker_api/containers.h"
#include "lab/docker_api/images.h"
#include "lab/docker_api/networks.h"
#include "lab/engine/docker/docker_engine.h"
#include "lab/engine/docker/owner.h"
#include "lab/engine/local/local_engine.h"
#include "lab/plan/make_plan.h"
#include "lab/scenario/load.h"

namespace echolab::engine {

using docker_api::Callback;

inline std::string image(const char* variable, const char* otherwise) {
  const char* const value = std::getenv(variable);
  return value != nullptr && *value != '\0' ? value : otherwise;
}

class Quiet final : public Observer {
 public:
  void step(std::string_view) override {}
  void nodes_ready(std::size_t, std::size_t) override {}
  void nodes_finished(std::size_t, std::size_t) override {}
  void echoed(std::uint64_t messages, std::uint64_t) override {
    echoes = messages;
    if (interrupt_at > 0 && messages >= interrupt_at && !raised) {
      raised = true;
      ::kill(::getpid(), SIGINT);
    }
  }
  std::uint64_t echoes = 0, interrupt_at = 0;
  bool raised = false;
};

// The services of a build without sanitizers: those need more memory than a node is allowed.
inline std::filesystem::path local_services() {
  const char* const program = std::getenv("ECHOLAB_PROGRAM");
  return program == nullptr ? "" : std::filesystem::path(program).parent_path() / "../../bin";
}

class EngineContract : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "docker") {
      set_up_docker();
    } else {
      set_up_local();
    }
    std::string pattern = ::testing::TempDir() + "echolab-contract-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  void set_up_docker() {
    try {
      client_ = std::make_unique<docker_api::Client>(docker_api::resolve_endpoint({}));
      client_->negotiate();
    } catch (const EnvironmentError& error) {
      GTEST_SKIP() << error.what();
    }
    for (const auto& reference : {server_image_, client_image_, options_.capture_image}) require_image(reference);
  }
  void require_image(const std::string& reference) {
    const auto found = client_->await<std::string>(
        [&](Callback<std::string> done) { docker_api::inspect_image(*client_, reference, std::move(done)); });
    if (!found) GTEST_SKIP() << "no image " << reference << ": ./echolab images makes it";
  }
  void set_up_local() {
    if (local_services().empty()) GTEST_SKIP() << "ECHOLAB_PROGRAM names no build whose programs nodes could run";
    for (const auto& item : make_local_engine({local_services()})->check_ready()) {
      if (item.state == ReadinessItem::State::broken) GTEST_SKIP() << item.what << ": " << item.found;
    }
  }
  std::unique_ptr<Engine> make_engine() const {
    if (GetParam() == "docker") return make_docker_engine(options_);
    return make_local_engine({local_services()});
  }
  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  scenario::Scenario udp_scenario(const std::string& server_more, const std::string& client_more,
                                  const std::string& end = "") const {
    const std::string text =
        "echolab: 1\nname: contract\nservers:\n  - name: server\n    image: " + server_image_ + "\n" + server_more +
        "clients:\n  - name: client\n    protocol: udp\n    image: " + client_image_ + "\n" + client_more + end;
    try {
      return scenario::load_text("contract.yaml", text);
    } catch (const InvalidInput& mistakes) {
      throw std::runtime_error(render(mistakes.file(), mistakes.source(), mistakes.diagnostics()));
    }
  }
  static std::string messages(int count, const std::string& interval = "0s") {
    return "    messages:\n      text: hello {message}\n      count: " + std::to_string(count) +
           "\n      interval: " + interval + "\n";
  }

  plan::Plan make_plan(const scenario::Scenario& scenario, Engine& engine, const std::string& run_id) {
    return engine.plan(scenario, {run_id, engine.occupied_prefixes()});
  }
  std::string run_id(const std::string& name) const { return "test" + std::to_string(::getpid()) + "-" + name; }

  // Objects of ours that are there, by run.
  std::size_t objects_of(const std::string& run) { return objects_with(std::string(docker::label_run) + "=" + run); }
  // Of whatever this process made.
  std::size_t objects_of_ours() {
    return objects_with(std::string(docker::label_owner) + "=" + docker::Owner::self().to_string());
  }
  std::size_t objects_with(const std::string& label) {
    // A lab of namespaces lives below a child of this process, the first of its PID namespace, which ends last.
    if (GetParam() == "local") return ::waitpid(-1, nullptr, WNOHANG | __WALL) == -1 && errno == ECHILD ? 0 : 1;
    auto containers = client_->await<std::vector<docker_api::ContainerInfo>>(
        [&](Callback<std::vector<docker_api::ContainerInfo>> done) {
          list_containers(*client_, label, std::move(done));
        });
    auto networks = client_->await<std::vector<docker_api::NetworkInfo>>(
        [&](Callback<std::vector<docker_api::NetworkInfo>> done) { list_networks(*client_, label, std::move(done)); });
    auto images = client_->await<std::vector<docker_api::ImageInfo>>(
        [&](Callback<std::vector<docker_api::ImageInfo>> done) { list_images(*client_, label, std::move(done)); });
    return containers.take().size() + networks.take().size() + images.take().size();
  }

  std::string file(const std::string& name) const {
    std::ifstream stream(folder_ / "run" / name, std::ios::binary);
    std::ostringstream content;
    content << stream.rdbuf();
    return content.str();
  }

  const std::string server_image_ = image("ECHOLAB_TEST_SERVER_IMAGE", "echolab/echo-server");
  const std::string client_image_ = image("ECHOLAB_TEST_CLIENT_IMAGE", "echolab/echo-client");
  // Only for Docker.
  docker::DockerOptions options_ = [] {
    docker::DockerOptions options;
    options.capture_image = image("ECHOLAB_TEST_CAPTURE_IMAGE", "echolab/capture-agent");
    options.runner_image = image("ECHOLAB_TEST_RUNNER_IMAGE", "echolab/runner");
    return options;
  }();
  std::unique_ptr<docker_api::Client> client_;
  std::filesystem::path folder_;
  Quiet observer_;
};

inline const auto engine_name = [](const auto& each) { return each.param; };

}  // namespace echolab::engine
