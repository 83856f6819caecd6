#pragma once

#include <string>

namespace echolab::marks {

// One line of the roster. All text is UTF-8 in Unicode's composed form (NFC); fields other than the id may be empty.
struct Student {
  std::string
      id;  // letters, digits, '.', '_' and '-', not beginning with '.' or '-', at most 64: names files and labels
  std::string name, department, email, section;
  bool operator==(const Student&) const = default;
};

}  // namespace echolab::marks
