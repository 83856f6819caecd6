#pragma once
// A scenario as its author meant it: checked, defaults filled in, names resolved to indices that exist.
// Which networks get which addresses is not decided here but in plan/.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "lab/base/address.h"
#include "lab/base/clock.h"
#include "lab/scenario/check.h"

namespace echolab::scenario {

enum class Families : std::uint8_t { ipv4, ipv6, dual };
enum class Protocols : std::uint8_t { udp, tcp, both };

struct Network {
  std::string name;
  Families families = Families::ipv4;
  std::optional<Prefix> subnet4;  // unset: chosen from 198.18.0.0/15
  std::optional<Prefix> subnet6;  // unset: chosen from fd00::/8
  int mtu = 1500;                 // bytes of the IP packet
};

struct Limits {
  std::uint64_t memory_bytes = 256u << 20;
  double cpus = 1.0;
  int pids = 64;
  bool operator==(const Limits&) const = default;
};

// Where a node's program comes from.
struct Image {
  std::string reference;  // "echolab/echo-server"
  bool operator==(const Image&) const = default;
};
struct Build {
  std::string context;                    // folder, relative to the scenario file
  std::string dockerfile = "Dockerfile";  // relative to the context
  bool operator==(const Build&) const = default;
};
// The student's own program of this role: the submission says what that is.
struct Submitted {
  bool operator==(const Submitted&) const = default;
};
using Program = std::variant<Image, Build, Submitted>;

// What a node runs; the same for servers and clients.
struct Container {
  Program program;
  std::vector<std::string> command;    // replaces the image's command and our generated arguments; empty: ours
  std::vector<std::string> arguments;  // appended to the generated arguments
  std::vector<std::pair<std::string, std::string>> environment;
  Limits limits;
};

struct Server {
  std::string name;
  std::size_t network = 0;  // index into Scenario::networks
  Protocols protocols = Protocols::both;
  Port port{5000};
  Container container;
};

// Template texts, the planner's variables ({student_id}, {name}, {department} and others) not yet filled in.
struct TextMessages {
  std::vector<std::string> templates;
};
enum class Fill : std::uint8_t { zero, pattern, random };
struct ByteMessages {
  std::vector<std::uint32_t> sizes;                                      // empty: drawn from the seed
  std::optional<std::pair<std::uint32_t, std::uint32_t>> drawn_between;  // bytes, both ends included
  Fill fill = Fill::random;
};

struct Messages {
  std::variant<TextMessages, ByteMessages> content;
  std::uint32_t count = 1;   // per client
  Nanoseconds interval{0};   // between sends of one client
  std::uint32_t window = 1;  // requests in flight, per client
  Nanoseconds timeout = std::chrono::seconds(2);
  std::uint32_t retries = 0;  // UDP: repeats of a message that got no echo in time
  std::uint32_t chunk = 0;    // TCP: bytes per write; 0: a message at once
  bool shuffled = false;      // texts or sizes in an order that follows from the seed
};

struct Start {
  bool together = true;    // wait until every node of the lab is ready
  Nanoseconds delay{0};    // after the release
  Nanoseconds spacing{0};  // between one container of the group and the next
};

// The variables of the student who is graded.
inline constexpr std::array student_variables{"student_id", "name", "department", "email", "section", "nonce"};

using Identity = std::vector<std::pair<std::string, std::string>>;  // variable name and value, in file order

struct ClientGroup {
  std::string name;
  std::size_t server = 0;  // index into Scenario::servers
  std::uint32_t containers = 1;
  std::uint32_t clients_per_container = 1;
  Transport protocol = Transport::udp;
  Family family = Family::ipv4;
  Port local_port{0};      // 0: ephemeral; otherwise client i of a container binds local_port + i - 1
  bool half_close = true;  // TCP: end our stream after the last message, then read to the end
  Messages messages;
  Start start;
  std::vector<Identity> identities;  // container i uses identity i mod size; may be empty
  bool identity_of_student = false;  // instead: that of the student who is graded
  Container container;
};

// Whether one of these servers or client groups runs what students hand in.
template <class Nodes>
bool any_submitted(const Nodes& nodes) {
  for (const auto& node : nodes) {
    if (std::holds_alternative<Submitted>(node.container.program)) return true;
  }
  return false;
}

struct Capture {
  bool enabled = true;
  std::uint32_t snaplen = 0;               // bytes; 0: enough for the network's MTU
  std::uint64_t buffer_bytes = 32u << 20;  // kernel ring
  std::uint64_t limit_bytes = 1u << 30;    // of the file; more makes the run incomplete
};

struct TimeLimits {
  Nanoseconds ready = std::chrono::seconds(60);  // from the first create until every node is ready
  Nanoseconds run = std::chrono::seconds(120);   // from the release until every client ended
  Nanoseconds stop = std::chrono::seconds(10);   // for a server to end after SIGTERM
  bool operator==(const TimeLimits&) const = default;
};

// How a program in some language is built and started. In the words of the commands {main} is the main file, {stem} its
// name without folder and extension, {sources} (alone in a word, becomes several) all files of the same extension that
// no other role claims, {class} Java's qualified name of the main class, {role} the word server or client.
struct Recipe {
  std::string name;                // "python"
  std::vector<std::string> files;  // patterns of the main file's name: "*.py"; without a wildcard
                                   // the file of a build tool: "Makefile"
  std::vector<std::vector<std::string>>
      build;  // commands, one after the other, in the folder of the program; may be empty
  std::vector<std::string> start;
  bool operator==(const Recipe&) const = default;
};
// Python, C, C++, Java, make, in the order in which they are tried.
const std::vector<Recipe>& built_in_recipes();

// A file that students hand in, named after their id.
struct HandIn {
  double points = 1;
  std::size_t line = 0;            // in the scenario file
  std::vector<std::string> texts;  // capture: templates; what its messages must contain, as UTF-8 or CP949
  bool operator==(const HandIn&) const = default;
};

// What students hand in.
struct Submission {
  std::vector<std::string> server_files, client_files;  // patterns of the main file's stem; empty: not asked for
  std::vector<Recipe> recipes;                          // those of the file, then the built-in ones
  std::optional<HandIn> capture, picture;               // <id>.pcapng, <id>.png
};

struct Scenario {
  std::string file;    // as named by the caller
  std::string source;  // its bytes; the run folder keeps them
  std::string name;
  std::string description;
  std::uint64_t seed = 1;
  std::vector<Network> networks;     // at least one
  std::vector<Server> servers;       // at least one, unless students hand in files only
  std::vector<ClientGroup> clients;  // as servers
  std::optional<Submission> submission;
  Capture capture;
  std::vector<Check> checks;  // at least one: default_check_kinds() when the file says nothing
  TimeLimits limits;
};

}  // namespace echolab::scenario
