#include "bench/echo/echo.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "bench/echo/contest.h"
#include "bench/echo/lab_network.h"
#include "lab/base/error.h"

namespace echolab::bench {

namespace {

using enum Load::Kind;

constexpr unsigned many_connections = 64;  // from here on Asio is to be beaten
constexpr unsigned most_of_socat = 64;     // it starts two processes for each connection

std::vector<Load> loads_at(const Place& place, bool quick) {
  std::vector<Load> all;
  if (quick) {
    all = {{ping_pong, 64, 64}, {udp, 4, 64, 64, true}};
    if (place.in_client.empty()) all.insert(all.end(), {{ping_pong, 1, 64}, {udp, 1, 64, 1}});
    return all;
  }
  for (const unsigned connections : {1U, 64U, 1000U}) {
    for (const unsigned size : {64U, 512U}) all.push_back({ping_pong, connections, size});
  }
  all.push_back({stream, 4, 65'536});
  for (const unsigned in_flight : {1U, 32U}) {
    for (const unsigned size : {64U, 1400U}) all.push_back({udp, 1, size, in_flight});
  }
  all.push_back({udp, 4, 64, 64, true});
  all.push_back({udp, 4, 1400, 32, true});  // what fits into a socket's buffer
  return all;
}

class EchoBenchmark {
 public:
  explicit EchoBenchmark(const Settings& settings) : settings_(settings) {
    const auto ours = [&](const char* name, const char* protocol) {
      return Server{name,
                    {settings.services / "echo-server", "--protocol", protocol, "--family", "ipv4", "--port", "@PORT",
                     "--events", "-"},
                    "\"event\":\"ready\"",
                    true};
    };
    const auto peer = [&](const char* name, const char* program) {
      return Server{name, {settings.peers / program, "@PORT"}, "ready"};
    };
    ours_ = ours("echolab", "both");
    floor_ = peer("bare epoll loop", "epoll_echo");
    asio_ = peer("Asio coroutines", "asio_echo");
    recvfrom_ = peer("recvfrom/sendto", "recvfrom_echo");
    if (is_installed("sockperf")) {
      sockperf_ = Server{"sockperf server", {"sockperf", "server", "-i", "@ADDRESS", "-p", "@PORT"}, ""};
      sockperf_->is_sockperf = true;
    } else {
      section_.notes.emplace_back("sockperf is not installed: apt-get install sockperf");
    }
    if (is_installed("socat")) {
      socat_ = Server{"socat with cat", {"socat", "TCP-LISTEN:@PORT,fork,reuseaddr,nodelay", "EXEC:cat"}, ""};
    } else {
      section_.notes.emplace_back("socat is not installed: apt-get install socat");
    }
  }

  void run_at(const Place& place) {
    for (const Load& load : loads_at(place, settings_.quick)) run(place, load);
  }

  void without(const EnvironmentError& error) {
    section_.notes.push_back(fmt::format("the lab's network is left out: {} ({})", error.cause(), error.mend()));
  }

  Section result() {
    section_.rows.push_back(fact("all of it", "wrong echoes", wrong_, goal("echo/wrong-bytes")));
    return std::move(section_);
  }

 private:
  std::vector<Server> peers_of(const Place& place, const Load& load) const {
    std::vector<Server> all{floor_, asio_};
    if (load.kind == udp) {
      all.push_back(recvfrom_);
      if (sockperf_) all.push_back(*sockperf_);
    } else if (socat_ && load.kind == ping_pong && load.sockets <= most_of_socat && place.in_client.empty()) {
      all.push_back(*socat_);
    }
    return all;
  }

  std::optional<Goal> rate_goal(const Load& load, const std::string& peer) const {
    if (peer == floor_.name) return goal("echo/floor/rate");
    if (peer == asio_.name && load.kind == ping_pong && load.sockets >= many_connections) {
      return goal("echo/asio/tcp-rate");
    }
    if (peer == recvfrom_.name && load.flat_out) return goal("echo/recvfrom/flat-out-rate");
    return {};
  }

  void run(const Place& place, const Load& load) {
    const std::string what = fmt::format("{}: {}", place.name, load.name());
    const double seconds = settings_.quick ? 0.15 : 0.25;
    std::vector<Contestant> contestants{contestant(settings_, place, load, ours_, seconds)};
    for (const Server& peer : peers_of(place, load)) {
      contestants.push_back(contestant(settings_, place, load, peer, seconds));
    }
    const auto raced = race("echo: " + what, contestants, settings_.rounds());
    const Series& ours = raced[0];
    for (std::size_t i = 1; i < raced.size(); ++i) {
      section_.rows.push_back(compare(what, load.rate(), ours, raced[i], rate_goal(load, raced[i].name)));
      if (i == 1 && load.has_round_trips()) {
        section_.rows.push_back(compare(what, "p99 us", ours, raced[i], goal("echo/floor/p99")));
      }
    }
    if (load.has_round_trips()) section_.rows.push_back(state(what, "events kept, %", ours));
    for (const double wrong : ours.values("wrong")) wrong_ += wrong;
  }

  const Settings& settings_;
  Server ours_, floor_, asio_, recvfrom_;
  std::optional<Server> sockperf_, socat_;
  double wrong_ = 0;
  Section section_{
      "echo",
      "One thread serves; events and lines go to two pipes, as in a lab, and are read away. The load has a "
      "processor of its own and compares every byte that comes back. The lab's network is two network "
      "namespaces on a bridge.",
      {},
      {}};
};

}  // namespace

Section run_echo(const Settings& settings) {
  EchoBenchmark benchmark(settings);
  benchmark.run_at({"loopback", "127.0.0.1", {}, {}});
  std::optional<LabNetwork> network;
  try {
    network.emplace();
  } catch (const EnvironmentError& error) {
    benchmark.without(error);
  }
  if (network) benchmark.run_at({"lab", LabNetwork::server_address, network->in_server(), network->in_client()});
  return benchmark.result();
}

}  // namespace echolab::bench
