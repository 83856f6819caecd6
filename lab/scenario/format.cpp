// One long table: splitting it further would only hide the format it describes.
#include "lab/scenario/format.h"

#include <algorithm>
#include <map>
#include <regex>
#include <string>

#include "lab/scenario/check_kinds.h"
#include "lab/scenario/shapes.h"
#include "lab/scenario/submission_format.h"

namespace echolab::scenario {

namespace {

using namespace shapes;

// [host[:port]/]path[:tag][@digest], as the distribution project's reference grammar has it.
constexpr std::string_view image_pattern =
    "([A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*"
    "(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?(@sha256:[0-9a-f]{64})?";

const Section& build_section() {
  static const Section s{
      "build",
      "An image that is built from a folder beside the scenario.",
      {{"context", text(), true, "", "Folder, relative to the scenario file and inside its folder.", "my-server"},
       {"dockerfile", text(), false, "Dockerfile", "Dockerfile, relative to the context.", "Dockerfile"}}};
  return s;
}

const Section& environment_section() {
  static const Section s{"env",
                         "Environment variables: name and value.",
                         {},
                         {},
                         "[A-Za-z_][A-Za-z0-9_]*",
                         "letters, digits and underscores, not beginning with a digit",
                         {text(4096)}};
  return s;
}

const Section& container_limits_section() {
  static const Section s{"container limits",
                         "What one container may use.",
                         {{"memory", size(16 * mib, 64 * gib, "a container with less dies while it starts"), false,
                           "256MiB", "Memory, swap included.", "128MiB"},
                          {"cpus", ranged(ValueKind::number, 0.01, 64), false, "1", "Processor time, in cores.", "0.5"},
                          {"pids", integer(1, 4096), false, "64", "Processes and threads.", "32"}}};
  return s;
}

// What servers and clients have in common: the program and its box.
std::vector<Key> container_keys(std::string_view default_image) {
  return {{"image", word(image_pattern, "an image reference such as registry.example:5000/path/name:tag", 255), false,
           default_image, "Image to run. Images other than ours need a `command` or an entrypoint of their own.",
           "echolab/echo-server"},
          {"build", section(build_section()), false, "", "Build the image instead.", "{context: my-server}"},
          {"submitted", boolean(), false, "false",
           "The student's own program instead of an image: only for grading; `submission` says what is looked for.",
           "true"},
          {"command", list(text(4096), 1, 100), false, "",
           "A whole command, instead of the image's own and of our generated arguments.", "[python3, server.py]"},
          {"args", list(text(4096), 1, 100), false, "", "Arguments added at the end.", "[--quiet]"},
          {"env", section(environment_section()), false, "", "Environment variables.", "{LANG: ko_KR.UTF-8}"},
          {"limits", section(container_limits_section()), false, "", "What one container may use.",
           "{memory: 128MiB, cpus: 0.5}"}};
}

using Conflicts = std::vector<std::pair<std::string_view, std::string_view>>;

Conflicts container_conflicts() {
  return {{"image", "build"}, {"submitted", "image"}, {"submitted", "build"}, {"submitted", "command"}};
}

Conflicts client_conflicts() {
  Conflicts conflicts = container_conflicts();
  conflicts.insert(conflicts.end(), {{"identities", "student_identity"}, {"submitted", "local_port"}});
  return conflicts;
}

std::vector<Key> joined(std::vector<Key> first, std::vector<Key> second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

const Section& network_section() {
  static const Section s{
      "network",
      "One isolated network: nothing on it reaches the host or the internet.",
      {{"name", name(), true, "", "Name, unique among networks.", "lab"},
       {"family",
        choice({{"ipv4", "IPv4 only"}, {"ipv6", "IPv6 only"}, {"dual", "both, every node has an address of each"}}),
        false, "ipv4", "Address families.", "dual"},
       {"subnet", or_auto(word("[0-9.]+/[0-9]+", "an IPv4 prefix such as 198.18.4.0/28", 18)), false, "auto",
        "IPv4 subnet; `auto` takes a free one from 198.18.0.0/15.", "198.18.4.0/28"},
       {"subnet6", or_auto(word("[0-9a-fA-F:.]+/[0-9]+", "an IPv6 prefix such as fd00:1:2:3::/64", 49)), false, "auto",
        "IPv6 subnet; `auto` takes a /64 from fd00::/8.", "fd00:1:2:3::/64"},
       {"mtu", integer(576, 65535, "every IPv4 host must accept 576 bytes"), false, "1500",
        "Largest IP packet in bytes; larger ones are fragmented (UDP) or cut into segments (TCP).", "1400"}}};
  return s;
}

const Section& server_section() {
  static const Section s{
      "server", "An echo server in a container of its own.",
      joined({{"name", name(), true, "", "Name; also the container's name in logs and captures.", "server"},
              {"network", name(), false, "", "Network it is on; may be left out when there is only one.", "lab"},
              {"protocol", choice({{"udp", "UDP only"}, {"tcp", "TCP only"}, {"both", "both on the same port"}}), false,
               "both", "What it serves.", "udp"},
              {"port", integer(1, 65535), false, "5000", "Port it listens on.", "5000"}},
             container_keys("echolab/echo-server")),
      container_conflicts()};
  return s;
}

const Section& messages_section() {
  static const Section s{
      "messages",
      "What every client of the group sends: texts, or bytes of some sizes. Without either: `hello {message} from "
      "{node}`.",
      {{"text", or_single(list(text(65507), 1, 100)), false, "",
        "Text or texts, sent in turn. `{message}` (number of the message, from 1), `{client}`, `{group}`, "
        "`{container}`, `{node}`, `{scenario}` and the variables of `identities` are filled in; `{{` and `}}` are "
        "single braces.",
        "\"{department} {student_id} {name} #{message}\""},
       {"sizes", or_single(list(integer(0, 16.0 * 1024 * 1024, "a TCP message is held in memory whole"), 1, 100)),
        false, "", "Size or sizes in bytes, sent in turn. At most 65507 over UDP.", "[0, 1, 1472, 1473]"},
       {"sizes_between", list(integer(0, 16.0 * 1024 * 1024, "a TCP message is held in memory whole"), 2, 2), false, "",
        "Instead of `sizes`: the smallest and the largest; `count` sizes between them follow from the seed.",
        "[1, 1400]"},
       {"shuffle", boolean(), false, "false", "Texts or sizes in an order that follows from the seed.", "true"},
       {"fill",
        choice({{"zero", "zero bytes"},
                {"pattern", "counting bytes, easy to read in a hex dump"},
                {"random", "random bytes from the scenario's seed"}}),
        false, "random", "Content of byte messages.", "zero"},
       {"count", integer(1, 1'000'000), false, "", "Messages each client sends; default: one of each text or size.",
        "5"},
       {"interval", duration(0, hour), false, "0s", "Time between the sends of one client.", "100ms"},
       {"rate", ranged(ValueKind::number, 0.001, 1'000'000), false, "", "Messages a second, instead of `interval`.",
        "50"},
       {"window", integer(1, 1024), false, "1", "Messages in flight before the client waits for an echo.", "4"},
       {"timeout", duration(0.001, hour), false, "2s", "How long an echo may take.", "500ms"},
       {"retries", integer(0, 100), false, "0", "UDP: how often a message without an echo is sent again.", "2"},
       {"chunk", integer(0, 16.0 * 1024 * 1024), false, "0",
        "TCP: bytes per write, so that writes do not match messages; 0: a message at once.", "1021"}},
      {{"text", "sizes"},
       {"text", "sizes_between"},
       {"sizes", "sizes_between"},
       {"interval", "rate"},
       {"text", "fill"}}};
  return s;
}

const Section& start_section() {
  static const Section s{
      "start",
      "When the clients of a group begin.",
      {{"together", boolean(), false, "true",
        "Wait until every node of the lab is ready; else each container starts when it and its server are.", "false"},
       {"delay", duration(0, hour), false, "0s", "Wait after the start.", "100ms"},
       {"spacing", duration(0, hour), false, "0s", "Extra wait from one container of the group to the next.", "10ms"}}};
  return s;
}

const Section& identity_section() {
  static const Section s{
      "identity",
      "Values for one container's message texts. Any name may be used; all identities of a group have the same ones.",
      {},
      {},
      "[a-z][a-z0-9_]*",
      "lower-case letters, digits and underscores, beginning with a letter",
      {text(1000)}};
  return s;
}

const Section& client_section() {
  static const Section s{
      "client", "A group of equal client containers, named `<group>-1`, `<group>-2` and so on.",
      joined(
          {{"name", name(), true, "", "Name of the group.", "client"},
           {"server", name(), false, "", "Server they talk to; may be left out when there is only one.", "server"},
           {"containers",
            integer(1, 900, "a Linux bridge has 1,024 ports and misbehaves near 1,000; use clients_per_container"),
            false, "", "Containers; default: one for each of `identities`, else 1.", "2"},
           {"clients_per_container", integer(1, 10'000), false, "1",
            "Clients in each container, each with its own socket.", "10"},
           {"protocol", choice({{"udp", "datagrams"}, {"tcp", "one connection per client"}}), false, "",
            "May be left out when the server speaks only one.", "udp"},
           {"family", choice({{"ipv4", "IPv4"}, {"ipv6", "IPv6"}}), false, "",
            "May be left out when the network has only one.", "ipv4"},
           {"local_port", or_auto(integer(1, 65535)), false, "auto",
            "Source port of the first client in a container, the next one has the next; `auto`: the operating system "
            "chooses an ephemeral one.",
            "40000"},
           {"half_close", boolean(), false, "true",
            "TCP: end our stream after the last message, then read the rest of the echo.", "false"},
           {"messages", section(messages_section()), false, "", "What they send.", "{text: hello, count: 3}"},
           {"start", section(start_section()), false, "", "When they begin.", "{delay: 100ms}"},
           {"student_identity", boolean(), false, "false",
            "The identity is that of the student who is graded: variables `{student_id}`, `{name}`, `{department}`, "
            "`{email}` and `{section}` of the roster, and `{nonce}`, eight digits that nobody can know before.",
            "true"},
           {"identities", list(section(identity_section()), 1, 900), false, "",
            "Values for message texts; container *i* uses the *i*th, from the first again when there are fewer.",
            "[{student_id: \"20261234\", name: 홍길동, department: 컴퓨터공학과}]"}},
          container_keys("echolab/echo-client")),
      client_conflicts()};
  return s;
}

const Section& capture_section() {
  static const Section s{
      "capture",
      "The packet capture of every network.",
      {{"enabled", boolean(), false, "true", "Without a capture no packet proves anything.", "true"},
       {"snaplen", or_auto(integer(96, 262144, "less would cut headers off")), false, "auto",
        "Bytes kept of each frame; `auto`: enough for the network's MTU.", "128"},
       {"buffer", size(1 * mib, 1 * gib), false, "32MiB", "Kernel buffer; more survives larger bursts.", "64MiB"},
       {"limit", size(1 * mib, 64 * gib), false, "1GiB",
        "Largest capture file; a run that would need more has incomplete evidence.", "200MiB"}}};
  return s;
}

// Which keys a check has beyond these depends on its kind: check_kinds.cpp.
Section make_check_section() {
  std::vector<Choice> kinds;
  std::vector<Variant> variants;
  for (const CheckKindFacts& facts : check_kinds()) {
    kinds.push_back({facts.name, facts.meaning});
    variants.push_back({facts.name, &facts.parameters});
  }
  const auto id = [] { return word(check_id_pattern, check_id_words, 40); };
  Section s{"check", "One thing the run is judged by. Each kind has keys of its own beside these.", {}};
  s.keys = {
      {"kind", choice(std::move(kinds)), true, "", "What is checked.", "echoes_match"},
      {"id", id(), false, "", "Name in reports, unique; default: the kind.", "echo"},
      {"points", ranged(ValueKind::number, 0, 1000), false, "1", "Weight in the mark.", "2"},
      {"level",
       choice({{"error", "a failure fails the run"},
               {"warning", "a failure is shown, and the run can pass all the same"}}),
       false, "error", "How much it matters.", "warning"},
      {"applies_to", or_single(list(name(), 1, 100)), false, "", "Client group or groups; default: all.", "client"},
      {"negate", boolean(), false, "false", "Swap passed and failed: what is described must not be so.", "true"},
      {"requires", or_single(list(id(), 1, 50)), false, "",
       "Id or ids of other checks: unless all of them passed, this one is `not_run`.", "echoes_match"},
      {"passed", text(), false, "",
       "Text that leads the message when it passed. `{client}`, `{group}`, `{container}`, `{node}`, `{scenario}` and "
       "the variables of `identities` are filled in.",
       "\"{name} can send\""},
      {"failed", text(), false, "", "Text that leads the message when it failed.", "\"{name} has no echo\""},
      {"hint", text(), false, "", "What to look at when it failed, instead of the built-in hint.",
       "\"See chapter 2, sendto\""}};
  s.discriminator = "kind";
  s.variants = std::move(variants);
  return s;
}

const Section& check_section() {
  static const Section s = make_check_section();
  return s;
}

const Section& time_limits_section() {
  static const Section s{
      "time limits",
      "How long each phase of a run may take.",
      {{"ready", duration(1, hour), false, "60s", "From the first container until every node is ready.", "30s"},
       {"run", duration(0.1, 24 * hour), false, "120s", "From the start of the clients until the last one ended.",
        "60s"},
       {"stop", duration(0.1, 600), false, "10s", "For a server to end after it was asked to.", "5s"}}};
  return s;
}

Section make_top_section() {
  Section s{"scenario",
            "A lab: networks, echo servers, clients, and what is checked.",
            {{"echolab", integer(1, 1, "this program reads version 1 of the format"), true, "",
              "Version of this format.", "1"},
             {"name", name(), true, "", "Name of the scenario, used for folders.", "udp-echo"},
             {"description", text(), false, "", "One or two sentences for whoever runs it.",
              "Two clients at once against one UDP echo server"},
             {"seed", integer(0, 9007199254740991.0, "JSON numbers are exact up to 2^53"), false, "1",
              "Random message bytes follow from it.", "7"},
             {"networks", list(section(network_section()), 1, 64), false, "", "Default: one IPv4 network named `lab`.",
              "[{name: lab, family: dual}]"},
             {"servers", list(section(server_section()), 1, 100), false, "", "The echo servers.",
              "[{name: server, protocol: udp}]"},
             {"clients", list(section(client_section()), 1, 100), false, "", "The client groups.",
              "[{name: client, containers: 2}]"},
             {"submission", section(submission_section()), false, "",
              "What students hand in. Where that is files only, servers and clients may be left out.",
              "{server: udp_server, capture: {points: 2}}"},
             {"capture", section(capture_section()), false, "", "The packet capture.", "{snaplen: 128}"},
             {"checks", list(section(check_section()), 1, 50), false, "",
              "Default: `echoes_match`, `nothing_else_echoed`, `own_port` and `counts`.",
              "[{kind: echoes_match, points: 2}]"},
             {"limits", section(time_limits_section()), false, "", "Time limits of the run.", "{run: 60s}"}}};
  s.at_least_one = {{"servers", "submission"}, {"clients", "submission"}};
  return s;
}

const Section& top_section() {
  static const Section s = make_top_section();
  return s;
}

}  // namespace

const Key* Section::find(std::string_view key) const {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const Key& k) { return k.name == key; });
  return found == keys.end() ? nullptr : &*found;
}

const Section* Section::variant(std::string_view word) const {
  const auto found = std::find_if(variants.begin(), variants.end(), [&](const Variant& v) { return v.word == word; });
  return found == variants.end() ? nullptr : found->section;
}

const Section& scenario_format() {
  return top_section();
}

std::vector<const Section*> all_sections() {
  std::vector<const Section*> found{&scenario_format()};
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const Key& key : found[i]->keys) {
      const Shape& shape = key.shape.kind == ValueKind::list ? key.shape.item.front() : key.shape;
      if (shape.section != nullptr && std::find(found.begin(), found.end(), shape.section) == found.end()) {
        found.push_back(shape.section);
      }
    }
  }
  return found;
}

bool matches(std::string_view text, std::string_view pattern) {
  // libstdc++'s matcher recurses once per character: longer texts would run out of stack.
  constexpr std::size_t longest = 256;
  if (text.size() > longest) return false;
  // Compiling costs far more than matching. The key is the table's own storage, which lives until the end.
  thread_local std::map<std::string_view, std::regex> compiled;
  const auto found = compiled.find(pattern);
  const std::regex& regex = found != compiled.end()
                                ? found->second
                                : compiled.emplace(pattern, std::regex(pattern.data(), pattern.size())).first->second;
  return std::regex_match(text.begin(), text.end(), regex);
}

}  // namespace echolab::scenario
