// What an engine that says `sandbox` of itself promises: hostile programs cost bounded memory, processes and disk, and
// reach nothing outside their lab.

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/contract/submission_contract.h"

namespace echolab::engine {
namespace {

class SandboxContract : public SubmissionContract {
 protected:
  // Lines "what: allowed" and "what: refused (why)" of a client that tries.
  std::string attempts(const std::string& name, const std::string& source, const std::vector<std::string>& arguments) {
    const std::string frame = R"(
import ctypes, errno, os, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
def attempt(what, action):
    try: print(what + ": allowed", action(), flush=True)
    except OSError as error: print(what + ": refused", errno.errorcode.get(error.errno, error), flush=True)
def call(result):
    if result < 0: raise OSError(ctypes.get_errno(), "")
    return result
def write(path, size=1):
    with open(path, "wb") as file:
        for _ in range(max(size >> 20, 1)): file.write(b"x" * min(size, 1 << 20))
)";
    const auto record = run_lab(name, [&](plan::Plan& plan) { hand_in_client(plan, frame + source, arguments); });
    EXPECT_TRUE(record.finished);
    return stream_of(1, "stdout");
  }
  static bool refused(const std::string& lines, const std::string& what) {
    return lines.find("\n" + what + ": refused") != std::string::npos || lines.starts_with(what + ": refused");
  }
  static bool allowed(const std::string& lines, const std::string& what) {
    return lines.find(what + ": allowed") != std::string::npos;
  }
};

TEST_P(SandboxContract, AForkBombStopsAtTheLimitAndTheLabGoesOn) {
  const auto record = run_lab("forks", [this](plan::Plan& plan) {
    hand_in_server(plan, echo_server(R"(
children = 0
try:
    while children < 10000:
        if os.fork() == 0:
            while True: os.read(os.pipe()[0], 1)
        children += 1
except OSError as error:
    print("stopped after", children, error.strerror, flush=True)
)"));
  });
  EXPECT_TRUE(record.finished);
  EXPECT_NE(stream_of(0, "stdout").find("stopped after"), std::string::npos) << stream_of(0, "stdout");
  EXPECT_EQ(observer_.echoes, 3u);
}

TEST_P(SandboxContract, AMemoryBombIsRecordedAsOne) {
  const auto record = run_lab("memory", [this](plan::Plan& plan) {
    hand_in_client(plan, "import os\nhoard = []\nwhile True: hoard.append(bytearray(os.urandom(1 << 20)))\n");
  });
  EXPECT_TRUE(record.finished);
  EXPECT_TRUE(exit_of(1).out_of_memory);
  EXPECT_FALSE(exit_of(1).killed_by_us);
}

TEST_P(SandboxContract, OnlyItsOwnFoldersCanBeWrittenAndTheyAreBounded) {
  const std::string lines = attempts("files", R"(
attempt("root", lambda: write("/new"))
attempt("system", lambda: write("/usr/local/bin/supervisor"))
attempt("submission", lambda: write("/submission/client.py"))
attempt("own file", lambda: write("client.py"))
attempt("tmp", lambda: write("/tmp/new"))
os.chmod("/tmp/new", 0o755)
attempt("execute in tmp", lambda: os.execv("/tmp/new", ["new"]))
attempt("fill tmp", lambda: write("/tmp/big", 1 << 30))
attempt("fill shm", lambda: write("/dev/shm/big", 1 << 30))
def fill_work():
    for number in range(100): write(f"big-{number}", 8 << 20)
attempt("fill work", fill_work)
for number in range(100):
    if os.path.exists(f"big-{number}"): os.unlink(f"big-{number}")
def many_files():
    for number in range(100000): os.mknod(f"many-{number}")
attempt("many files", many_files)
)",
                                     {});
  EXPECT_TRUE(allowed(lines, "own file")) << lines;
  EXPECT_TRUE(allowed(lines, "tmp")) << lines;
  for (const char* const what :
       {"root", "system", "submission", "execute in tmp", "fill tmp", "fill shm", "fill work", "many files"}) {
    EXPECT_TRUE(refused(lines, what)) << what << " in:\n" << lines;
  }
}

TEST_P(SandboxContract, DangerousCallsAreRefused) {
  const std::string lines = attempts("calls", R"(
attempt("packet socket", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(3)))
attempt("raw socket", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))
attempt("mount", lambda: call(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)))
attempt("user namespace", lambda: call(libc.unshare(0x10000000)))
attempt("network namespace", lambda: call(libc.unshare(0x40000000)))
attempt("trace the supervisor", lambda: call(libc.ptrace(16, 1, None, None)))
attempt("descriptors of the supervisor", lambda: os.open("/proc/1/fd/2", os.O_WRONLY))
attempt("bpf", lambda: call(libc.syscall(321, 0, None, 0)))
attempt("keys", lambda: call(libc.syscall(250, 0, -3, 1)))
attempt("reboot", lambda: call(libc.reboot(0)))
attempt("root", lambda: os.setuid(0))
attempt("chroot", lambda: os.chroot("/tmp"))
attempt("device", lambda: os.mknod("/tmp/device", 0o20666, os.makedev(1, 1)))
attempt("kernel setting", lambda: write("/proc/sys/kernel/core_pattern"))
attempt("engine's socket", lambda: socket.socket(socket.AF_UNIX).connect("/var/run/docker.sock"))
print("capabilities", [line for line in open("/proc/self/status") if line.startswith(("CapEff", "CapBnd", "NoNewPrivs", "Seccomp:"))])
print("user", os.getuid(), os.getgid())
)",
                                     {});
  for (const char* const what : {"packet socket", "raw socket", "mount", "user namespace", "network namespace",
                                 "trace the supervisor", "descriptors of the supervisor", "bpf", "keys", "reboot",
                                 "root", "chroot", "device", "kernel setting", "engine's socket"}) {
    EXPECT_TRUE(refused(lines, what)) << what << " in:\n" << lines;
  }
  EXPECT_NE(lines.find(R"(CapEff:\t0000000000000000)"), std::string::npos) << lines;
  EXPECT_NE(lines.find(R"(CapBnd:\t0000000000000000)"), std::string::npos) << lines;
  EXPECT_NE(lines.find(R"(NoNewPrivs:\t1)"), std::string::npos) << lines;
  EXPECT_NE(lines.find(R"(Seccomp:\t2)"), std::string::npos) << lines;
  EXPECT_EQ(lines.find("user 0 "), std::string::npos) << lines;
}

