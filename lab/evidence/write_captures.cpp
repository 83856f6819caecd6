#include "lab/evidence/write_captures.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "lab/base/error.h"
#include "lab/capture/frame_reader.h"
#include "lab/evidence/lab_capture.h"
#include "lab/evidence/sentinel.h"

namespace echolab::evidence {

namespace {

// One network's raw capture, read frame by frame, with what is counted on the way.
class RawCapture {
 public:
  RawCapture(const std::filesystem::path& run_folder, const plan::Plan& plan, const plan::Capture& capture,
             std::uint32_t interface)
      : nonce_(capture.nonce) {
    evidence_.plan_index = capture.network;
    evidence_.network = plan.networks[capture.network].name;
    evidence_.interface = interface;
    file_ = run_folder / "captures" / (evidence_.network + ".pcap");
    try {
      reader_ = std::make_unique<capture::FrameReader>(file_);
    } catch (const EnvironmentError& error) {
      evidence_.damage = fmt::format("its file could not be read: {}", error.cause());
    } catch (const capture::CaptureError& error) {
      evidence_.damage = fmt::format("its file is no capture: {}", error.what());
    }
    if (reader_ && !reader_->facts().interfaces.empty()) {
      evidence_.link_type = reader_->facts().interfaces[0].link_type;
      evidence_.snaplen = reader_->facts().interfaces[0].snaplen;
    }
    advance();
  }

  bool has_frame() const { return has_frame_; }
  const capture::Frame& frame() const { return frame_; }

  void advance() {
    has_frame_ = false;
    if (!reader_) return;
    try {
      has_frame_ = reader_->next(frame_);
    } catch (const capture::CaptureError& error) {
      evidence_.damage = fmt::format("its file is damaged at byte {}: {}", error.offset(), error.what());
    }
    evidence_.truncated = reader_->facts().truncated;
    if (has_frame_ && evidence_.packets++ == 0) first_time_ns_ = frame_.time_ns;
    if (has_frame_) last_time_ns_ = frame_.time_ns;
  }

  // The sentinel that the current frame is, noted under its number in lab.pcapng.
  std::optional<Sentinel> note_sentinel(std::uint64_t number) {
    const auto sentinel = sentinel_of(frame_, nonce_);
    if (sentinel == Sentinel::begin && !evidence_.begin_sentinel) evidence_.begin_sentinel = number;
    if (sentinel == Sentinel::end) evidence_.end_sentinel = number;
    return sentinel;
  }

  const NetworkEvidence& evidence() const { return evidence_; }
  const std::filesystem::path& file() const { return file_; }

  capture::InterfaceCounters counters(const artifacts::CaptureRecord* record) const {
    capture::InterfaceCounters counters;
    counters.time_ns = last_time_ns_;
    if (evidence_.packets > 0) {
      counters.start_ns = first_time_ns_;
      counters.end_ns = last_time_ns_;
    }
    if (record != nullptr) {
      counters.received = record->received;
      counters.dropped = record->dropped;
      counters.filter_accepted = record->captured;
    }
    counters.delivered = evidence_.packets;
    return counters;
  }

 private:
  std::string nonce_;
  std::filesystem::path file_;
  std::unique_ptr<capture::FrameReader> reader_;
  capture::Frame frame_;
  bool has_frame_ = false;
  std::int64_t first_time_ns_ = 0, last_time_ns_ = 0;
  NetworkEvidence evidence_;
};

using RawCaptures = std::vector<std::unique_ptr<RawCapture>>;

// The earliest frame in front, of the network that comes first when equal. Within a network the file's order stays,
// even where its time steps back: the order of capture is the witness, the clock is not.
RawCapture* earliest(const RawCaptures& raws) {
  RawCapture* first = nullptr;
  for (const auto& raw : raws) {
    if (raw->has_frame() && (first == nullptr || raw->frame().time_ns < first->frame().time_ns)) first = raw.get();
  }
  return first;
}

std::uint64_t merge(const RawCaptures& raws, LabCapture& lab) {
  std::uint64_t number = 0;
  for (RawCapture* raw = earliest(raws); raw != nullptr; raw = earliest(raws)) {
    const capture::Frame& frame = raw->frame();
    const auto sentinel = raw->note_sentinel(++number);
    lab.write(raw->evidence().interface, frame, sentinel_comments(sentinel));
    raw->advance();
  }
  return number;
}

void add_to_record(artifacts::CaptureRecord& record, const NetworkEvidence& evidence) {
  record.file = lab_capture_file;
  record.packets = evidence.packets;
  const auto object = [&](std::string reason) {
    record.complete = false;
    record.reasons.push_back(std::move(reason));
  };
  if (!evidence.damage.empty()) object(fmt::format("the capture of network {}: {}", evidence.network, evidence.damage));
  if (evidence.truncated) {
    object(fmt::format("the capture of network {} ends in the middle of a packet", evidence.network));
  }
  if (!evidence.begin_sentinel)
    object(fmt::format("the begin sentinel is not in the capture of network {}", evidence.network));
  if (!evidence.end_sentinel)
    object(fmt::format("the end sentinel is not in the capture of network {}", evidence.network));
}

}  // namespace

std::filesystem::path client_capture_file(std::string_view node) {
  return std::filesystem::path("captures") / fmt::format("{}{}.pcapng", node == "lab" ? "node-" : "", node);
}

Evidence write_captures(const std::filesystem::path& run_folder, const plan::Plan& plan,
                        const artifacts::EngineRecord& engine) {
  Evidence result;
  result.engine = engine;
  if (plan.captures.empty()) return result;
  create_folders(run_folder / "captures");

  RawCaptures raws;
  for (const plan::Capture& capture : plan.captures) {
    raws.push_back(std::make_unique<RawCapture>(run_folder, plan, capture, static_cast<std::uint32_t>(raws.size())));
    result.networks.push_back(raws.back()->evidence());
  }

  LabCapture lab(run_folder, plan, engine, result.networks);
  result.packets = merge(raws, lab);

  result.networks.clear();
  for (const auto& raw : raws) {
    NetworkEvidence evidence = raw->evidence();
    auto record = std::find_if(result.engine.captures.begin(), result.engine.captures.end(),
                               [&](const auto& each) { return each.network == evidence.network; });
    const bool counted = record != result.engine.captures.end();
    evidence.counters = raw->counters(counted ? &*record : nullptr);
    if (!counted) {
      record = result.engine.captures.insert(record, artifacts::CaptureRecord{});
      record->network = evidence.network;
      record->reasons.push_back(fmt::format("the engine has no record of capturing network {}", evidence.network));
    }
    add_to_record(*record, evidence);
    result.networks.push_back(std::move(evidence));
  }
  lab.publish(result.networks);
  std::error_code error;
  for (const auto& raw : raws) {
    if (raw->evidence().damage.empty()) std::filesystem::remove(raw->file(), error);
  }
  return result;
}

}  // namespace echolab::evidence
