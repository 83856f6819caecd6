#pragma once

#include <string>

namespace echo {

// Copies the tree below `from` into the folder `to`, which exists. Files and folders keep their mode, and are writable
// for their owner as well; times are not kept; anything else (links, devices, sockets) is left out. Throws Failure.
void copy_submission(const std::string& from, const std::string& to);

}  // namespace echo
