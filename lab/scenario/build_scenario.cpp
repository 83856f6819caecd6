#include "lab/scenario/build_scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "lab/scenario/check_messages.h"
#include "lab/scenario/check_networks.h"
#include "lab/scenario/read_checks.h"
#include "lab/scenario/reader.h"

namespace echolab::scenario {

namespace {

namespace fs = std::filesystem;

class Builder {
 public:
  Builder(const Node& root, const fs::path& folder, Mistakes& mistakes)
      : top_(&root, scenario_format()), folder_(folder), mistakes_(mistakes) {}

  Scenario build() {
    scenario_.name = top_.text("name");
    scenario_.description = top_.text("description");
    scenario_.seed = static_cast<std::uint64_t>(top_.integer("seed"));
    read_networks();
    read_capture();
    read_limits();
    read_submission();
    read_servers();
    read_clients();
    check_something_to_do();
    read_checks(top_.sections("checks"), client_readers_, scenario_, mistakes_);
    check_names();
    check_networks(scenario_, network_readers_, client_readers_, mistakes_);
    check_amounts(scenario_, client_readers_, mistakes_);
    return std::move(scenario_);
  }

 private:
  void read_networks() {
    network_readers_ = top_.sections("networks");
    for (const Reader& reader : network_readers_) {
      Network network;
      network.name = reader.text("name");
      const std::string family = reader.text("family");
      network.families = family == "ipv6" ? Families::ipv6 : family == "dual" ? Families::dual : Families::ipv4;
      network.mtu = static_cast<int>(reader.integer("mtu"));
      read_subnets(reader, network, mistakes_);
      scenario_.networks.push_back(std::move(network));
    }
    if (scenario_.networks.empty()) {
      Network network;
      network.name = "lab";
      scenario_.networks.push_back(std::move(network));
    }
    refuse_duplicates(network_readers_, "name", "network");
  }

  void read_capture() {
    const Reader reader = top_.section("capture");
    Capture& capture = scenario_.capture;
    capture.enabled = reader.boolean("enabled");
    capture.snaplen = reader.is_auto("snaplen") ? 0 : static_cast<std::uint32_t>(reader.integer("snaplen"));
    capture.buffer_bytes = reader.size("buffer");
    capture.limit_bytes = reader.size("limit");
  }

  void read_limits() {
    const Reader reader = top_.section("limits");
    scenario_.limits = {reader.duration("ready"), reader.duration("run"), reader.duration("stop")};
  }

  void read_submission() {
    const Reader reader = top_.section("submission");
    if (top_.given("submission") == nullptr) return;
    const auto patterns = [&](std::string_view role) {
      std::vector<std::string> texts = reader.texts(role);
      if (texts.empty()) texts = {std::string(role), fmt::format("*{}*", role)};
      return texts;
    };
    Submission submission{patterns("server"), patterns("client"), {}, {}, {}};
    for (const Reader& recipe : reader.sections("recipes")) {
      Recipe& read = submission.recipes.emplace_back();
      read = {recipe.text("name"), recipe.texts("files"), {}, recipe.texts("start")};
      for (const Node* const command : recipe.items("build")) {
        auto& words = read.build.emplace_back();
        for (const Node& word : command->items) words.push_back(word.text);
      }
    }
    const auto& built_in = built_in_recipes();
    submission.recipes.insert(submission.recipes.end(), built_in.begin(), built_in.end());
    const auto read_hand_in = [&](std::string_view key) -> std::optional<HandIn> {
      if (reader.given(key) == nullptr) return {};
      const Reader section = reader.section(key);
      return HandIn{section.number("points"), mistakes_.source().line_of(section.place("points").offset), {}};
    };
    submission.picture = read_hand_in("picture");
    submission.capture = read_hand_in("capture");
    if (submission.capture) {
      const Reader capture = reader.section("capture");
      submission.capture->texts = capture.texts("contains");
      for (const Node* const text : capture.items("contains")) check_student_template(*text, mistakes_);
      if (submission.capture->texts.empty()) submission.capture->texts = {"{student_id}"};
    }
    scenario_.submission = std::move(submission);
  }

  // Without servers and clients there is nothing to run: then something must be handed in that can be judged by itself.
  void check_something_to_do() {
    const bool judges_files = scenario_.submission && (scenario_.submission->capture || scenario_.submission->picture);
    if (judges_files && server_readers_.empty() && client_readers_.empty()) {
      if (top_.present("checks")) {
        mistakes_.at(top_.place("checks"), "checks judge a run, and there are no servers and clients to run",
                     "leave 'checks' out");
      }
      return;
    }
    for (const char* const key : {"servers", "clients"}) {
      if (top_.present(key) || top_.given("submission") == nullptr) continue;
      mistakes_.at(top_.place("submission"), fmt::format("there are no {}", key),
                   fmt::format("add '{}:', or ask for a 'capture' or a 'picture' only", key));
    }
  }

