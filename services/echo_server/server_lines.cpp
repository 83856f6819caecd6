#include "services/echo_server/server_lines.h"

#include "services/common/display_text.h"
#include "services/common/event.h"
#include "services/common/transfer.h"

namespace echo {

namespace {

void append_listen(const Event& event, std::string& out) {
  out += "[listen] ";
  out += event.word(Key::proto);
  out += ' ' + event.local().to_string() + '\n';
}

void append_totals(const Event& event, std::string& out) {
  const auto count = [&event](Key key) { return std::to_string(event.number(key)); };
  out += "[totals] " + count(Key::datagrams_received) + " datagrams received, " + count(Key::datagrams_sent) +
         " sent; " + count(Key::connections) + " connections; " + count(Key::bytes_received) + " bytes received, " +
         count(Key::bytes_sent) + " sent; " + count(Key::ignored) + " ignored, " + count(Key::errors) + " errors";
  if (event.number(Key::lines_dropped) > 0) {
    out += "; " + count(Key::lines_dropped) + " lines not shown, because the reader was too slow";
  }
  out += '\n';
}

void append_data(std::string_view label, const Endpoint& remote, std::string_view beginning, std::uint64_t length,
                 std::string& out) {
  char text[Endpoint::max_text];
  out += label;
  out.append(text, remote.write_text(text));
  out += ' ';
  append_display_text(out, beginning, length);
  out += '\n';
}

}  // namespace

void append_quiet_server_line(const Event& event, std::string& out) {
  if (event.name() == "listen") append_listen(event, out);
  if (event.name() == "totals") append_totals(event, out);
}

void append_server_transfer(const Transfer& transfer, std::string_view beginning, std::string& out) {
  append_data("[recv] ", transfer.remote, beginning, transfer.length, out);
}

void append_server_line(const Event& event, std::string& out) {
  const std::string_view name = event.name();
  if (name == "ignored") {
    append_data("[ignored] ", event.remote(), event.excerpt(), event.length(), out);
  } else if (name == "accept") {
    out += "[accept] " + event.remote().to_string() + " connection " + std::to_string(event.number(Key::conn)) + '\n';
  } else if (name == "close" && event.remote().is_set()) {
    out += "[close] " + event.remote().to_string() + " connection " + std::to_string(event.number(Key::conn)) + " (";
    out += event.word(Key::reason);
    out += "), " + std::to_string(event.number(Key::received)) + " bytes received, " +
           std::to_string(event.number(Key::sent)) + " sent\n";
  } else {
    append_quiet_server_line(event, out);
  }
}

}  // namespace echo
