#pragma once
// "A capture alone" of docs/checks.md once more, as slow and plain as it can be written: whole payloads, every rule a
// loop over everything. It sees datagrams, not packets, and shares no code with the product.

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace echolab::test {

struct SeenDatagram {
  std::int64_t time_ns = 0;
  int client = 0;  // which client it comes from or goes to
  bool request = false;
  bool from_other_port = false;  // a reply from another port of the server
  std::string bytes;
};

struct SlowCounts {
  std::uint64_t requests = 0, echoed = 0, lost = 0, late = 0, duplicated = 0, altered = 0, unsolicited = 0;
  std::optional<std::int64_t> fastest, slowest;
  bool operator==(const SlowCounts&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const SlowCounts& c) {
  return out << "requests " << c.requests << " echoed " << c.echoed << " lost " << c.lost << " late " << c.late
             << " duplicated " << c.duplicated << " altered " << c.altered << " unsolicited " << c.unsolicited
             << " rtt " << c.fastest.value_or(-1) << " to " << c.slowest.value_or(-1);
}

class SlowJudge {
 public:
  explicit SlowJudge(std::int64_t timeout_ns) : timeout_ns_(timeout_ns) {}

  void see(const SeenDatagram& datagram) {
    if (!began_) begin_ns_ = datagram.time_ns;
    began_ = true;
    if (!clients_.contains(datagram.client)) order_.push_back(datagram.client);
    Client& client = clients_[datagram.client];
    if (datagram.request) {
      client.requests.push_back({datagram.time_ns, datagram.bytes, State::waits, false});
      ++client.counts.requests;
    } else if (datagram.from_other_port) {
      ++client.counts.unsolicited;
      failed_ = true;
    } else {
      reply(client, datagram);
    }
  }

  std::map<int, SlowCounts> finish() {
    std::map<int, SlowCounts> all;
    for (auto& [number, client] : clients_) {
      for (const Request& request : client.requests) {
        if (request.state != State::waits) continue;
        ++(request.resembled ? client.counts.altered : client.counts.lost);
        failed_ = true;
      }
      all[number] = client.counts;
    }
    return all;
  }
  bool failed() const { return failed_; }
  bool doubtful() const { return doubtful_; }

 private:
  enum class State { waits, echoed };
  struct Request {
    std::int64_t time_ns;
    std::string bytes;
    State state;
    bool resembled;  // a reply looked like an altered echo of it
  };
  struct Client {
    std::vector<Request> requests;
    SlowCounts counts;
  };

  void reply(Client& client, const SeenDatagram& datagram) {
    Request* found = nullptr;
    for (Request& request : client.requests) {  // R1
      const bool in_time = datagram.time_ns - request.time_ns <= timeout_ns_;
      if (!found && request.state == State::waits && request.bytes == datagram.bytes && in_time) found = &request;
    }
    for (Request& request : client.requests) {  // R2
      if (!found && request.state == State::waits && request.bytes == datagram.bytes) found = &request;
    }
    if (found) return echo(client, *found, datagram.time_ns);
    for (const Request& request : client.requests) {  // R3
      if (request.state != State::echoed || request.bytes != datagram.bytes) continue;
      ++client.counts.duplicated;
      failed_ = true;
      return;
    }
    // What comes before a client's first request may answer one from before the capture began.
    const bool before = client.counts.requests == 0 && datagram.time_ns - begin_ns_ <= timeout_ns_;
    if (!datagram.bytes.empty()) {  // R5
      for (const int number : order_) {
        if (&clients_[number] == &client) continue;
        for (const Request& request : clients_[number].requests) {
          if (request.state != State::waits || request.bytes != datagram.bytes) continue;
          ++client.counts.unsolicited;
          (before ? doubtful_ : failed_) = true;
          return;
        }
      }
    }
    if (Request* alike = most_alike(client, datagram.bytes)) {  // R6
      alike->resembled = true;
      return;
    }
    ++client.counts.unsolicited;  // R7
    (before ? doubtful_ : failed_) = true;
  }

  void echo(Client& client, Request& request, std::int64_t now) {
    request.state = State::echoed;
    if (request.resembled) {
      ++client.counts.unsolicited;
      failed_ = true;
    }
    const std::int64_t elapsed = now - request.time_ns;
    if (elapsed > timeout_ns_) {
      ++client.counts.late;
      failed_ = true;
      return;
    }
    ++client.counts.echoed;
    client.counts.fastest = std::min(client.counts.fastest.value_or(elapsed), elapsed);
    client.counts.slowest = std::max(client.counts.slowest.value_or(elapsed), elapsed);
  }

  // Most bytes in common at beginning and end together; of equals the one of the same length, then the first.
  Request* most_alike(Client& client, const std::string& bytes) {
    std::vector<Request*> candidates;
    for (Request& request : client.requests) {
      if (request.state == State::waits) candidates.push_back(&request);
    }
    if (candidates.size() > 64) candidates.erase(candidates.begin(), candidates.end() - 64);
    Request* best = nullptr;
    std::size_t best_common = 0;
    for (Request* request : candidates) {
      if (request->resembled) continue;
      const std::size_t shorter = std::min(request->bytes.size(), bytes.size());
      std::size_t head = 0, tail = 0;
      while (head < shorter && request->bytes[head] == bytes[head]) ++head;
      while (head + tail < shorter &&
             request->bytes[request->bytes.size() - 1 - tail] == bytes[bytes.size() - 1 - tail])
        ++tail;
      const std::size_t common = head + tail;
      const bool same = request->bytes.size() == bytes.size();
      if (!same && 2 * common < shorter) continue;
      const bool better = best == nullptr || common > best_common ||
                          (common == best_common && same && best->bytes.size() != bytes.size());
      if (!better) continue;
      best = request;
      best_common = common;
    }
    return best;
  }

  std::int64_t timeout_ns_, begin_ns_ = 0;
  bool began_ = false, failed_ = false, doubtful_ = false;
  std::map<int, Client> clients_;
  std::vector<int> order_;  // of their first datagram
};

}  // namespace echolab::test
