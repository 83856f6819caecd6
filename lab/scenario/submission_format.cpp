#include "lab/scenario/submission_format.h"

#include "lab/scenario/shapes.h"

namespace echolab::scenario {

namespace {

using namespace shapes;

const Section& recipe_section() {
  static const Section s{
      "recipe",
      "How programs in some language are built and started. Words may hold `{main}` (the main file), `{stem}` (its "
      "name "
      "without folder and extension), `{class}` (Java: the main class), `{role}` (the word server or client) and, "
      "alone, "
      "`{sources}` (all files of that language which no other role claims).",
      {{"name", name(), true, "", "Name in reports.", "rust"},
       {"files", or_single(list(text(100), 1, 20)), true, "", "Patterns of the main file's name.", "\"*.rs\""},
       {"build", list(list(text(4096), 1, 100), 1, 20), false, "",
        "Commands that make the program, each a list of words, run one after the other without a network.",
        "[[rustc, -O, \"{main}\", -o, program]]"},
       {"start", list(text(4096), 1, 100), true, "", "The command that starts it, a list of words.", "[./program]"}}};
  return s;
}

Key hand_in_points() {
  return {"points", ranged(ValueKind::number, 0, 1000), false, "1", "Weight in the mark.", "2"};
}

const Section& hand_in_capture_section() {
  static const Section s{
      "handed-in capture",
      "The file `<id>.pcapng` (or `.pcap`) of each student.",
      {hand_in_points(),
       {"contains", or_single(list(text(1000), 1, 20)), false, "\"{student_id}\"",
        "Texts, as UTF-8 or CP949, each of which a message must contain that came back unchanged. `{student_id}`, "
        "`{name}`, `{department}`, `{email}` and `{section}` are filled in.",
        "[\"{student_id}\", \"{name}\"]"}}};
  return s;
}

const Section& hand_in_picture_section() {
  static const Section s{
      "handed-in picture", "The file `<id>.png` of each student: readable and not blank.", {hand_in_points()}};
  return s;
}

}  // namespace

const Section& submission_section() {
  const auto patterns = [] { return or_single(list(text(100), 1, 20)); };
  static const Section s{
      "submission",
      "What students hand in, for `echolab grade`. Programs are only looked for where a server or a client group is "
      "`submitted`.",
      {{"server", patterns(), false, "server, \"*server*\"",
        "Patterns of the name, without extension, of the server's main file; the first that fits counts.",
        "udp_server"},
       {"client", patterns(), false, "client, \"*client*\"", "As `server`, of the client.", "udp_client"},
       {"recipes", list(section(recipe_section()), 1, 20), false, "",
        "Languages beside Python, C, C++, Java and make, or other ways to build them; these come first.",
        "[{name: perl, files: \"*.pl\", start: [perl, \"{main}\"]}]"},
       {"capture", section(hand_in_capture_section()), false, "", "A capture is handed in.", "{points: 2}"},
       {"picture", section(hand_in_picture_section()), false, "", "A picture is handed in.", "{points: 1}"}}};
  return s;
}

}  // namespace echolab::scenario
