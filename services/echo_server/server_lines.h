#pragma once
// What the echo server tells people on standard output, in the form of the course.

#include <string>
#include <string_view>

namespace echo {

class Event;
struct Transfer;

void append_server_line(const Event& event, std::string& out);
void append_server_transfer(const Transfer& transfer, std::string_view beginning, std::string& out);
// --quiet: only where it listens, and the totals.
void append_quiet_server_line(const Event& event, std::string& out);

}  // namespace echo
