#include "tests/integration/lab/wire.h"

#include <stdexcept>

#include "tests/integration/lab/lab.h"

namespace echolab::lab_test {

namespace {

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    if (c == separator) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

// Both directions of one client's conversation with the server.
bool same_client(const WireDatagram& request, const WireDatagram& reply) {
  return request.source == reply.destination && request.source_port == reply.destination_port;
}

}  // namespace

std::vector<WireDatagram> udp_datagrams(const std::filesystem::path& capture) {
  const test::Finished finished =
      test::run_program({.argv = {"tshark",       "-r", capture.string(),   "-Y", "udp",        "-T", "fields", "-e",
                                  "frame.number", "-e", "frame.time_epoch", "-e", "ip.src",     "-e", "ip.dst", "-e",
                                  "udp.srcport",  "-e", "udp.dstport",      "-e", "udp.payload"}});
  if (finished.status != 0) throw std::runtime_error("tshark: " + finished.err);
  std::vector<WireDatagram> datagrams;
  for (const std::string& line : lines_of(finished.out)) {
    const std::vector<std::string> f = split(line, '\t');
    if (f.size() < 7 || f[2].empty()) continue;
    datagrams.push_back({std::stoull(f[0]), std::stod(f[1]), f[2], f[3], static_cast<unsigned>(std::stoul(f[4])),
                         static_cast<unsigned>(std::stoul(f[5])), f[6]});
  }
  return datagrams;
}

std::set<std::uint64_t> WireLab::requests_without_equal_reply() const {
  std::set<std::uint64_t> numbers;
  for (const WireDatagram& request : datagrams) {
    if (!is_request(request)) continue;
    bool answered = false;
    for (const WireDatagram& reply : datagrams) {
      answered = answered || (is_reply(reply) && reply.source_port == port && same_client(request, reply) &&
                              reply.payload == request.payload && reply.number > request.number);
    }
    if (!answered) numbers.insert(request.number);
  }
  return numbers;
}

std::set<std::uint64_t> WireLab::replies_that_equal_no_own_request() const {
  std::set<std::uint64_t> numbers;
  for (const WireDatagram& reply : datagrams) {
    if (!is_reply(reply)) continue;
    bool known = false;
    for (const WireDatagram& request : datagrams) {
      known = known || (is_request(request) && same_client(request, reply) && request.payload == reply.payload &&
                        request.number < reply.number);
    }
    if (!known) numbers.insert(reply.number);
  }
  return numbers;
}

std::set<std::uint64_t> WireLab::second_replies() const {
  std::set<std::uint64_t> numbers;
  std::set<std::pair<std::string, std::string>> seen;  // client endpoint and payload; the tests' payloads differ
  for (const WireDatagram& reply : datagrams) {
    if (!is_reply(reply)) continue;
    const std::string client = reply.destination + ":" + std::to_string(reply.destination_port);
    if (!seen.emplace(client, reply.payload).second) numbers.insert(reply.number);
  }
  return numbers;
}

std::set<std::uint64_t> WireLab::replies_after(double seconds) const {
  std::set<std::uint64_t> numbers;
  for (const WireDatagram& reply : datagrams) {
    if (!is_reply(reply)) continue;
    for (const WireDatagram& request : datagrams) {
      if (is_request(request) && same_client(request, reply) && request.payload == reply.payload &&
          reply.time - request.time > seconds) {
        numbers.insert(reply.number);
      }
    }
  }
  return numbers;
}

std::set<std::uint64_t> WireLab::replies_from_other_ports() const {
  std::set<std::uint64_t> numbers;
  for (const WireDatagram& reply : datagrams) {
    if (is_reply(reply) && reply.source_port != port) numbers.insert(reply.number);
  }
  return numbers;
}

}  // namespace echolab::lab_test
