#pragma once
// After the verdict: the captures get comments that say what became of each packet's message.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "lab/evidence/write_captures.h"

namespace echolab::evidence {

// What is to be said about packets. The judge knows; evidence/ only writes it down.
class CommentSource {
 public:
  virtual ~CommentSource() = default;
  // Comments of the packet with this number in lab.pcapng, valid until the next call. Called once for each packet, in
  // ascending order.
  virtual std::span<const std::string> comments_of(std::uint64_t packet) = 0;
  // Further comments on the whole file.
  virtual std::vector<std::string> about_all() { return {}; }
};

// Writes captures/lab.pcapng again with the comments, and each client node's frames into a file of its own: the same
// frames with the same numbers, times, bytes and comments. A frame is a client's when it goes to or comes from one of
// its addresses, or asks for one (ARP, neighbour discovery). `evidence` is what write_captures gave.
//
// Files appear by rename, whole. When commenting fails, lab.pcapng stays as write_captures left it, the clients' files
// are written without comments if they can be, and what is returned says why; it is empty when all went well.
std::string comment_captures(const std::filesystem::path& run_folder, const plan::Plan& plan, const Evidence& evidence,
                             CommentSource& comments);

}  // namespace echolab::evidence
