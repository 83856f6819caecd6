#pragma once
// Files that hold what a test expects. ECHOLAB_UPDATE_GOLDEN=1 writes them anew; look at the difference before you
// commit it.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "lab/base/file.h"

namespace echolab::testing {

inline void expect_golden(const std::filesystem::path& file, const std::string& got) {
  if (std::getenv("ECHOLAB_UPDATE_GOLDEN") != nullptr) write_file_atomically(file, got);
  ASSERT_TRUE(std::filesystem::exists(file)) << file << " is missing; run with ECHOLAB_UPDATE_GOLDEN=1";
  EXPECT_EQ(read_file(file), got) << file << " differs; ECHOLAB_UPDATE_GOLDEN=1 writes it anew";
}

}  // namespace echolab::testing
