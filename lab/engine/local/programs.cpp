#include "lab/engine/local/programs.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "lab/base/error.h"
#include "lab/engine/local/system_view.h"

namespace echolab::engine::local {

namespace {

constexpr std::array<std::string_view, 3> known{"echo-server", "echo-client", "faulty-server"};
constexpr std::string_view ours = "echolab/";
constexpr std::uint64_t node_work_bytes = 64u << 20;  // as in a container

bool has_services(const std::filesystem::path& folder) {
  return ::access((folder / known.front()).c_str(), X_OK) == 0;
}

// "echolab/echo-server:latest" → "echo-server"; empty: no image of ours.
std::string_view service_of(std::string_view reference) {
  if (!reference.starts_with(ours)) return {};
  reference.remove_prefix(ours.size());
  reference = reference.substr(0, reference.find(':'));
  for (const std::string_view name : known) {
    if (reference == name) return name;
  }
  return {};
}

[[noreturn]] void refuse(const plan::Node& node, const std::string& program) {
  throw EnvironmentError(fmt::format("run node {} without containers", node.name),
                         fmt::format("{} is an image, and the local engine runs programs of this machine", program),
                         "use --engine docker, or leave the image out and give the node a 'command:'");
}

}  // namespace

std::filesystem::path find_services(const std::filesystem::path& given) {
  std::error_code error;
  const auto own = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  std::vector<std::filesystem::path> candidates{own, own / "../../bin"};  // of the build: lab/cli and bin
  if (const char* const named = std::getenv("ECHOLAB_SERVICES"); named != nullptr && *named != '\0') {
    candidates = {named};
  }
  if (!given.empty()) candidates = {given};
  for (const auto& candidate : candidates) {
    if (has_services(candidate)) return std::filesystem::absolute(candidate).lexically_normal();
  }
  throw EnvironmentError("find the lab's programs", "there is no echo-server in " + candidates.back().string(),
                         "build them (cmake --build build/release), or name their folder with ECHOLAB_SERVICES");
}

Program supervised_program(const std::filesystem::path& services, const plan::Bundle& sources,
                           const std::vector<std::string>& arguments, std::uint64_t work_bytes) {
  Program program;
  program.file = services / "supervisor";
  if (::access(program.file.c_str(), X_OK) != 0) {
    throw EnvironmentError("run a program that was handed in", program.file.string() + ": " + errno_text(errno),
                           "build it (cmake --build build/release), or use --engine docker");
  }
  program.arguments = {"supervisor"};
  program.arguments.insert(program.arguments.end(), arguments.begin(), arguments.end());
  // Behind the mode. The host's root has no such folders, and nobody may make them there.
  if (!arguments.empty()) {
    const std::vector<std::string> places{"--from", submission_folder, "--work", work_folder};
    program.arguments.insert(program.arguments.begin() + 2, places.begin(), places.end());
  }
  program.submission = sources.folder;
  program.work_bytes = work_bytes;
  return program;
}

std::vector<Program> choose_programs(const plan::Plan& plan, const std::filesystem::path& services) {
  const auto scenario_folder = std::filesystem::absolute(plan.scenario_file).parent_path().lexically_normal();
  std::vector<Program> programs;
  for (const auto& node : plan.nodes) {
    if (const auto* const bundle = std::get_if<plan::Bundle>(&node.program)) {
      programs.push_back(supervised_program(services, *bundle, node.arguments, node_work_bytes));
      continue;
    }
    const auto* const image = std::get_if<scenario::Image>(&node.program);
    if (image == nullptr) refuse(node, plan::to_string(node.program));
    const std::string_view service = service_of(image->reference);
    if (service.empty()) refuse(node, image->reference);
    Program program;
    if (node.replaces_entrypoint) {
      program.folder = scenario_folder;
    } else {
      program.file = services / service;
      program.arguments.emplace_back(service);
      // The image's own CMD.
      if (service == "faulty-server" && node.arguments.empty())
        program.arguments.insert(program.arguments.end(), {"--fault", "alter"});
    }
    program.arguments.insert(program.arguments.end(), node.arguments.begin(), node.arguments.end());
    programs.push_back(std::move(program));
  }
  return programs;
}

std::string capture_path() {
  const char* const path = std::getenv("PATH");
  return path != nullptr ? path : "/usr/sbin:/usr/bin:/sbin:/bin";
}

}  // namespace echolab::engine::local
