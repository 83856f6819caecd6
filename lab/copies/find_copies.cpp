#include "lab/copies/find_copies.h"

#include "lab/copies/capture_print.h"
#include "lab/copies/shared_packets.h"
#include "lab/copies/shared_text.h"
#include "lab/copies/text_print.h"

namespace echolab::copies {

namespace {

// Empty when nothing was handed in.
std::filesystem::path capture_of(const Work& work) {
  for (const char* extension : {".pcapng", ".pcap"}) {
    const auto file = work.folder / (work.student + extension);
    std::error_code ignored;
    if (std::filesystem::symlink_status(file, ignored).type() == std::filesystem::file_type::regular) return file;
  }
  return {};
}

void add_captures(const std::vector<Work>& works, std::vector<marks::Alike>& alike) {
  std::vector<CapturePrint> prints(works.size());
  std::vector<marks::Alike> edited;
  for (std::size_t i = 0; i < works.size(); ++i) {
    const auto file = capture_of(works[i]);
    if (file.empty()) continue;
    prints[i] = print_capture(file);
    std::vector<std::string> signs = signs_of_editing(file);
    if (signs.empty()) continue;
    marks::Alike& one = edited.emplace_back();
    one.first = works[i].student;
    one.what = "edited capture";
    one.reason = signs.front();
    one.evidence.assign(signs.begin() + 1, signs.end());
  }
  for (const auto& [first, second] : pairs_in_common(prints)) {
    auto shared = compare(prints[first], prints[second], prints.size());
    if (!shared) continue;
    alike.push_back({works[first].student, works[second].student, "capture", std::move(shared->reason),
                     std::move(shared->evidence)});
  }
  alike.insert(alike.end(), edited.begin(), edited.end());
}

void add_programs(const std::vector<Work>& works, std::vector<marks::Alike>& alike) {
  std::vector<TextPrint> prints;
  prints.reserve(works.size());
  for (const Work& work : works) prints.push_back(print_program(work.folder / "program"));
  for (SharedText& shared : find_shared_text(prints)) {
    alike.push_back({works[shared.first].student, works[shared.second].student, "program", std::move(shared.reason),
                     std::move(shared.evidence)});
  }
}

}  // namespace

std::vector<marks::Alike> find_copies(const std::vector<Work>& works) {
  std::vector<marks::Alike> alike;
  add_captures(works, alike);
  add_programs(works, alike);
  return alike;
}

}  // namespace echolab::copies
