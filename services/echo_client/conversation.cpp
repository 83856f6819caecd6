#include "services/echo_client/conversation.h"

#include <netdb.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

#include "services/common/diagnostics.h"
#include "services/common/display_text.h"
#include "services/common/duration.h"
#include "services/common/hash.h"

namespace echo {

namespace {

constexpr std::int64_t never = INT64_MAX;

std::span<const std::uint8_t> as_bytes(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

UniqueFd catch_end_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGINT);
  ::sigaddset(&set, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  return UniqueFd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

}  // namespace

Conversation::Conversation(const ClientOptions& options, EventLog& log)
    : options_(options), log_(log), signals_(catch_end_signals()) {
  ::signal(SIGPIPE, SIG_IGN);  // tell() writes directly
}

int Conversation::run() {
  if (!connect()) return 3;
  tell("local endpoint " + local_.to_string() + "\n");
  for (;;) {
    tell("> ");
    const auto line = read_line();
    if (!line || line->empty()) break;
    ++message_;
    if (!send_line(*line)) break;
    wait_for_echo(*line);
    if (interrupted_) break;
  }
  if (interrupted_ || input_ended_) tell("\n");
  totals_.settle();
  log_.push(event("close").word(Key::reason, interrupted_ ? Word("stopped") : Word("done")));
  Event summary("summary");
  summary.number(Key::client, 1);
  totals_.add_to(summary);
  log_.push(summary);
  return totals_.echoed == totals_.sent && totals_.unsolicited == 0 ? 0 : 1;
}

bool Conversation::connect() {
  addrinfo hints{};
  hints.ai_socktype = options_.tcp ? SOCK_STREAM : SOCK_DGRAM;
  if (options_.family != Endpoint::Family::none) {
    hints.ai_family = options_.family == Endpoint::Family::ipv6 ? AF_INET6 : AF_INET;
  }
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(options_.server.c_str(), std::to_string(options_.port).c_str(), &hints, &found);
  if (failure != 0) {
    complain("no address found for '" + options_.server + "': " + ::gai_strerror(failure));
    return false;
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  sockaddr_storage name{};
  std::memcpy(&name, found->ai_addr, found->ai_addrlen);
  server_ = Endpoint::from(name);

  socket_ = UniqueFd(::socket(server_.domain(), hints.ai_socktype | SOCK_CLOEXEC, 0));
  Endpoint wanted = options_.bind_address.value_or(Endpoint{});
  wanted.family = server_.family;
  wanted.port = options_.bind_port;
  socklen_t length = wanted.to(name);
  if (!socket_ || ::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&name), length) != 0) {
    complain("bind " + wanted.to_string() + ": " + Word::of_errno(errno).text());
    return false;
  }
  length = server_.to(name);
  if (options_.tcp && ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&name), length) != 0) {
    complain("connect to " + server_.to_string() + ": " + Word::of_errno(errno).text());
    return false;
  }
  local_ = Endpoint::local_of(socket_.get());
  if (const Endpoint source = source_address_towards(server_); local_.is_wildcard() && source.is_set()) {
    local_.address = source.address;
  }
  log_.push(event(options_.tcp ? Word("connect") : Word("bind")));
  return true;
}

bool Conversation::wait_readable(int fd, std::int64_t until_ns) {
  std::array<pollfd, 2> waits{{{fd, POLLIN, 0}, {signals_.get(), POLLIN, 0}}};
  for (;;) {
    timespec left{};
    if (until_ns != never) {
      const std::int64_t left_ns = std::max<std::int64_t>(until_ns - monotonic_ns(), 0);
      left = {left_ns / 1'000'000'000, left_ns % 1'000'000'000};
    }
    const int ready = ::ppoll(waits.data(), waits.size(), until_ns == never ? nullptr : &left, nullptr);
    if (ready < 0 && errno == EINTR) continue;
    if (waits[1].revents != 0) interrupted_ = true;
    return ready > 0 && !interrupted_;
  }
}

