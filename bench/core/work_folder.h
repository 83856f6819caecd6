#pragma once

#include <filesystem>

namespace echolab::bench {

// A new folder below `parent`, gone with the object.
class WorkFolder {
 public:
  explicit WorkFolder(const std::filesystem::path& parent);  // throws EnvironmentError
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  ~WorkFolder();

  std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace echolab::bench
