#pragma once

#include <cstdint>

#include "services/common/event.h"

namespace echo {

struct ServerTotals {
  std::uint64_t datagrams_received = 0, datagrams_sent = 0, connections = 0;
  std::uint64_t bytes_received = 0, bytes_sent = 0, ignored = 0, errors = 0;

  ServerTotals& operator+=(const ServerTotals& more) {
    datagrams_received += more.datagrams_received;
    datagrams_sent += more.datagrams_sent;
    connections += more.connections;
    bytes_received += more.bytes_received;
    bytes_sent += more.bytes_sent;
    ignored += more.ignored;
    errors += more.errors;
    return *this;
  }

  Event event() const {
    return Event("totals")
        .number(Key::datagrams_received, datagrams_received)
        .number(Key::datagrams_sent, datagrams_sent)
        .number(Key::connections, connections)
        .number(Key::bytes_received, bytes_received)
        .number(Key::bytes_sent, bytes_sent)
        .number(Key::ignored, ignored)
        .number(Key::errors, errors);
  }
};

}  // namespace echo
