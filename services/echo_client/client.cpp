#include "services/echo_client/client.h"

namespace echo {

Endpoint Client::wanted_local() const {
  Endpoint local;
  if (options().bind_address) local = *options().bind_address;
  local.family = context_.server.family;
  if (options().bind_port != 0) local.port = static_cast<std::uint16_t>(options().bind_port + number_ - 1);
  return local;
}

Event Client::event(Word name, Timestamp time) const {
  Event event(name, time);
  event.number(Key::client, number_).word(Key::proto, options().tcp ? Word("tcp") : Word("udp"));
  return event.local(local_).remote(context_.server);
}

void Client::log_error(Word operation, int error) {
  context_.log.push(event("error").word(Key::operation, operation).word(Key::error, Word::of_errno(error)));
}

void Client::log_timeout(std::uint64_t message, std::uint64_t attempt) {
  context_.log.push(event("timeout").number(Key::message, message).number(Key::attempt, attempt));
}

void Client::log_close(Word reason, std::uint64_t received, std::uint64_t sent) {
  context_.log.push(event("close").word(Key::reason, reason).number(Key::received, received).number(Key::sent, sent));
}

void Client::log_summary() {
  tally_.settle();
  Event summary("summary");
  summary.number(Key::client, number_);
  tally_.add_to(summary);
  context_.log.push(summary);
}

}  // namespace echo
