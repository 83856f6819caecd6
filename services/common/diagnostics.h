#pragma once
// Notes, warnings and errors for people, through spdlog, as lines on standard error. They go out by way of the event
// log's thread, so that a diagnostic never stands in the middle of an event line.

#include <string>
#include <string_view>

namespace echo {

class EventLog;

// From here on diagnostics go through this log; before, and after end_diagnostics(), they are written directly.
void start_diagnostics(std::string_view program, EventLog& log);
void end_diagnostics();

void note(std::string_view text);
void warn(std::string_view text);
void complain(std::string_view text);  // an error that the program survives or ends with

}  // namespace echo
