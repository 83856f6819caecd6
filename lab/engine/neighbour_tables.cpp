#include "lab/engine/neighbour_tables.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <vector>

#include "lab/base/text.h"

namespace echolab::engine {

NeighbourTables::NeighbourTables(std::filesystem::path statistics)
    : statistics_(std::move(statistics)), before_(count()) {}

std::uint64_t NeighbourTables::count() const {
  std::uint64_t sum = 0;
  for (const char* const table : {"arp_cache", "ndisc_cache"}) {
    std::ifstream file(statistics_ / table);
    std::string line;
    std::getline(file, line);
    std::istringstream names(line);
    std::size_t column = 0;
    std::string name;
    while (names >> name && name != "table_fulls") ++column;
    if (name != "table_fulls") continue;
    while (std::getline(file, line)) {
      std::istringstream numbers(line);
      std::uint64_t number = 0;
      for (std::size_t i = 0; i <= column && numbers >> std::hex >> number; ++i) {
        if (i == column) sum += number;
      }
    }
  }
  return sum;
}

std::uint64_t NeighbourTables::refused() const {
  const std::uint64_t now = count();
  return now - std::min(now, before_);
}

std::string NeighbourTables::explain(std::uint64_t refused) {
  return "this machine's neighbour table was full " + counted(refused, "time", "times") +
         ", and packets were dropped for it (mend: sysctl -w net.ipv4.neigh.default.gc_thresh3=8192 "
         "net.ipv6.neigh.default.gc_thresh3=8192)";
}

}  // namespace echolab::engine