  void read_servers() {
    server_readers_ = top_.sections("servers");
    for (const Reader& reader : server_readers_) {
      Server server;
      server.name = reader.text("name");
      server.network = resolve(reader, "network", network_readers_, "the server is on", scenario_.networks.size());
      const std::string protocol = reader.text("protocol");
      server.protocols = protocol == "udp" ? Protocols::udp : protocol == "tcp" ? Protocols::tcp : Protocols::both;
      server.port = Port{static_cast<std::uint16_t>(reader.integer("port"))};
      server.container = read_container(reader);
      scenario_.servers.push_back(std::move(server));
    }
  }

  void read_clients() {
    client_readers_ = top_.sections("clients");
    for (const Reader& reader : client_readers_) {
      ClientGroup group;
      group.name = reader.text("name");
      group.containers = static_cast<std::uint32_t>(std::max<std::int64_t>(1, reader.integer("containers")));
      group.clients_per_container = static_cast<std::uint32_t>(reader.integer("clients_per_container"));
      group.server = resolve(reader, "server", server_readers_, "the clients talk to", server_readers_.size());
      read_transport(reader, group);
      if (!reader.is_auto("local_port")) read_local_port(reader, group);
      group.half_close = group.protocol == Transport::tcp && reader.boolean("half_close");
      const Reader start = reader.section("start");
      group.start = {start.boolean("together"), start.duration("delay"), start.duration("spacing")};
      group.container = read_container(reader);
      group.identity_of_student = reader.boolean("student_identity");
      read_messages(reader, scenario_.name, group, mistakes_);
      scenario_.clients.push_back(std::move(group));
    }
  }

  // Protocol and family: as given when the server and its network have them, else the only one they have.
  void read_transport(const Reader& reader, ClientGroup& group) {
    const std::string protocol = reader.text("protocol");
    const std::string family = reader.text("family");
    group.protocol = protocol == "tcp" ? Transport::tcp : Transport::udp;
    group.family = family == "ipv6" ? Family::ipv6 : Family::ipv4;
    if (group.server >= scenario_.servers.size()) return;
    const Server& server = scenario_.servers[group.server];
    if (protocol.empty() && !reader.present("protocol")) {
      if (server.protocols == Protocols::both) {
        mistakes_.at(reader.place("name"), fmt::format("which protocol? Server '{}' speaks both", server.name),
                     "add 'protocol: udp' or 'protocol: tcp'");
      }
      group.protocol = server.protocols == Protocols::tcp ? Transport::tcp : Transport::udp;
    } else if (!protocol.empty() && server.protocols != Protocols::both &&
               (server.protocols == Protocols::tcp) != (group.protocol == Transport::tcp)) {
      mistakes_.at(reader.place("protocol"), fmt::format("server '{}' does not speak {}", server.name, protocol),
                   fmt::format("it speaks {} only", protocol == "tcp" ? "udp" : "tcp"));
    }
    if (server.network >= scenario_.networks.size()) return;
    const Network& network = scenario_.networks[server.network];
    if (family.empty() && !reader.present("family")) {
      if (network.families == Families::dual) {
        mistakes_.at(reader.place("name"), fmt::format("which family? Network '{}' has both", network.name),
                     "add 'family: ipv4' or 'family: ipv6'");
      }
      group.family = network.families == Families::ipv6 ? Family::ipv6 : Family::ipv4;
    } else if (!family.empty() && network.families != Families::dual &&
               (network.families == Families::ipv6) != (group.family == Family::ipv6)) {
      mistakes_.at(reader.place("family"), fmt::format("network '{}' has no {}", network.name, family),
                   fmt::format("it has {} only; write 'family: dual' in the network for both",
                               family == "ipv4" ? "ipv6" : "ipv4"));
    }
  }

  void read_local_port(const Reader& reader, ClientGroup& group) {
    const std::int64_t first = reader.integer("local_port");
    const std::int64_t last = first + group.clients_per_container - 1;
    group.local_port = Port{static_cast<std::uint16_t>(first)};
    if (last <= 65535) return;
    mistakes_.at(reader.place("local_port"),
                 fmt::format("{} clients from port {} on would need port {}", group.clients_per_container, first, last),
                 fmt::format("allowed: at most {} with so many clients, or auto",
                             65535 - static_cast<std::int64_t>(group.clients_per_container) + 1));
  }

  Container read_container(const Reader& reader) {
    Container container;
    if (reader.boolean("submitted")) {
      if (!scenario_.submission) {
        mistakes_.at(reader.place("submitted"), "nothing says what students hand in",
                     "add 'submission: {}' for files named server and client");
      }
      container.program = Submitted{};
    } else if (reader.given("build") != nullptr) {
      container.program = read_build(reader.section("build"));
    } else {
      container.program = Image{reader.text("image")};
    }
    container.command = reader.texts("command");
    container.arguments = reader.texts("args");
    container.environment = reader.pairs("env");
    const Reader limits = reader.section("limits");
    container.limits = {limits.size("memory"), limits.number("cpus"), static_cast<int>(limits.integer("pids"))};
    return container;
  }

