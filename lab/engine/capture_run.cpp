#include "lab/engine/capture_run.h"

#include <fmt/format.h>

#include "lab/base/error.h"
#include "lab/base/json.h"

namespace echolab::engine {

namespace {

// The agent writes a dozen lines; these only bound a program that is not the agent.
constexpr std::size_t most_log = 1u << 20, longest_line = 16u << 10;

}  // namespace

CaptureRun::CaptureRun(const plan::Plan& plan, const plan::Capture& capture, artifacts::RunFolderWriter& folder)
    : network_(plan.networks[capture.network].name), file_(folder.create_raw_capture(network_)) {
  record_.network = network_;
  record_.file = "captures/" + network_ + ".pcap";
}

void CaptureRun::fail(std::string cause) {
  failed_ = std::move(cause);
  ended_ = true;
}

void CaptureRun::mark_ended(const std::string& trouble) {
  lost_ = trouble;
  ended_ = true;
}

void CaptureRun::take_capture(std::string_view bytes) {
  if (!write_trouble_.empty()) return;
  try {
    write_all(file_.get(), bytes, record_.file);
    file_bytes_ += bytes.size();
  } catch (const EnvironmentError& error) {
    write_trouble_ = error.what();
  }
}

void CaptureRun::take_errors(std::string_view bytes) {
  partial_line_ += bytes;
  std::size_t end = 0;
  while ((end = partial_line_.find('\n')) != std::string::npos) {
    const std::string line = partial_line_.substr(0, end);
    partial_line_.erase(0, end + 1);
    take_line(line);
  }
  if (partial_line_.size() > longest_line) partial_line_.clear();
}

void CaptureRun::take_line(const std::string& line) {
  if (log_.size() + line.size() < most_log) log_ += line + "\n";
  if (!line.starts_with(R"({"v":1)")) {
    error_ = line;
    return;
  }
  try {
    const auto event = nlohmann::json::parse(line);
    const auto text = [&event](const char* key) { return event.value(key, std::string()); };
    const auto number = [&event](const char* key) { return event.value(key, std::uint64_t{0}); };
    const std::string kind = text("event");
    if (kind == "listening") listening_ = true;
    if (kind == "ready") ready_ = true;
    if (kind == "error") error_ = fmt::format("{}: {}", text("operation"), text("error"));
    if (kind == "counters") {
      record_.captured = number("captured");
      record_.received = number("received");
      record_.dropped = number("dropped");
    }
    if (kind == "totals") {
      has_totals_ = true;
      record_.packets = number("packets");
      announced_bytes_ = number("bytes");
      record_.complete = event.value("complete", false);
      for (const auto& reason : event.value("reasons", nlohmann::json::array())) {
        if (reason.is_string()) record_.reasons.push_back(reason.get<std::string>());
      }
    }
  } catch (const nlohmann::json::exception& error) {
    error_ = std::string("a line of the capture agent: ") + error.what();
  }
}

artifacts::CaptureRecord CaptureRun::record() const {
  artifacts::CaptureRecord record = record_;
  if (!failed_.empty()) record.reasons.push_back("the capture agent could not be started: " + failed_);
  if (failed_.empty() && !has_totals_) {
    record.reasons.push_back("the capture agent ended without its totals" + (error_.empty() ? "" : ": " + error_));
  }
  if (!lost_.empty()) record.reasons.push_back("the capture's stream: " + lost_);
  if (!write_trouble_.empty()) record.reasons.push_back(write_trouble_);
  if (has_totals_ && write_trouble_.empty() && file_bytes_ != announced_bytes_) {
    record.reasons.push_back(fmt::format("the agent wrote {} bytes, and {} bytes came", announced_bytes_, file_bytes_));
  }
  record.complete = record.complete && record.reasons.empty();
  return record;
}

void CaptureRun::write_log(artifacts::RunFolderWriter& folder) const {
  folder.write_file("captures/" + network_ + ".agent.jsonl", log_);
}

// Immediate mode: a sentinel is seen at once instead of after up to a second, twice in a run.
std::vector<std::string> record_arguments(const plan::Capture& capture, const std::string& interface) {
  std::vector<std::string> arguments{"record",  "--interface", interface,   "--write",
                                     "-",       "--events",    "-",         "--immediate",
                                     "--nonce", capture.nonce, "--snaplen", std::to_string(capture.snaplen)};
  if (capture.buffer_bytes > 0) {
    arguments.insert(arguments.end(), {"--buffer", std::to_string(capture.buffer_bytes)});
  }
  if (capture.limit_bytes > 0) arguments.insert(arguments.end(), {"--limit", std::to_string(capture.limit_bytes)});
  return arguments;
}

}  // namespace echolab::engine