std::optional<std::string> Conversation::read_line() {
  for (;;) {
    const std::size_t end = input_.find('\n');
    if (end != std::string::npos || (input_ended_ && !input_.empty())) {
      std::string line = input_.substr(0, end);
      input_.erase(0, end == std::string::npos ? end : end + 1);
      if (!line.empty() && line.back() == '\r') line.pop_back();
      return line;
    }
    if (input_ended_ || !wait_readable(STDIN_FILENO, never)) return std::nullopt;
    std::array<char, 4096> piece;
    const ssize_t size = ::read(STDIN_FILENO, piece.data(), piece.size());
    if (size <= 0) {
      input_ended_ = true;
    } else {
      input_.append(piece.data(), static_cast<std::size_t>(size));
    }
  }
}

bool Conversation::send_line(const std::string& line) {
  sockaddr_storage name{};
  const socklen_t length = server_.to(name);
  const Timestamp time = Timestamp::now();
  for (std::size_t done = 0; done < line.size();) {
    const ssize_t taken = options_.tcp ? ::send(socket_.get(), line.data() + done, line.size() - done, MSG_NOSIGNAL)
                                       : ::sendto(socket_.get(), line.data(), line.size(), 0,
                                                  reinterpret_cast<const sockaddr*>(&name), length);
    if (taken < 0) {
      complain("send to " + server_.to_string() + ": " + Word::of_errno(errno).text());
      return false;
    }
    done += static_cast<std::size_t>(taken);
  }
  ++totals_.sent;
  Event sent = event("send");
  sent.set_time(time);
  log_.push(
      sent.number(Key::message, message_).number(Key::attempt, 1).payload(as_bytes(line), hash_of(as_bytes(line))));
  return true;
}

void Conversation::wait_for_echo(const std::string& line) {
  const std::int64_t sent_ns = monotonic_ns(), until_ns = sent_ns + options_.timeout.count();
  std::string answer(65'536, '\0');
  std::size_t size = 0;
  sockaddr_storage name{};
  Endpoint from = server_;
  do {
    if (!wait_readable(socket_.get(), until_ns)) {
      if (interrupted_) return;
      tell("no echo received from " + server_.to_string() + " within " + describe_duration(options_.timeout) + "\n");
      log_.push(event("timeout").number(Key::message, message_).number(Key::attempt, 1));
      return;
    }
    socklen_t length = sizeof name;
    const ssize_t count = ::recvfrom(socket_.get(), answer.data() + size, answer.size() - size, 0,
                                     reinterpret_cast<sockaddr*>(&name), &length);
    if (count < 0 || (count == 0 && options_.tcp)) {
      tell("the server ended the connection\n");
      input_ended_ = true;
      input_.clear();
      return;
    }
    size += static_cast<std::size_t>(count);
    if (!options_.tcp) from = Endpoint::from(name);
  } while (options_.tcp && size < line.size());  // a stream has no message boundaries
  answer.resize(size);

  const EchoStatus status = from != server_  ? EchoStatus::unsolicited
                            : answer == line ? EchoStatus::echo
                                             : EchoStatus::altered;
  totals_.count(status);
  const std::int64_t rtt_ns = monotonic_ns() - sent_ns;
  if (status == EchoStatus::echo) totals_.rtt.add(rtt_ns);
  Event recv = event("recv");
  recv.remote(from).word(Key::status, word_of(status));
  if (status != EchoStatus::unsolicited) {
    recv.number(Key::message, message_).number(Key::rtt_ns, static_cast<std::uint64_t>(rtt_ns));
  }
  log_.push(recv.payload(as_bytes(answer), hash_of(as_bytes(answer))));
  std::string text = from.to_string() + " -> ";
  append_display_text(text, answer, answer.size(), 4096);
  tell(text + (status == EchoStatus::echo ? "\n" : " [not the echo of this line]\n"));
}

void Conversation::tell(const std::string& text) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, rest.data(), rest.size());
    if (written < 0 && errno != EINTR) return;
    if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

Event Conversation::event(Word name) const {
  Event event(name);
  event.number(Key::client, 1).word(Key::proto, options_.tcp ? Word("tcp") : Word("udp"));
  return event.local(local_).remote(server_);
}

}  // namespace echo
