#include "lab/verify/wire.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/base/error.h"
#include "lab/base/text.h"
#include "lab/capture/capture.h"
#include "lab/capture/tcp_streams.h"
#include "lab/verify/tcp_judge.h"
#include "lab/verify/udp_judge.h"

namespace echolab::verify {

namespace {

// Hands each fact of a capture to its judge.
class Dispatcher : public capture::Sink {
 public:
  Dispatcher(Ledger& ledger, EndpointDirectory& directory)
      : directory_(directory), udp_(ledger, directory), tcp_(ledger, directory), streams_(tcp_) {}

  void on_udp(const capture::UdpDatagram& datagram) override { udp_.judge(datagram); }
  void on_tcp(const capture::TcpSegment& segment) override {
    if (segment.flags.rst) note_late_reset(segment);
    streams_.add(segment);
  }
  void on_bad_udp_length(const capture::BadUdpLength& header) override {
    ExchangeState* exchange = between(header.source, header.destination, Transport::udp);
    if (exchange != nullptr) exchange->contradicted_lengths.add(header.frame.number);
  }
  void on_icmp_error(const capture::IcmpError& error) override {
    ExchangeState* exchange = directory_.find(error.source, error.destination, error.transport);
    if (exchange != nullptr && exchange->icmp_packet == 0) exchange->icmp_packet = error.frame.number;
  }
  void finish() { streams_.finish(); }

 private:
  ExchangeState* between(const Endpoint& source, const Endpoint& destination, Transport transport) {
    ExchangeState* exchange = directory_.find(source, destination, transport);
    return exchange != nullptr ? exchange : directory_.find(destination, source, transport);
  }
  // A reset may still come when both streams have ended; the tracker has told its facts by then.
  void note_late_reset(const capture::TcpSegment& segment) {
    ExchangeState* exchange = between(segment.source, segment.destination, Transport::tcp);
    if (exchange != nullptr && exchange->tcp.client_fin && exchange->tcp.server_fin) {
      exchange->tcp.late_resets.add(segment.frame.number);
    }
  }

  EndpointDirectory& directory_;
  UdpJudge udp_;
  TcpJudge tcp_;
  capture::TcpStreams streams_;
};

void note_oddities(const capture::Summary& summary, const std::string& file, std::vector<std::string>& notes) {
  const auto note = [&](std::uint64_t count, std::string_view what) {
    if (count > 0) notes.push_back(fmt::format("{}: {} {}", file, with_thousands(count), what));
  };
  note(summary.malformed, "frames have headers that contradict themselves");
  note(summary.cut, "frames were cut by the snaplen and are compared as far as they were captured");
  note(summary.fragments_incomplete, "datagrams lack a fragment and count as not sent");
  note(summary.oversized, "frames are larger than the MTU: offloading was on");
  note(summary.checksums_bad, "checksums are wrong");
}

struct FileReading {
  bool whole = false;
  std::string why;
  std::uint64_t dropped = 0;  // by the file's own statistics
};

// `file` is its name in sentences.
FileReading read_file_into(const std::filesystem::path& path, const std::string& file, Ledger& ledger,
                           EndpointDirectory& directory, WireReading& reading) {
  Dispatcher dispatcher(ledger, directory);
  FileReading result;
  try {
    const capture::Summary summary = capture::read_capture(path, dispatcher);
    reading.packets += summary.packets;
    note_oddities(summary, file, reading.notes);
    result.whole = !summary.truncated;
    for (const capture::Interface& interface : summary.interfaces) result.dropped += interface.dropped;
    if (summary.truncated) result.why = fmt::format("{} is cut off after packet {}", file, summary.packets);
  } catch (const capture::CaptureError& error) {
    result.why = fmt::format("{} is broken at byte {}: {}", file, error.offset(), error.what());
  }
  dispatcher.finish();
  return result;
}

FileReading read_file_of_run(const artifacts::RunFolder& run, const std::string& file, Ledger& ledger,
                             EndpointDirectory& directory, WireReading& reading) {
  FileReading result = read_file_into(run.folder / file, file, ledger, directory, reading);
  if (std::find(run.damaged.begin(), run.damaged.end(), file) != run.damaged.end()) {
    result.whole = false;
    result.why = file + " is not the file that was recorded";
  }
  return result;
}

std::string join(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : "; ") + part;
  return out;
}

NetworkEvidence evidence_of(const artifacts::RunFolder& run, std::size_t network, const std::string& file,
                            const FileReading& reading) {
  const std::string& name = run.plan.networks[network].name;
  NetworkEvidence evidence;
  evidence.file = file;
  evidence.complete = reading.whole;
  evidence.why = reading.why;
  const auto record = std::find_if(run.engine.captures.begin(), run.engine.captures.end(),
                                   [&](const artifacts::CaptureRecord& r) { return r.network == name; });
  if (record == run.engine.captures.end()) {
    evidence.complete = false;
    if (evidence.why.empty()) evidence.why = fmt::format("nothing proves the capture of network {} complete", name);
  } else if (!record->complete) {
    evidence.complete = false;
    const std::string reasons = join(record->reasons);
    evidence.why =
        fmt::format("the capture of network {} is incomplete{}{}", name, reasons.empty() ? "" : ": ", reasons);
  }
  return evidence;
}

}  // namespace

WireReading read_single_capture(const std::filesystem::path& file, Ledger& ledger, EndpointDirectory& directory) {
  WireReading reading;
  const std::string name = file.filename().string();
  const FileReading whole = read_file_into(file, name, ledger, directory, reading);
  NetworkEvidence evidence{whole.whole && whole.dropped == 0, whole.why, name};
  if (whole.dropped > 0) {
    evidence.why = "the capture lost " + counted(whole.dropped, "packet", "packets");
  }
  reading.networks.assign(ledger.plan.networks.size(), evidence);
  if (!evidence.complete) reading.notes.push_back(evidence.why);
  ledger.settle();
  return reading;
}

WireReading read_wire(const artifacts::RunFolder& run, Ledger& ledger, EndpointDirectory& directory) {
  WireReading reading;
  reading.networks.resize(run.plan.networks.size());
  for (std::size_t i = 0; i < reading.networks.size(); ++i) {
    reading.networks[i].why = fmt::format("network {} was not captured", run.plan.networks[i].name);
  }
  std::error_code error;
  const std::string merged = "captures/lab.pcapng";
  const bool has_merged = std::filesystem::is_regular_file(run.folder / merged, error);
  FileReading whole;
  if (has_merged) whole = read_file_of_run(run, merged, ledger, directory, reading);
  for (const plan::Capture& planned : run.plan.captures) {
    NetworkEvidence& evidence = reading.networks.at(planned.network);
    const std::string& name = run.plan.networks[planned.network].name;
    const std::string raw = fmt::format("captures/{}.pcap", name);
    if (has_merged) {
      evidence = evidence_of(run, planned.network, merged, whole);
    } else if (std::filesystem::is_regular_file(run.folder / raw, error)) {
      const FileReading one = read_file_of_run(run, raw, ledger, directory, reading);
      evidence = evidence_of(run, planned.network, raw, one);
    } else {
      evidence.why = fmt::format("the capture of network {} is missing", name);
    }
    if (!evidence.complete) reading.notes.push_back(evidence.why);
  }
  ledger.settle();
  return reading;
}

}  // namespace echolab::verify
