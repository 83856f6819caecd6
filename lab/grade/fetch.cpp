#include "lab/grade/fetch.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <array>
#include <fstream>
#include <memory>

#include "lab/base/error.h"
#include "lab/base/file.h"
#include "lab/base/hash.h"
#include "lab/base/json.h"
#include "lab/grade/batch_record.h"

namespace echolab::grade {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece = 1u << 16;

std::string digest_in_manifest(const nlohmann::json& manifest, const std::string& file) {
  for (const auto& entry : manifest.at("files")) {
    if (entry.at("file") == file) return entry.at("sha256");
  }
  return "";
}

// What is wrong with one student's files; empty: nothing.
std::string find_files_of(const fs::path& folder, const std::string& student, std::vector<FetchedFile>& found) {
  if (!fs::exists(folder / "result.json")) return "is not graded";
  if (!fs::exists(folder / "manifest.json")) return "could not be graded, and has no files";
  nlohmann::json manifest;
  try {
    manifest = nlohmann::json::parse(read_file(folder / "manifest.json"));
    for (const std::string& name : {student + ".pcapng", student + ".png"}) {
      const std::string digest = digest_in_manifest(manifest, name);
      if (digest.empty()) continue;  // nothing ran and nothing was handed in
      if (!fs::exists(folder / name)) return "has lost " + name;
      if (sha256_hex_of_file(folder / name) != digest) return fmt::format("{} was changed since it was graded", name);
      found.push_back({student, name, folder / name});
    }
  } catch (const nlohmann::json::exception&) {
    return "has a manifest.json that can't be read";
  }
  return "";
}

struct ArchiveDeleter {
  void operator()(archive* a) const { ::archive_write_free(a); }
  void operator()(archive_entry* e) const { ::archive_entry_free(e); }
};

void must(archive* a, int status, const fs::path& to) {
  if (status >= ARCHIVE_WARN) return;
  const char* const text = ::archive_error_string(a);
  throw EnvironmentError("write " + to.string(), text == nullptr ? "unknown" : text, "");
}

void add_file(archive* a, const FetchedFile& file, const fs::path& to) {
  const std::unique_ptr<archive_entry, ArchiveDeleter> entry(::archive_entry_new());
  ::archive_entry_set_pathname(entry.get(), file.name.c_str());
  ::archive_entry_set_size(entry.get(), static_cast<la_int64_t>(fs::file_size(file.path)));
  ::archive_entry_set_filetype(entry.get(), AE_IFREG);
  ::archive_entry_set_perm(entry.get(), 0644);
  must(a, ::archive_write_header(a, entry.get()), to);
  std::ifstream in(file.path, std::ios::binary);
  std::array<char, piece> bytes{};
  while (in.read(bytes.data(), bytes.size()) || in.gcount() > 0) {
    const auto count = static_cast<std::size_t>(in.gcount());
    if (::archive_write_data(a, bytes.data(), count) != static_cast<la_ssize_t>(count)) must(a, ARCHIVE_FATAL, to);
  }
}

}  // namespace

std::vector<FetchedFile> find_files(const fs::path& batch_folder, const std::vector<std::string>& students) {
  const BatchRecord batch = read_batch(batch_folder);
  std::vector<FetchedFile> found;
  std::string wrong;
  for (const std::string& student : students) {
    const std::string reason =
        batch.find(student) == nullptr ? "is not in the roster" : find_files_of(batch_folder / student, student, found);
    if (!reason.empty()) wrong += fmt::format("{}{} {}", wrong.empty() ? "" : "; ", student, reason);
  }
  if (!wrong.empty()) {
    throw EnvironmentError("fetch from " + batch_folder.string(), wrong,
                           "echolab grade --resume grades again what is missing or was changed");
  }
  return found;
}

std::vector<std::string> graded_students(const fs::path& batch_folder) {
  std::vector<std::string> graded;
  for (const marks::Student& student : read_batch(batch_folder).students) {
    if (fs::exists(batch_folder / student.id / "manifest.json")) graded.push_back(student.id);
  }
  return graded;
}

void copy_files(const std::vector<FetchedFile>& files, const fs::path& to) {
  create_folders(to);
  for (const FetchedFile& file : files) {
    PendingFile pending(to / file.name);
    std::error_code error;
    fs::copy_file(file.path, pending.temporary(), fs::copy_options::overwrite_existing, error);
    if (error) throw EnvironmentError("copy to " + (to / file.name).string(), error.message(), "");
    pending.publish();
  }
}

void archive_files(const std::vector<FetchedFile>& files, const fs::path& to) {
  PendingFile pending(to);
  const std::unique_ptr<archive, ArchiveDeleter> a(::archive_write_new());
  must(a.get(), ::archive_write_set_format_zip(a.get()), to);
  must(a.get(), ::archive_write_open_filename(a.get(), pending.temporary().c_str()), to);
  for (const FetchedFile& file : files) add_file(a.get(), file, to);
  must(a.get(), ::archive_write_close(a.get()), to);
  pending.publish();
}

}  // namespace echolab::grade