// Every IPv4 address of this host, and a listener on all of them that a node must not reach.
class Listener {
 public:
  Listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    socklen_t size = sizeof any;
    if (::bind(socket_.get(), reinterpret_cast<sockaddr*>(&any), size) != 0 || ::listen(socket_.get(), 16) != 0 ||
        ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&any), &size) != 0) {
      throw std::runtime_error("cannot listen on this host");
    }
    port_ = ntohs(any.sin_port);
  }
  std::string port() const { return std::to_string(port_); }
  bool reached() const {
    const UniqueFd peer(::accept4(socket_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    return static_cast<bool>(peer);
  }
  void set_nonblocking() const { ::fcntl(socket_.get(), F_SETFL, O_NONBLOCK); }

 private:
  UniqueFd socket_;
  std::uint16_t port_ = 0;
};

std::vector<std::string> host_addresses() {
  std::vector<std::string> addresses;
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return addresses;
  for (const ifaddrs* each = all; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET) continue;
    char text[INET_ADDRSTRLEN] = {};
    const auto* const address = reinterpret_cast<const sockaddr_in*>(each->ifa_addr);
    if (::inet_ntop(AF_INET, &address->sin_addr, text, sizeof text) != nullptr) addresses.emplace_back(text);
  }
  ::freeifaddrs(all);
  return addresses;
}

TEST_P(SandboxContract, NothingOutsideTheLabCanBeReached) {
  const Listener listener;
  listener.set_nonblocking();
  std::vector<std::string> arguments{listener.port()};
  for (const auto& address : host_addresses()) {
    // Its own, inside: refused there for want of a listener.
    if (!address.starts_with("127.")) arguments.push_back(address);
  }
  ASSERT_GT(arguments.size(), 1u) << "this host has no address but loopback";
  const std::string lines = attempts("reach", R"(
import threading
def connect(address, port):
    peer = socket.create_connection((address, port), 2)
port = int(sys.argv[1])
targets = [(address, port) for address in sys.argv[2:]] + [("169.254.169.254", 80), ("198.18.0.1", port)]
own = [line.split()[2] for line in open("/proc/net/route").readlines()[1:]]
for gateway in set(own) - {"00000000"}:
    targets.append((socket.inet_ntoa(bytes.fromhex(gateway)[::-1]), port))
threads = [threading.Thread(target=attempt, args=("host", lambda target=target: connect(*target))) for target in targets]
threads.append(threading.Thread(target=attempt, args=("name", lambda: socket.getaddrinfo("example.org", 80))))
for thread in threads: thread.start()
for thread in threads: thread.join()
print("done")
)",
                                     arguments);
  EXPECT_NE(lines.find("done"), std::string::npos) << lines;
  EXPECT_EQ(lines.find("allowed"), std::string::npos) << lines;
  EXPECT_TRUE(refused(lines, "name")) << lines;
  EXPECT_FALSE(listener.reached());
}

INSTANTIATE_TEST_SUITE_P(Engines, SandboxContract, ::testing::Values("docker"), engine_name);

}  // namespace
}  // namespace echolab::engine
