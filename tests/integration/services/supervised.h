#pragma once
// The supervisor with folders of its own, around a program of the test's.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "tests/integration/services/running_server.h"
#include "tests/support/temporary_folder.h"

namespace echo::test {

class Supervised {
 public:
  struct Call {
    std::string mode;
    std::vector<std::string> options = {};
    std::vector<std::string> program = {};  // behind --
    std::vector<std::string> below = {};    // the command that starts the supervisor; empty: none
    bool read_output = true;
    std::map<std::string, std::string> environment = {};
    std::string from = {};  // empty: a submission with notes.txt in it
  };

  explicit Supervised(const Call& call) : process_(command(folder_, call)) {}

  ChildProcess& process() { return process_; }
  int stop() {
    process_.signal(SIGTERM);
    return process_.wait();
  }
  std::vector<json> events(const std::string& name) const { return events_named(process_.error(), name); }
  json ended() const { return events("ended").at(0); }
  // Standard error holds the supervisor's own lines and nothing else.
  bool only_events() const {
    const std::string& text = process_.error();
    return events_in(text).size() == static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  }

 private:
  static Command command(const echolab::test::TemporaryFolder& folder, const Call& call) {
    namespace fs = std::filesystem;
    fs::permissions(folder.path(), fs::perms(0755));
    fs::create_directory(folder / "submission");
    std::ofstream(folder / "submission/notes.txt") << "of the student\n";
    fs::create_directory(folder / "work");
    fs::permissions(folder / "work", fs::perms(0777));
    // A copy that other users may execute, wherever the build is.
    if (!call.below.empty()) fs::copy_file(SUPERVISOR, folder / "supervisor");
    std::vector<std::string> argv = call.below;
    argv.insert(argv.end(), {call.below.empty() ? SUPERVISOR : folder / "supervisor", call.mode, "--from",
                             call.from.empty() ? folder / "submission" : std::filesystem::path(call.from), "--work",
                             folder / "work"});
    argv.insert(argv.end(), call.options.begin(), call.options.end());
    if (!call.program.empty()) argv.emplace_back("--");
    argv.insert(argv.end(), call.program.begin(), call.program.end());
    return {.argv = std::move(argv), .environment = call.environment, .read_output = call.read_output};
  }

  const echolab::test::TemporaryFolder folder_;
  ChildProcess process_;
};

inline std::vector<std::string> shell(const std::string& script) {
  return {"/bin/sh", "-c", script};
}

}  // namespace echo::test
