#pragma once
// What the command lines of all services share. Includes CLI11: only for the files that read a command line.

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <string>

#include "services/common/duration.h"

namespace echo {

// Prints help, version or the mistake, and tells the exit status: 0, or 2 for a usage mistake.
inline int report_parse_end(const CLI::App& app, const CLI::ParseError& end) {
  return app.exit(end, std::cout, std::cerr) == 0 ? 0 : 2;
}

inline CLI::Option* add_duration(CLI::App& app, const std::string& name, std::chrono::nanoseconds& value,
                                 const std::string& description) {
  return app
      .add_option_function<std::string>(
          name,
          [name, &value](const std::string& text) {
            const auto duration = parse_duration(text);
            if (!duration)
              throw CLI::ValidationError(name, "'" + text + "' is no duration such as 250us, 100ms or 1.5s");
            value = *duration;
          },
          description)
      ->type_name("DURATION");
}

}  // namespace echo
