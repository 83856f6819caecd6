// The agent on the loopback interface of a network namespace that the test makes, with tcpdump and with libpcap in its
// place: needs root.

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using nlohmann::json;

// A child process whose standard error is read line by line.
class Child {
 public:
  explicit Child(std::vector<std::string> arguments) {
    std::vector<char*> pointers;
    for (auto& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) ADD_FAILURE() << "pipe2";
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(ends[1], STDERR_FILENO);
      ::execvp(pointers[0], pointers.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    errors_ = ::fdopen(ends[0], "r");
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    std::fclose(errors_);
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }

  pid_t pid() const { return pid_; }
  // The next event of that kind, or nothing when standard error ends first. Blocks; CTest's limit ends a
  // hang.
  std::optional<json> until(const std::string& event) {
    std::array<char, 8192> line{};
    while (std::fgets(line.data(), static_cast<int>(line.size()), errors_) != nullptr) {
      const auto value = json::parse(line.data(), nullptr, false);
      if (!value.is_discarded() && value.value("event", "") == event) return value;
    }
    return std::nullopt;
  }
  int wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
  FILE* errors_ = nullptr;
};

// The parameter is what records.
class Record : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "recording needs root";
    if (GetParam() == std::string("libpcap")) {
      ::setenv("PATH", "/nonexistent", 1);
    } else if (::access("/usr/bin/tcpdump", X_OK) != 0 && ::access("/usr/sbin/tcpdump", X_OK) != 0) {
      GTEST_SKIP() << "tcpdump is not installed";
    }
    if (::unshare(CLONE_NEWNET) != 0) GTEST_SKIP() << "no right to make a network namespace";
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{};
    std::string("lo").copy(static_cast<char*>(request.ifr_name), IFNAMSIZ - 1);
    request.ifr_flags = IFF_UP;
    ASSERT_EQ(::ioctl(socket, SIOCSIFFLAGS, &request), 0);
    ::close(socket);
    std::string pattern = ::testing::TempDir() + "echolab-record-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
    ::setenv("PATH", path_.c_str(), 1);
  }

  std::string capture() const { return folder_ / "lo.pcap"; }
  std::vector<std::string> command(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{CAPTURE_AGENT, "record",  "--interface",      "lo",       "--write",
                                       capture(),     "--nonce", "00112233445566aa", "--events", "-"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  // To a bound socket, so that no ICMP error adds packets.
  static void send_datagrams(int count, const std::string& payload = "hello") {
    const int receiver = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::bind(receiver, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    socklen_t size = sizeof address;
    ::getsockname(receiver, reinterpret_cast<sockaddr*>(&address), &size);
    const int sender = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    for (int i = 0; i < count; ++i) {
      ASSERT_EQ(
          ::sendto(sender, payload.data(), payload.size(), 0, reinterpret_cast<sockaddr*>(&address), sizeof address),
          static_cast<ssize_t>(payload.size()));
    }
    ::close(sender);
    ::close(receiver);
  }

  // Records of a file written by this machine.
  template <typename Function>
  void for_each_record(Function function) const {
    std::ifstream file(capture(), std::ios::binary);
    file.seekg(24);
    std::array<std::uint32_t, 4> record{};
    while (file.read(reinterpret_cast<char*>(record.data()), sizeof record)) {
      file.seekg(record[2], std::ios::cur);
      function(record[2], record[3]);
    }
  }
  std::uint64_t packets_in_file() const {
    std::uint64_t packets = 0;
    for_each_record([&](std::uint32_t, std::uint32_t) { ++packets; });
    return packets;
  }
  // Captured length and length on the wire of the longest frame.
  std::pair<std::uint32_t, std::uint32_t> longest_in_file() const {
    std::pair<std::uint32_t, std::uint32_t> longest;
    for_each_record([&](std::uint32_t captured, std::uint32_t on_wire) {
      if (on_wire > longest.second) longest = {captured, on_wire};
    });
    return longest;
  }

  std::filesystem::path folder_;
  const std::string path_ = std::getenv("PATH") == nullptr ? "" : std::getenv("PATH");
};

TEST_P(Record, EveryPacketBetweenTheSentinelsIsInTheFile) {
  for (const std::vector<std::string>& mode : {std::vector<std::string>{}, {"--immediate"}}) {
    Child agent(command(mode));
    const auto listening = agent.until("listening");
    ASSERT_TRUE(listening);
    EXPECT_EQ(listening->at("recorder"), GetParam());
    EXPECT_EQ(listening->at("linktype"), "EN10MB");
    EXPECT_EQ(listening->at("snaplen"), 2048);
    const auto begin = agent.until("sentinel");
    ASSERT_TRUE(begin);
    EXPECT_EQ(begin->at("which"), "begin");
    ASSERT_TRUE(agent.until("ready"));
    send_datagrams(500);
    ::kill(agent.pid(), SIGTERM);
    const auto end = agent.until("sentinel");
    ASSERT_TRUE(end);
    EXPECT_EQ(end->at("which"), "end");
    // A sentinel that was late is sent again.
    EXPECT_GE(end->at("packet").get<std::uint64_t>(), begin->at("packet").get<std::uint64_t>() + 501);
    const auto counters = agent.until("counters");
    ASSERT_TRUE(counters);
    EXPECT_EQ(counters->at("captured"), counters->at("received"));
    EXPECT_EQ(counters->at("dropped"), 0);
    const auto totals = agent.until("totals");
    ASSERT_TRUE(totals);
    EXPECT_TRUE(totals->at("complete").get<bool>()) << *totals;
    EXPECT_EQ(totals->at("packets"), packets_in_file());
    EXPECT_EQ(totals->at("bytes"), std::filesystem::file_size(capture()));
    EXPECT_EQ(agent.wait(), 0);
  }
}

TEST_P(Record, KilledTcpdumpMakesTheRecordingIncompleteAtOnce) {
  Child agent(command({"--immediate"}));
  ASSERT_TRUE(agent.until("ready"));
  const std::string pid = std::to_string(agent.pid());
  std::ifstream children("/proc/" + pid + "/task/" + pid + "/children");
  pid_t tcpdump = 0;
  ASSERT_TRUE(children >> tcpdump);
  ::kill(tcpdump, SIGKILL);
  const auto totals = agent.until("totals");
  ASSERT_TRUE(totals);
  EXPECT_FALSE(totals->at("complete").get<bool>());
  EXPECT_EQ(totals->at("reasons").at(0), "tcpdump ended by itself (signal 9)");
  EXPECT_EQ(agent.wait(), 1);
}

TEST_P(Record, TheFileLimitIsKeptOnAWholeRecord) {
  Child agent(command({"--immediate", "--limit", "600"}));
  ASSERT_TRUE(agent.until("ready"));
  send_datagrams(100);
  ::kill(agent.pid(), SIGINT);
  const auto totals = agent.until("totals");
  ASSERT_TRUE(totals);
  EXPECT_FALSE(totals->at("complete").get<bool>());
  EXPECT_EQ(totals->at("packets"), packets_in_file());
  EXPECT_LE(std::filesystem::file_size(capture()), 600u);
  EXPECT_EQ(agent.wait(), 1);
}

TEST_P(Record, AStopFileEndsItLikeASignal) {
  const auto stop = folder_ / "stop";
  Child agent(command({"--immediate", "--stop-file", stop}));
  ASSERT_TRUE(agent.until("ready"));
  std::ofstream(stop).close();
  const auto totals = agent.until("totals");
  ASSERT_TRUE(totals);
  EXPECT_TRUE(totals->at("complete").get<bool>()) << *totals;
  EXPECT_EQ(agent.wait(), 0);
}

TEST_P(Record, AMissingInterfaceIsNamed) {
  Child agent({CAPTURE_AGENT, "record", "--interface", "nosuch0", "--write", capture(), "--events", "-"});
  const auto error = agent.until("error");
  ASSERT_TRUE(error);
  EXPECT_EQ(error->at("operation"), "find interface nosuch0");
  EXPECT_EQ(agent.wait(), 3);
}

TEST_P(Record, LongFramesAreCutAtTheSnaplen) {
  Child agent(command({"--immediate", "--snaplen", "64"}));
  ASSERT_TRUE(agent.until("ready"));
  send_datagrams(3, std::string(1000, 'x'));
  ::kill(agent.pid(), SIGTERM);
  const auto totals = agent.until("totals");
  ASSERT_TRUE(totals);
  EXPECT_TRUE(totals->at("complete").get<bool>()) << *totals;
  EXPECT_EQ(totals->at("packets"), packets_in_file());
  EXPECT_EQ(longest_in_file(), (std::pair<std::uint32_t, std::uint32_t>{64, 14 + 20 + 8 + 1000}));
  EXPECT_EQ(agent.wait(), 0);
}

INSTANTIATE_TEST_SUITE_P(With, Record, ::testing::Values("tcpdump", "libpcap"),
                         [](const auto& parameter) { return std::string(parameter.param); });

}  // namespace
