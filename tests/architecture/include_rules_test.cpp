// The layout is the architecture: which folder may include which is a table, and this test holds the code against it.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>

namespace {

using Modules = std::set<std::string>;

// As in docs/architecture.md. A folder may always include itself.
const std::map<std::string, Modules> allowed{
    {"lab/base", {}},
    {"lab/scenario", {"lab/base"}},
    {"lab/capture", {"lab/base"}},
    {"lab/docker_api", {"lab/base"}},
    {"lab/plan", {"lab/base", "lab/scenario"}},
    {"lab/artifacts", {"lab/base", "lab/scenario", "lab/plan"}},
    {"lab/engine", {"lab/base", "lab/scenario", "lab/plan", "lab/artifacts"}},
    {"lab/engine/docker", {"lab/base", "lab/scenario", "lab/plan", "lab/artifacts", "lab/engine", "lab/docker_api"}},
    {"lab/engine/compose", {"lab/base", "lab/scenario", "lab/plan", "lab/artifacts", "lab/engine"}},
    {"lab/engine/local", {"lab/base", "lab/scenario", "lab/plan", "lab/artifacts", "lab/engine"}},
    {"lab/engine/recording", {"lab/base", "lab/scenario", "lab/plan", "lab/artifacts", "lab/engine"}},
    {"lab/evidence", {"lab/base", "lab/scenario", "lab/plan", "lab/artifacts", "lab/capture"}},
    {"lab/verify", {"lab/base", "lab/scenario", "lab/plan", "lab/artifacts", "lab/capture"}},
    {"lab/conversations", {"lab/base", "lab/scenario", "lab/plan", "lab/artifacts", "lab/capture", "lab/verify"}},
    {"lab/marks", {"lab/base", "lab/scenario", "lab/plan", "lab/verify"}},
    {"lab/submission",
     {"lab/base", "lab/scenario", "lab/plan", "lab/capture", "lab/verify", "lab/conversations", "lab/marks"}},
    {"lab/copies", {"lab/base", "lab/capture", "lab/marks", "lab/submission"}},
    {"lab/picture", {"lab/base"}},
    {"lab/report",
     {"lab/base", "lab/scenario", "lab/plan", "lab/artifacts", "lab/verify", "lab/conversations", "lab/marks"}},
    {"lab/grade",
     {"lab/base", "lab/scenario", "lab/plan", "lab/artifacts", "lab/engine", "lab/evidence", "lab/verify", "lab/marks",
      "lab/submission", "lab/copies", "lab/picture", "lab/report"}},
    {"lab/cli",
     {"lab/base", "lab/scenario", "lab/plan", "lab/artifacts", "lab/engine", "lab/engine/docker", "lab/engine/local",
      "lab/engine/compose", "lab/engine/recording", "lab/docker_api", "lab/evidence", "lab/verify", "lab/conversations",
      "lab/report", "lab/marks", "lab/submission", "lab/copies", "lab/picture", "lab/grade"}},
    {"bench", {"lab/base", "lab/capture", "lab/report"}},
    {"services/common", {}},
    {"services/echo_server", {"services/common"}},
    {"services/echo_client", {"services/common"}},
    {"services/faulty_server", {"services/common"}},
    {"services/capture_agent", {"services/common"}},
    {"services/supervisor", {"services/common"}},
};

// Headers of libraries that stay behind one folder each.
const std::map<std::string, Modules> library_homes{
    {"yaml-cpp/", {"lab/scenario"}},
    {"re2/", {"lab/scenario", "lab/verify", "lab/marks"}},
    {"curl/", {"lab/docker_api", "bench"}},
    {"libmnl/", {"lab/engine/local", "bench"}},
    {"seccomp.h", {"lab/engine/local"}},
    {"archive", {"lab/submission", "lab/grade"}},
    {"png.h", {"lab/submission", "lab/picture"}},
    {"ft2build.h", {"lab/picture"}},
    {"pugixml.hpp", {"lab/report"}},
    {"CLI/",
     {"lab/cli", "bench", "services/echo_server", "services/echo_client", "services/faulty_server",
      "services/capture_agent", "services/supervisor", "services/common"}},
    {"asio", {"services/common", "services/echo_server", "services/echo_client", "services/faulty_server", "bench"}},
};

std::string module_of(const std::string& path) {
  if (path.starts_with("bench/")) return "bench";  // a folder per benchmark, all of the same kind
  return std::filesystem::path(path).parent_path().generic_string();
}

struct Include {
  std::string file, target;
};

std::vector<Include> includes_below(const std::string& root) {
  static const std::regex pattern(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
  std::vector<Include> includes;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".h" && extension != ".cpp") continue;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      std::smatch match;
      if (std::regex_search(line, match, pattern)) includes.push_back({entry.path().generic_string(), match[1]});
    }
  }
  return includes;
}

TEST(IncludeRules, FoldersIncludeOnlyWhatTheTableAllows) {
  std::size_t checked = 0;
  for (const std::string root : {"lab", "services", "bench"}) {
    for (const Include& include : includes_below(root)) {
      const std::string from = module_of(include.file);
      ASSERT_TRUE(allowed.contains(from)) << from << " is not in the table of docs/architecture.md";
      if (!include.target.starts_with("lab/") && !include.target.starts_with("services/")) continue;
      const std::string to = module_of(include.target);
      EXPECT_TRUE(to == from || allowed.at(from).contains(to)) << include.file << " includes " << include.target;
      ++checked;
    }
  }
  EXPECT_GT(checked, 50u) << "the test did not find the sources";
}

TEST(IncludeRules, LibrariesStayBehindTheirFolder) {
  for (const std::string root : {"lab", "services", "bench"}) {
    for (const Include& include : includes_below(root)) {
      for (const auto& [library, homes] : library_homes) {
        if (!include.target.starts_with(library)) continue;
        EXPECT_TRUE(homes.contains(module_of(include.file))) << include.file << " includes " << include.target;
      }
    }
  }
}

}  // namespace
