// The program as people and CI call it, where no engine is needed.

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "lab/base/file.h"
#include "tests/integration/lab/lab.h"
#include "tests/support/wire_builder.h"

namespace echolab::lab_test {
namespace {

using test::Finished;
using test::run_program;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// A socket where a Docker engine could be; tells whether anybody called.
class SilentSocket {
 public:
  explicit SilentSocket(const std::filesystem::path& path)
      : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.string().copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(fd_.get(), 8) != 0) {
      throw std::runtime_error("cannot listen on " + path.string());
    }
  }
  bool was_called() const { return UniqueFd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC)).get() >= 0; }

 private:
  UniqueFd fd_;
};

TEST(CommandLine, AnInvalidScenarioExitsWith2AndCallsNoEngine) {
  const test::TemporaryFolder folder;
  const SilentSocket socket(folder / "docker.sock");
  write_file_atomically(folder / "bad.yaml", "echolab: 1\nname: x\nsrvers: []\nname: y\n");
  test::Command command =
      echolab({"run", "--engine", "docker", "--out", (folder / "run").string(), (folder / "bad.yaml").string()});
  command.environment["DOCKER_HOST"] = "unix://" + (folder / "docker.sock").string();
  const Finished finished = run_program(command);
  EXPECT_EQ(finished.status, 2);
  EXPECT_THAT(finished.err, HasSubstr("bad.yaml:3:1: error: "));
  EXPECT_THAT(finished.err, HasSubstr("did you mean 'servers'?"));
  EXPECT_THAT(finished.err, HasSubstr("bad.yaml:4:1: error: "));
  EXPECT_FALSE(socket.was_called());
  EXPECT_FALSE(std::filesystem::exists(folder / "run"));
}

TEST(CommandLine, ChecksAreListedAndShownOneByOne) {
  const Finished all = run_program(echolab({"checks"}));
  EXPECT_EQ(all.status, 0);
  EXPECT_THAT(all.out, HasSubstr("served_at_once"));
  const Finished one = run_program(echolab({"checks", "loss"}));
  EXPECT_EQ(one.status, 0);
  EXPECT_THAT(one.out, HasSubstr("checks:\n  - {kind: loss, at_most: 1%}\n"));
  EXPECT_THAT(one.out, Not(HasSubstr("served_at_once")));
  const auto json = nlohmann::json::parse(run_program(echolab({"checks", "--json"})).out);
  EXPECT_EQ(json["schema"], "echolab.checks/v1");
  EXPECT_GE(json["kinds"].size(), 21u);
  const Finished unknown = run_program(echolab({"checks", "lost"}));
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean 'loss'?"));
}

TEST(CommandLine, NoEngineExitsWith3AndNamesTheMend) {
  const test::TemporaryFolder folder;
  test::Command command =
      echolab({"run", "--json", "--engine", "docker", "--out", (folder / "run").string(), "scenarios/udp-echo.yaml"});
  command.environment["DOCKER_HOST"] = "unix://" + (folder / "none.sock").string();
  const Finished finished = run_program(command);
  EXPECT_EQ(finished.status, 3);
  EXPECT_THAT(finished.err, HasSubstr("none.sock"));
  EXPECT_THAT(finished.err, HasSubstr("mend:"));
  EXPECT_EQ(nlohmann::json::parse(finished.out)["kind"], "environment");
}

TEST(CommandLine, AMissingFileIsSaidAsSuch) {
  const Finished finished = run_program(echolab({"validate", "no/such.yaml"}));
  EXPECT_EQ(finished.status, 3);
  EXPECT_THAT(finished.err, HasSubstr("no/such.yaml"));
}

TEST(CommandLine, WrongCallsExitWith2) {
  for (const std::vector<std::string>& call : {std::vector<std::string>{"frobnicate"},
                                               {"run"},
                                               {"run", "--engine", "cloud", "x"},
                                               {"validate", "--color", "pink", "x"},
                                               {}}) {
    const Finished finished = run_program(echolab(call));
    EXPECT_EQ(finished.status, 2);
    EXPECT_THAT(finished.err + finished.out, Not(IsEmpty()));
  }
}

// A capture of one exchange, with the reply as wanted.
void write_exchange(const std::filesystem::path& file, std::string_view reply, std::size_t cut = 0) {
  const Endpoint client{*IpAddress::parse("127.0.0.1"), Port{40123}},
      server{*IpAddress::parse("127.0.0.1"), Port{5000}};
  test::WireBuilder wire;
  wire.udp(client, server, "hello");
  wire.udp(server, client, reply);
  write_file_atomically(file, std::string_view(wire.file()).substr(0, wire.file().size() - cut));
}

