#include "lab/conversations/judge_capture.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "lab/base/diagnostic.h"
#include "lab/base/text.h"
#include "lab/capture/frame_reader.h"
#include "lab/capture/packet_decoder.h"
#include "lab/conversations/capture_judge.h"
#include "lab/conversations/findings.h"

namespace echolab::conversations {

namespace {

std::uint64_t random_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

[[noreturn]] void refuse(const std::filesystem::path& file, const capture::CaptureError& error) {
  throw InvalidInput(file.string(), "",
                     {{{0, 0, 0},
                       fmt::format("this is no capture: {} (byte {})", error.what(), error.offset()),
                       "pcap and pcapng files are read, also compressed with gzip or zstd; Wireshark saves both"}});
}

// We end every file with the statistics of its interfaces; one that lacks them was cut between two blocks.
bool lacks_our_end(const capture::FileFacts& facts) {
  return facts.application.starts_with("echolab ") &&
         std::any_of(facts.interfaces.begin(), facts.interfaces.end(),
                     [](const capture::Interface& interface) { return !interface.has_statistics; });
}

Gaps gaps_of(const CaptureVerdict& verdict, const capture::FileFacts& facts, const std::string& damage) {
  Gaps gaps;
  if (verdict.truncated) {
    gaps.at_the_end = fmt::format("the file is cut off after packet {}", verdict.packets);
  } else if (!damage.empty()) {
    gaps.at_the_end = fmt::format("the file can't be read after packet {}: {}", verdict.packets, damage);
  } else if (lacks_our_end(facts)) {
    gaps.at_the_end = "the file lacks the statistics that echolab writes at its end";
  }
  std::uint64_t dropped = 0;
  for (const capture::Interface& interface : facts.interfaces) dropped += interface.dropped;
  if (dropped > 0) {
    gaps.anywhere = "the capture lost " + counted(dropped, "packet", "packets");
  }
  return gaps;
}

void note_oddities(CaptureVerdict& verdict, const capture::Summary& summary, const CaptureJudge::Result& result,
                   const Gaps& gaps) {
  const auto note = [&](std::uint64_t count, std::string_view one, std::string_view many, std::string_view what) {
    if (count > 0) verdict.notes.push_back(fmt::format("{} {}", counted(count, one, many), what));
  };
  for (const std::string& gap : {gaps.at_the_end, gaps.anywhere}) {
    if (!gap.empty()) verdict.notes.push_back(gap);
  }
  note(result.left_out, "conversation was left out:", "conversations were left out:",
       "not on the server's port, multicast, or a service such as DNS");
  note(result.too_many, "conversation was not judged:", "conversations were not judged:", "too many are in one file");
  note(summary.malformed, "frame has", "frames have", "headers that contradict themselves");
  note(summary.fragments_incomplete, "datagram lacks", "datagrams lack", "a fragment, as if never sent");
  note(summary.oversized, "frame is", "frames are", "larger than the MTU: offloading was on");
  note(summary.checksums_unfilled, "checksum was", "checksums were",
       "left to the network card to fill in: not an error");
  note(summary.checksums_bad, "checksum is", "checksums are", "wrong");
}

}  // namespace

CaptureVerdict judge_frames(capture::FrameReader& reader, std::string name, const JudgeOptions& options) {
  CaptureVerdict verdict;
  verdict.file = std::move(name);
  CaptureJudge judge(options, random_seed());
  capture::PacketDecoder decoder(judge);
  std::string damage;
  try {
    capture::Frame frame;
    while (reader.next(frame)) decoder.decode(frame);
  } catch (const capture::CaptureError& error) {
    damage = error.what();
    verdict.damaged_at = error.offset();
  }
  const capture::Summary summary = decoder.summary();
  verdict.truncated = reader.facts().truncated;
  verdict.packets = summary.packets;
  judge.finish();
  CaptureJudge::Result result = std::move(judge).take();
  verdict.conversations = std::move(result.conversations);
  const Gaps gaps = gaps_of(verdict, reader.facts(), damage);
  note_oddities(verdict, summary, result, gaps);
  tell_findings(verdict, result.faults, gaps, options.timeout);
  if (result.too_many > 0 && verdict.outcome == Outcome::passed) verdict.outcome = Outcome::inconclusive;
  return verdict;
}

CaptureVerdict judge_capture(const std::filesystem::path& file, const JudgeOptions& options) {
  try {
    capture::FrameReader reader(file);
    return judge_frames(reader, file.string(), options);
  } catch (const capture::CaptureError& error) {
    refuse(file, error);
  }
}

}  // namespace echolab::conversations
