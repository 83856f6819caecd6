#include "bench/grade/class_of_students.h"

#include <fmt/format.h>

#include <string_view>

#include "lab/base/file.h"

namespace echolab::bench {

namespace {

constexpr std::string_view server = R"(import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("0.0.0.0", 5000))
print("listening on 0.0.0.0:5000", flush=True)
while True:
    data, peer = s.recvfrom(4096)
    print(f"{peer[0]}:{peer[1]} -> {data.decode()}", flush=True)
    s.sendto(data, peer)
)";

constexpr std::string_view scenario = R"(echolab: 1
name: udp-server
servers: [{name: server, protocol: udp, submitted: true}]
clients:
  - {name: client, containers: 2, student_identity: true, messages: {text: "{department} {student_id} {name} #{message}", count: 6}}
submission: {}
checks: [{kind: echoes_match, points: 4}, {kind: nothing_else_echoed}, {kind: own_port}]
limits: {ready: 30s, run: 60s, stop: 3s}
)";

// What a teaching assistant writes in an afternoon: server, two clients and a capture, with nothing judged but the
// clients' exit statuses. `init` and the short grace are in its favour: without them each server takes ten seconds to stop.
constexpr std::string_view compose_file = R"(services:
  server:
    image: echolab/runner
    entrypoint: [python3, -u, /submission/server.py]
    volumes: ["${SUBMISSION}:/submission:ro"]
    init: true
    stop_grace_period: 1s
  capture:
    image: echolab/capture-agent
    entrypoint: [tcpdump, -U, -i, eth0, -w, /evidence/lab.pcap]
    volumes: ["${EVIDENCE}:/evidence"]
    network_mode: "service:server"
    user: root
    init: true
    stop_grace_period: 1s
  client-1: &client
    image: echolab/echo-client
    command: [server, "5000", --protocol, udp, "--message=dept ${STUDENT} #{message}", --count, "6", --start-delay, 500ms]
    depends_on: [server, capture]
  client-2: *client
)";

constexpr std::string_view script = R"(set -eu
for folder in "$1"/*/; do
  STUDENT=$(basename "$folder"); SUBMISSION=$folder; EVIDENCE=$2/$STUDENT
  export STUDENT SUBMISSION EVIDENCE
  mkdir -p "$EVIDENCE"
  docker-compose -p "bench$STUDENT" -f "$3" up -d
  docker wait "bench${STUDENT}_client-1_1" "bench${STUDENT}_client-2_1" >"$EVIDENCE/statuses"
  docker-compose -p "bench$STUDENT" -f "$3" logs --no-color >"$EVIDENCE/logs"
  docker-compose -p "bench$STUDENT" -f "$3" down -v
done
)";

}  // namespace

ClassOfStudents::ClassOfStudents(const std::filesystem::path& folder, int students) : folder_(folder) {
  std::string roster = "id,name,department\n";
  for (int i = 1; i <= students; ++i) {
    const std::string id = fmt::format("2026{:04}", i);
    roster += fmt::format("{},학생 {},컴퓨터공학과\n", id, i);
    create_folders(folder_ / "hand-ins" / id);
    write_file_atomically(folder_ / "hand-ins" / id / "server.py", server);
  }
  write_file_atomically(folder_ / "roster.csv", roster);
  write_file_atomically(folder_ / "udp.yaml", scenario);
  write_file_atomically(folder_ / "compose.yaml", compose_file);
  write_file_atomically(folder_ / "grade.sh", script);
}

CommandLine ClassOfStudents::graded_by(const std::string& program, const std::string& jobs,
                                       const std::filesystem::path& out) const {
  return {program,
          "grade",
          "--engine",
          "docker",
          "--roster",
          folder_ / "roster.csv",
          "--submissions",
          folder_ / "hand-ins",
          "--scenario",
          folder_ / "udp.yaml",
          "--out",
          out,
          "--strict",
          "--jobs",
          jobs};
}

CommandLine ClassOfStudents::graded_by_script(const std::filesystem::path& out) const {
  return {"bash", folder_ / "grade.sh", folder_ / "hand-ins", out, folder_ / "compose.yaml"};
}

}  // namespace echolab::bench
