#pragma once
// How many students a machine grades at once without the load deciding about marks.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "lab/scenario/scenario.h"

namespace echolab::grade {

struct Admission {
  std::size_t jobs = 1;        // students at once: their labs mostly wait
  std::size_t processors = 1;  // workers that compute at once
};

// Memory that the largest lab of one student may take.
std::uint64_t memory_of_student(const std::vector<scenario::Scenario>& scenarios);

// `wanted` 0: as many as processors and free memory allow.
Admission admit(std::size_t wanted, const std::vector<scenario::Scenario>& scenarios);

// Below the watermark no further student is begun: captures need room to be complete.
bool has_room_on_disk(const std::filesystem::path& folder);

}  // namespace echolab::grade
