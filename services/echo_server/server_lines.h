#pragma once
// What the echo server tells people on standard output, in the form of the course.

#include <string>

namespace echo {

class Event;

void append_server_line(const Event& event, std::string& out);
// --quiet: only where it listens, and the totals.
void append_quiet_server_line(const Event& event, std::string& out);

}  // namespace echo
