#pragma once
// Reads one node's folder in the evidence volume. The nodes can write there what they like, so nothing is followed,
// nothing but a regular file is read, and never more than was asked for.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/base/file.h"

namespace echolab::engine {

class EvidenceFolder {
 public:
  // Empty when it is no folder, or a link to one.
  static std::optional<EvidenceFolder> open(const std::filesystem::path& folder);

  enum class Copied : std::uint8_t { absent, whole, cut };
  // Hands on at most limit bytes, piece by piece.
  Copied copy(const std::string& name, std::uint64_t limit, const std::function<void(std::string_view)>& sink) const;
  // A small file's content, nullopt when it is not there or longer than limit.
  std::optional<std::string> read(const std::string& name, std::size_t limit = 4096) const;
  // Empty descriptor when there is no such regular file.
  UniqueFd open_file(const std::string& name) const;

 private:
  explicit EvidenceFolder(UniqueFd folder) : folder_(std::move(folder)) {}
  UniqueFd folder_;
};

// Names of the folders in a folder, sorted; none when it is not there.
std::vector<std::string> folders_in(const std::filesystem::path& folder);

}  // namespace echolab::engine