  Build read_build(const Reader& reader) {
    Build build{reader.text("context"), reader.text("dockerfile")};
    const Node* const context = reader.given("context");
    if (context == nullptr) return build;
    std::error_code error;
    const fs::path folder = fs::weakly_canonical(folder_.empty() ? fs::path(".") : folder_, error);
    const fs::path wanted = fs::weakly_canonical(folder / build.context, error);
    if (!is_inside(wanted, folder)) {
      mistakes_.at(*context, fmt::format("{} is outside the scenario's folder", quote(build.context)),
                   "whoever runs a scenario must be able to trust that nothing else of theirs is sent to the engine");
      return build;
    }
    if (!fs::is_directory(wanted, error)) {
      mistakes_.at(*context, fmt::format("there is no folder {} beside the scenario", quote(build.context)), "");
      return build;
    }
    const fs::path dockerfile = fs::weakly_canonical(wanted / build.dockerfile, error);
    const Node& at = reader.place(reader.given("dockerfile") != nullptr ? "dockerfile" : "context");
    if (!is_inside(dockerfile, wanted)) {
      mistakes_.at(at, fmt::format("{} is outside the build context", quote(build.dockerfile)), "");
    } else if (!fs::is_regular_file(dockerfile, error)) {
      mistakes_.at(at, fmt::format("there is no file {} in {}", quote(build.dockerfile), quote(build.context)), "");
    }
    return build;
  }

  static bool is_inside(const fs::path& path, const fs::path& folder) {
    return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
  }

  // Index of the thing that a key names, or of the only one there is. An index that does not exist (the number of
  // things) when that can't be said; the mistake has then been told, here or by the format check.
  std::size_t resolve(const Reader& reader, std::string_view key, const std::vector<Reader>& candidates,
                      std::string_view what, std::size_t count) {
    if (!reader.present(key)) {
      if (count > 1) {
        mistakes_.at(reader.place("name"), fmt::format("there are {} {}s: say which one {}", count, key, what),
                     fmt::format("add '{}: {}'", key, candidates.front().text("name")));
      }
      return count == 1 ? 0 : count;
    }
    const Node* const wanted = reader.given(key);
    if (wanted == nullptr) return count;
    std::vector<std::string_view> names;
    std::vector<std::string> storage;
    for (const Reader& candidate : candidates) storage.push_back(candidate.text("name"));
    if (candidates.empty() && key == "network") storage.emplace_back("lab");  // the default network
    for (std::size_t i = 0; i < storage.size(); ++i) {
      if (storage[i] == wanted->text) return i;
      if (storage[i].empty()) return count;  // its name is a mistake, and may be the one that is meant
      names.push_back(storage[i]);
    }
    if (!names.empty()) {
      mistakes_.at(*wanted, fmt::format("there is no {} {}", key, quote(wanted->text)), suggest(wanted->text, names));
    }
    return count;
  }

  void refuse_duplicates(const std::vector<Reader>& readers, std::string_view key, std::string_view what) {
    std::map<std::string, const Node*> first;
    for (const Reader& reader : readers) {
      const Node* const name = reader.given(key);
      if (name == nullptr) continue;
      const auto [entry, is_new] = first.emplace(name->text, name);
      if (is_new) continue;
      mistakes_.at(*name, fmt::format("a second {} named '{}'", what, name->text),
                   fmt::format("the first one is on line {}", mistakes_.source().line_of(entry->second->offset)));
    }
  }

  // Servers and client groups share one space of names, since containers, logs and captures are named by them.
  void check_names() {
    std::vector<Reader> both = server_readers_;
    both.insert(both.end(), client_readers_.begin(), client_readers_.end());
    refuse_duplicates(both, "name", "server or client group");
    std::set<std::string> containers;
    for (const ClientGroup& group : scenario_.clients) {
      for (std::uint32_t i = 1; i <= group.containers; ++i) containers.insert(fmt::format("{}-{}", group.name, i));
    }
    for (const Reader& server : server_readers_) {
      const Node* const name = server.given("name");
      if (name == nullptr || !containers.contains(name->text)) continue;
      mistakes_.at(*name, fmt::format("'{}' is also the name of a client container", name->text),
                   "containers of a group are named after it: group-1, group-2 and so on");
    }
  }

  Reader top_;
  fs::path folder_;
  Mistakes& mistakes_;
  Scenario scenario_;
  std::vector<Reader> network_readers_, server_readers_, client_readers_;
};

}  // namespace

Scenario build_scenario(const Node& root, const fs::path& folder, Mistakes& mistakes) {
  return Builder(root, folder, mistakes).build();
}

}  // namespace echolab::scenario
