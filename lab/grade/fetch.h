#pragma once
// Hands a student's two files back, and only when they still are what was graded.

#include <filesystem>
#include <string>
#include <vector>

namespace echolab::grade {

struct FetchedFile {
  std::string student;
  std::string name;  // "20261234.pcapng"
  std::filesystem::path path;
};

// <id>.pcapng and <id>.png of each student, checked against the manifest. Throws EnvironmentError naming every student
// that is not there, has no such files, or whose files were changed since.
std::vector<FetchedFile> find_files(const std::filesystem::path& batch_folder,
                                    const std::vector<std::string>& students);

// Students that were graded, in the roster's order.
std::vector<std::string> graded_students(const std::filesystem::path& batch_folder);

void copy_files(const std::vector<FetchedFile>& files, const std::filesystem::path& to);
// A zip archive with just these files, stored under their names.
void archive_files(const std::vector<FetchedFile>& files, const std::filesystem::path& to);

}  // namespace echolab::grade
