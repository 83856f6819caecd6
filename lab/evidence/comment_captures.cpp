#include "lab/evidence/comment_captures.h"

#include <fmt/format.h>

#include "lab/base/error.h"
#include "lab/capture/frame_reader.h"
#include "lab/evidence/client_captures.h"
#include "lab/evidence/lab_capture.h"
#include "lab/evidence/sentinel.h"

namespace echolab::evidence {

namespace {

// Hands over every frame of lab.pcapng. Throws EnvironmentError when that is not the file that was judged.
template <typename Take>
void for_each_frame(const std::filesystem::path& run_folder, const Evidence& evidence, Take take) {
  const std::filesystem::path file = run_folder / lab_capture_file;
  const auto changed = [&](std::string_view what) {
    return EnvironmentError(fmt::format("copy {}", file.string()), fmt::format("it is not as it was written: {}", what),
                            "");
  };
  std::uint64_t packets = 0;
  try {
    capture::FrameReader reader(file);
    capture::Frame frame;
    while (reader.next(frame)) {
      if (frame.interface >= evidence.networks.size()) throw changed("an interface more");
      packets = frame.number;
      take(frame);
    }
  } catch (const capture::CaptureError& error) {
    throw changed(error.what());
  }
  if (packets != evidence.packets) throw changed(fmt::format("{} packets of {}", packets, evidence.packets));
}

void write_with_comments(const std::filesystem::path& run_folder, const plan::Plan& plan, const Evidence& evidence,
                         CommentSource& comments) {
  std::vector<std::string> about_all = comments.about_all();
  LabCapture lab(run_folder, plan, evidence.engine, evidence.networks, about_all);
  ClientCaptures clients(run_folder, plan, evidence.engine, evidence.networks, std::move(about_all));
  for_each_frame(run_folder, evidence, [&](const capture::Frame& frame) {
    const std::span<const std::string> said = comments.comments_of(frame.number);
    lab.write(frame.interface, frame,
              said.empty() ? sentinel_comments(sentinel_of(frame, plan.captures[frame.interface].nonce)) : said);
    clients.add(frame, frame.number, said);
  });
  clients.publish();
  lab.publish(evidence.networks);
}

void write_clients_plain(const std::filesystem::path& run_folder, const plan::Plan& plan, const Evidence& evidence) {
  ClientCaptures clients(run_folder, plan, evidence.engine, evidence.networks);
  for_each_frame(run_folder, evidence, [&](const capture::Frame& frame) { clients.add(frame, frame.number, {}); });
  clients.publish();
}

}  // namespace

std::string comment_captures(const std::filesystem::path& run_folder, const plan::Plan& plan, const Evidence& evidence,
                             CommentSource& comments) {
  if (evidence.networks.empty()) return {};
  try {
    write_with_comments(run_folder, plan, evidence, comments);
    return {};
  } catch (const EnvironmentError& error) {
    std::string why = fmt::format("the captures have no comments: {}", error.what());
    try {
      write_clients_plain(run_folder, plan, evidence);
    } catch (const EnvironmentError& second) {
      why += fmt::format("; the clients' captures are missing: {}", second.what());
    }
    return why;
  }
}

}  // namespace echolab::evidence
