#include "tests/integration/lab/lab.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "lab/base/file.h"

namespace echolab::lab_test {

namespace {

std::vector<std::string> docker_lines(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "docker");
  const test::Finished finished = test::run_program({.argv = std::move(arguments)});
  if (finished.status != 0) throw std::runtime_error("docker: " + finished.err);
  return lines_of(finished.out);
}

std::vector<std::string> objects_with(const std::string& label) {
  std::vector<std::string> all =
      docker_lines({"ps", "-a", "--filter", "label=" + label, "--format", "container {{.Names}}"});
  for (std::string& line :
       docker_lines({"network", "ls", "--filter", "label=" + label, "--format", "network {{.Name}}"})) {
    all.push_back(std::move(line));
  }
  return all;
}

}  // namespace

std::string echolab_binary() {
  const char* named = std::getenv("ECHOLAB_PROGRAM");
  return named != nullptr ? named : ECHOLAB_BUILT_BINARY;
}

test::Command echolab(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), echolab_binary());
  return {.argv = std::move(arguments)};
}

std::string why_no_docker() {
  if (!test::has_program("docker")) return "the docker command is not installed";
  const test::Finished images =
      test::run_program({.argv = {"docker", "image", "inspect", "--format", "{{.Id}}", "echolab/echo-server",
                                  "echolab/echo-client", "echolab/faulty-server", "echolab/capture-agent"}});
  return images.status == 0 ? "" : "Docker does not answer or the lab's images are not built: " + images.err;
}

std::vector<std::string> objects_of_run(const std::string& run_id) {
  return objects_with("echolab.run=" + run_id);
}

std::vector<std::string> host_links() {
  std::vector<std::string> links;
  for (const auto& entry : std::filesystem::directory_iterator("/sys/class/net")) {
    links.push_back(entry.path().filename().string());
  }
  std::sort(links.begin(), links.end());
  return links;
}

nlohmann::json read_json(const std::filesystem::path& file) {
  return nlohmann::json::parse(read_file(file));
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace echolab::lab_test
