#pragma once
// What the echo client tells people on standard output.

#include <string>

namespace echo {

class Event;

void append_client_line(const Event& event, std::string& out);
// The same, each line with the client's number: for several clients in one process.
void append_numbered_client_line(const Event& event, std::string& out);
// --quiet: only the totals.
void append_quiet_client_line(const Event& event, std::string& out);

}  // namespace echo
