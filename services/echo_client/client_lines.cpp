#include "services/echo_client/client_lines.h"

#include "services/common/display_text.h"
#include "services/common/duration.h"
#include "services/common/event.h"

namespace echo {

namespace {

std::string duration(const Event& event, Key key) {
  return describe_duration(std::chrono::nanoseconds(static_cast<std::int64_t>(event.number(key))));
}

void append_recv(const Event& event, std::string& out) {
  out += event.remote().to_string() + " -> ";
  append_display_text(out, event.excerpt(), event.length());
  const std::string_view status = event.word(Key::status);
  if (status != "echo") {
    out += " [";
    out += status;
    if (event.number(Key::message) != 0) out += ", message " + std::to_string(event.number(Key::message));
    if (status == "altered") out += ", first difference at byte " + std::to_string(event.number(Key::first_difference));
    out += ']';
  }
}

void append_counts(const Event& event, std::string& out) {
  const auto count = [&](std::string_view name, Key key) {
    out += name;
    out += std::to_string(event.number(key));
  };
  count("sent ", Key::sent);
  count(", echoed ", Key::echoed);
  count(", lost ", Key::lost);
  count(", late ", Key::late);
  count(", altered ", Key::altered);
  count(", duplicated ", Key::duplicated);
  count(", unsolicited ", Key::unsolicited);
  if (event.number(Key::rtt_max_ns) == 0) return;
  out += "; round trip min " + duration(event, Key::rtt_min_ns) + ", p50 " + duration(event, Key::rtt_p50_ns) +
         ", p99 " + duration(event, Key::rtt_p99_ns) + ", max " + duration(event, Key::rtt_max_ns);
}

// Without the number of the client and without the line end; nothing for events that people need not see.
void append_text(const Event& event, std::string& out) {
  const std::string_view name = event.name();
  if (name == "bind") {
    out += "local endpoint " + event.local().to_string();
  } else if (name == "connect") {
    out += "connected to " + event.remote().to_string();
  } else if (name == "recv") {
    append_recv(event, out);
  } else if (name == "timeout") {
    out += "no echo from " + event.remote().to_string() + " in time (message " +
           std::to_string(event.number(Key::message)) + ')';
  } else if (name == "error") {
    out += "error: ";
    out += event.word(Key::operation);
    out += ": ";
    out += event.word(Key::error);
  } else if (name == "summary") {
    append_counts(event, out);
  }
}

}  // namespace

void append_quiet_client_line(const Event& event, std::string& out) {
  if (event.name() != "totals") return;
  out += "total: ";
  append_counts(event, out);
  if (event.number(Key::lines_dropped) > 0) {
    out +=
        "; " + std::to_string(event.number(Key::lines_dropped)) + " lines not shown, because the reader was too slow";
  }
  out += '\n';
}

void append_client_line(const Event& event, std::string& out) {
  append_text(event, out);
  if (!out.empty()) out += '\n';
}

void append_numbered_client_line(const Event& event, std::string& out) {
  append_text(event, out);
  if (!out.empty()) {
    out.insert(0, "client " + std::to_string(event.number(Key::client)) + ": ");
    out += '\n';
  }
  append_quiet_client_line(event, out);
}

}  // namespace echo