TEST(CommandLine, VerifyJudgesACaptureAloneAndExitsWithItsVerdict) {
  const test::TemporaryFolder folder;
  write_exchange(folder / "good.pcap", "hello");
  write_exchange(folder / "bad.pcap", "hellO");
  write_exchange(folder / "cut.pcap", "hello", 1);
  write_file_atomically(folder / "notes.txt", "dear diary");
  const auto verify = [&](const std::string& file, std::vector<std::string> more = {}) {
    std::vector<std::string> call{"verify", (folder / file).string()};
    call.insert(call.end(), more.begin(), more.end());
    return run_program(echolab(call));
  };
  EXPECT_EQ(verify("good.pcap").status, 0);
  EXPECT_EQ(verify("bad.pcap").status, 1);
  EXPECT_EQ(verify("cut.pcap").status, 4);
  EXPECT_EQ(verify("good.pcap", {"--port", "9"}).status, 4);
  EXPECT_EQ(verify("notes.txt").status, 2);
  EXPECT_EQ(verify("none.pcap").status, 3);
  EXPECT_EQ(verify("good.pcap", {"--timeout", "soon"}).status, 2);
  EXPECT_EQ(verify("good.pcap", {"--port", "70000"}).status, 2);

  const Finished bad = verify("bad.pcap");
  EXPECT_THAT(bad.out, HasSubstr("byte 4 is 0x4f, was 0x6f"));
  EXPECT_THAT(bad.out, HasSubstr("-Y 'frame.number==1 || frame.number==2'"));
  EXPECT_THAT(bad.out, HasSubstr("wireshark -g 2 "));
  const auto json = nlohmann::json::parse(verify("bad.pcap", {"--json"}).out);
  EXPECT_EQ(json["schema"], "echolab.verify/v1");
  EXPECT_EQ(json["verdict"], "failed");
  EXPECT_EQ(json["file"], (folder / "bad.pcap").string());
  EXPECT_EQ(json["conversations"][0]["altered"], 1);
  EXPECT_EQ(json["findings"][0]["packets"], nlohmann::json::array({1, 2}));
}

TEST(CommandLine, VerifyAppliesAScenariosChecksToACapture) {
  const test::TemporaryFolder folder;
  write_exchange(folder / "good.pcap", "hello");
  write_file_atomically(
      folder / "s.yaml",
      "echolab: 1\nname: s\nservers: [{name: server, protocol: udp}]\n"
      "clients: [{name: client, messages: {text: hello}}]\n"
      "checks: [{kind: payload_contains, id: greeting, text: goodbye, level: warning}, {kind: loss}]\n");
  const Finished finished = run_program(
      echolab({"verify", (folder / "good.pcap").string(), "--scenario", (folder / "s.yaml").string(), "--json"}));
  EXPECT_EQ(finished.status, 0) << finished.err;
  const auto json = nlohmann::json::parse(finished.out);
  ASSERT_EQ(json["findings"].size(), 2u);
  EXPECT_EQ(json["findings"][0]["check"], "greeting");
  EXPECT_EQ(json["findings"][0]["level"], "warning");
  EXPECT_EQ(json["findings"][0]["outcome"], "failed");
  EXPECT_EQ(json["findings"][1]["outcome"], "passed");
}

TEST(CommandLine, VerifyOfARunFolderTakesNothingThatIsForACapture) {
  const test::TemporaryFolder folder;
  const Finished finished = run_program(echolab({"verify", folder.path().string(), "--port", "5000"}));
  EXPECT_EQ(finished.status, 2);
  EXPECT_THAT(finished.err, HasSubstr("this is a run folder"));
}

TEST(CommandLine, HelpShowsExamplesAndExitStatuses) {
  const Finished finished = run_program(echolab({"--help"}));
  EXPECT_EQ(finished.status, 0);
  EXPECT_THAT(finished.out, HasSubstr("echolab run scenarios/udp-echo.yaml"));
  EXPECT_THAT(finished.out, HasSubstr("Exit status"));
}

TEST(CommandLine, EveryExampleIsValidAndPlansTheSameTwice) {
  std::vector<std::string> call{"validate"};
  for (const auto& entry : std::filesystem::directory_iterator("scenarios")) {
    if (entry.path().extension() != ".yaml") continue;
    call.push_back(entry.path().string());
    const Finished first = run_program(echolab({"plan", "--json", entry.path().string()}));
    const Finished second = run_program(echolab({"plan", "--json", entry.path().string()}));
    EXPECT_EQ(first.status, 0) << first.err;
    EXPECT_EQ(first.out, second.out);
    EXPECT_NO_THROW(nlohmann::json::parse(first.out));
  }
  const Finished finished = run_program(echolab(call));
  EXPECT_EQ(finished.status, 0) << finished.out;
  EXPECT_EQ(lines_of(finished.out).size(), call.size() - 1);
}

TEST(CommandLine, ExamplesForGradingAreValidWithoutAStudent) {
  std::vector<std::string> call{"validate"};
  for (const auto& entry : std::filesystem::directory_iterator("scenarios/class")) {
    if (entry.path().extension() == ".yaml") call.push_back(entry.path().string());
  }
  const Finished finished = run_program(echolab(call));
  EXPECT_EQ(finished.status, 0) << finished.out;
  EXPECT_THAT(finished.out, HasSubstr("udp-server.yaml: valid, 4 nodes, 3 clients"));
}

TEST(CommandLine, ColoursOnlyWhenForcedOffATerminal) {
  EXPECT_THAT(run_program(echolab({"plan", "scenarios/udp-echo.yaml"})).out, Not(HasSubstr("\x1b")));
  EXPECT_THAT(run_program(echolab({"plan", "--color", "always", "scenarios/udp-echo.yaml"})).out, HasSubstr("\x1b["));
  test::Command command = echolab({"plan", "scenarios/udp-echo.yaml"});
  command.environment["CLICOLOR_FORCE"] = "1";
  command.environment["NO_COLOR"] = "1";
  EXPECT_THAT(run_program(command).out, Not(HasSubstr("\x1b")));
}

TEST(CommandLine, SchemaIsTheCommittedOne) {
  const Finished finished = run_program(echolab({"schema"}));
  EXPECT_EQ(finished.status, 0);
  EXPECT_EQ(finished.out, read_file("share/echolab/scenario.schema.json"));
}

}  // namespace
}  // namespace echolab::lab_test
