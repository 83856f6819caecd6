// The peer that does nothing but what the daemon must do: one network and so many containers, as a lab's are, created
// and started with so many calls in flight. It prints "up", waits for SIGINT, and removes them.

#include <curl/curl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "lab/base/json.h"

namespace {

using nlohmann::json;

constexpr std::size_t removed_at_once = 8;  // the best of 4, 8, 16 and 50

// One connection to the daemon, kept open between calls.
class Connection {
 public:
  explicit Connection(const std::string& socket) : curl_(::curl_easy_init()) {
    ::curl_easy_setopt(curl_.get(), CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
    ::curl_easy_setopt(curl_.get(), CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(curl_.get(), CURLOPT_TIMEOUT, 120L);
    ::curl_easy_setopt(curl_.get(), CURLOPT_WRITEFUNCTION, &Connection::take);
    ::curl_easy_setopt(curl_.get(), CURLOPT_WRITEDATA, &answer_);
  }

  json call(const char* method, const std::string& path, const json& body = {}) {
    const std::string text = body.is_null() ? "" : body.dump(), url = "http://docker/v1.41" + path;
    const std::unique_ptr<curl_slist, decltype(&::curl_slist_free_all)> headers(
        ::curl_slist_append(nullptr, "Content-Type: application/json"), &::curl_slist_free_all);
    ::curl_easy_setopt(curl_.get(), CURLOPT_CUSTOMREQUEST, method);
    ::curl_easy_setopt(curl_.get(), CURLOPT_URL, url.c_str());
    ::curl_easy_setopt(curl_.get(), CURLOPT_HTTPHEADER, headers.get());
    ::curl_easy_setopt(curl_.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(text.size()));
    ::curl_easy_setopt(curl_.get(), CURLOPT_COPYPOSTFIELDS, text.c_str());
    answer_.clear();
    if (const CURLcode code = ::curl_easy_perform(curl_.get()); code != CURLE_OK) {
      throw std::runtime_error(std::string(method) + " " + path + ": " + ::curl_easy_strerror(code));
    }
    long status = 0;
    ::curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status >= 300) throw std::runtime_error(std::string(method) + " " + path + ": " + answer_);
    return answer_.empty() ? json{} : json::parse(answer_);
  }

 private:
  static std::size_t take(char* bytes, std::size_t size, std::size_t count, void* answer) {
    static_cast<std::string*>(answer)->append(bytes, size * count);
    return size * count;
  }
  struct End {
    void operator()(CURL* curl) const { ::curl_easy_cleanup(curl); }
  };
  std::unique_ptr<CURL, End> curl_;
  std::string answer_;
};

// Jobs 0…count-1, so many at once; throws what the first that failed threw, when all have ended.
void at_once(const std::string& socket, std::size_t in_flight, std::size_t count,
             const std::function<void(Connection&, std::size_t)>& job) {
  std::atomic<std::size_t> next{0};
  std::vector<std::string> failures(in_flight);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < in_flight; ++i) {
    threads.emplace_back([&, i] {
      try {
        Connection connection(socket);
        for (std::size_t index = next++; index < count; index = next++) job(connection, index);
      } catch (const std::exception& error) {
        failures[i] = error.what();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& failure : failures) {
    if (!failure.empty()) throw std::runtime_error(failure);
  }
}

// As a lab's owner is written, so that `echolab clean` finds what this program left when it was killed.
std::string owner() {
  std::ifstream stat_file("/proc/self/stat"), boot_file("/proc/sys/kernel/random/boot_id");
  std::string line, boot, field;
  std::getline(stat_file, line);
  std::getline(boot_file, boot);
  std::istringstream fields(line.substr(line.rfind(')') + 1));
  for (int number = 3; number <= 22; ++number) fields >> field;
  struct stat status {};
  ::stat("/proc/self/ns/pid", &status);
  return std::to_string(::getpid()) + "-" + field + "-" + std::to_string(status.st_ino) + "-" + boot;
}

class Containers {
 public:
  Containers(std::string socket, std::size_t count, std::size_t in_flight)
      : socket_(std::move(socket)), in_flight_(in_flight), ids_(count) {
    labels_ = {{"echolab.run", name_}, {"echolab.owner", owner()}, {"echolab.role", "floor"}};
  }
  Containers(const Containers&) = delete;
  Containers& operator=(const Containers&) = delete;
  ~Containers() {
    try {
      remove();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
    }
  }

  void create() {
    Connection(socket_).call(
        "POST", "/networks/create",
        {{"Name", name_},
         {"Driver", "bridge"},
         {"Internal", true},
         {"Options", {{"com.docker.network.bridge.inhibit_ipv4", "true"}, {"com.docker.network.driver.mtu", "1500"}}},
         {"Labels", labels_},
         {"IPAM",
          {{"Driver", "default"}, {"Config", {{{"Subnet", subnet_ + ".0/24"}, {"Gateway", subnet_ + ".1"}}}}}}});
    at_once(socket_, in_flight_, ids_.size(), [this](Connection& daemon, std::size_t index) {
      const std::string path = "/containers/create?name=" + name_ + "-" + std::to_string(index);
      ids_[index] = daemon.call("POST", path, container(index)).at("Id");
    });
  }
  void start() {
    at_once(socket_, in_flight_, ids_.size(), [this](Connection& daemon, std::size_t index) {
      daemon.call("POST", "/containers/" + ids_[index] + "/start");
    });
  }
  void remove() {
    const std::vector<std::string> ids = std::move(ids_);
    ids_.clear();
    at_once(socket_, removed_at_once, ids.size(), [&ids](Connection& daemon, std::size_t index) {
      if (!ids[index].empty()) daemon.call("DELETE", "/containers/" + ids[index] + "?force=1&v=1");
    });
    if (!ids.empty()) Connection(socket_).call("DELETE", "/networks/" + name_);
  }

 private:
  // A server, and clients that wait for a start that never comes.
  json container(std::size_t index) const {
    const std::string address = subnet_ + "." + std::to_string(index + 2);
    const std::vector<std::string> server{"--protocol", "udp", "--port", "5000", "--events", "-"};
    const std::vector<std::string> client{subnet_ + ".2",     "5000",     "--protocol", "udp", "--message=hello",
                                          "--wait-for-start", "--events", "-"};
    return {
        {"Image", index == 0 ? "echolab/echo-server" : "echolab/echo-client"},
        {"Cmd", index == 0 ? server : client},
        {"User", "65532:65532"},
        {"Labels", labels_},
        {"StopTimeout", 1},
        {"HostConfig",
         {{"NetworkMode", name_},
          {"CapDrop", {"ALL"}},
          {"SecurityOpt", {"no-new-privileges"}},
          {"ReadonlyRootfs", true},
          {"IpcMode", "private"},
          {"LogConfig", {{"Type", "none"}}},
          {"Dns", {"0.0.0.0"}},
          {"Tmpfs", {{"/tmp", "rw,noexec,nosuid,nodev,size=64m"}}},
          {"Init", false},
          {"Memory", 256 << 20},
          {"MemorySwap", 256 << 20},
          {"NanoCpus", 1'000'000'000},
          {"PidsLimit", 64},
          {"Ulimits",
           {{{"Name", "core"}, {"Soft", 0}, {"Hard", 0}}, {{"Name", "nofile"}, {"Soft", 16384}, {"Hard", 16384}}}}}},
        {"NetworkingConfig", {{"EndpointsConfig", {{name_, {{"IPAMConfig", {{"IPv4Address", address}}}}}}}}}};
  }

  const std::string socket_, name_ = "echolab-floor-" + std::to_string(::getpid());
  // The engine sometimes cannot remove a network, for it has lost count of its endpoints: the next one needs another.
  const std::string subnet_ = "198.19." + std::to_string(192 + ::getpid() % 32);
  const std::size_t in_flight_;
  std::vector<std::string> ids_;
  json labels_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::size_t count = argc == 3 ? std::strtoul(argv[1], nullptr, 10) : 0;
  const std::size_t in_flight = argc == 3 ? std::strtoul(argv[2], nullptr, 10) : 0;
  if (count < 1 || count > 250 || in_flight < 1 || in_flight > 64) {
    std::fprintf(stderr, "usage: docker_floor CONTAINERS IN_FLIGHT\n");
    return 2;
  }
  // All threads hold them back, this one waits for them.
  sigset_t ends;
  ::sigemptyset(&ends);
  ::sigaddset(&ends, SIGINT);
  ::sigaddset(&ends, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  const char* const host = std::getenv("DOCKER_HOST");
  constexpr std::string_view unix_prefix = "unix://";
  std::string socket = "/var/run/docker.sock";
  if (host != nullptr && std::string_view(host).starts_with(unix_prefix)) socket = host + unix_prefix.size();
  ::curl_global_init(CURL_GLOBAL_DEFAULT);
  try {
    Containers containers(socket, count, in_flight);
    containers.create();
    containers.start();
    std::printf("up\n");
    std::fflush(stdout);
    int signal = 0;
    ::sigwait(&ends, &signal);
    containers.remove();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "docker_floor: %s\n", error.what());
    return 3;
  }
}
