#pragma once
// Whether the kernel had to refuse addresses of neighbours. All namespaces of a machine share one table for each family;
// above its limit packets to further neighbours are dropped without a word, and a lab of many nodes loses echoes that no
// program lost.

#include <cstdint>
#include <filesystem>
#include <string>

namespace echolab::engine {

class NeighbourTables {
 public:
  // Takes the count as it is now. The folder is /proc/net/stat: hexadecimal numbers, a line per processor, their names in
  // the first line (table_fulls since Linux 4.2).
  explicit NeighbourTables(std::filesystem::path statistics = "/proc/net/stat");
  // How often since then an address was refused, in any lab of this machine. Zero where the kernel does not tell.
  std::uint64_t refused() const;

  static std::string explain(std::uint64_t refused);  // with the switch that mends it

 private:
  std::uint64_t count() const;

  std::filesystem::path statistics_;
  std::uint64_t before_;
};

}  // namespace echolab::engine
