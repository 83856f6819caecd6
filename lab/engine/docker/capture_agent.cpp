#include "lab/engine/docker/capture_agent.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "lab/base/error.h"
#include "lab/docker_api/json.h"

namespace echolab::engine::docker {

namespace {

// The agent writes a dozen lines; these only bound a program that is not the agent.
constexpr std::size_t most_log = 1u << 20, longest_line = 16u << 10;

}  // namespace

CaptureAgent::CaptureAgent(docker_api::Client& client, const plan::Plan& plan, const plan::Capture& capture,
                           artifacts::RunFolderWriter& folder)
    : client_(client), network_(plan.networks[capture.network].name), file_(folder.create_raw_capture(network_)) {
  record_.network = network_;
  record_.file = "captures/" + network_ + ".pcap";
}

void CaptureAgent::start(const docker_api::ContainerSpec& spec) {
  const auto fail = [this](const docker_api::ApiError& error) {
    failed_ = error;
    ended_ = true;
  };
  const auto started = [fail](docker_api::Reply<docker_api::Nothing> reply) {
    if (!reply) fail(reply.error());
  };
  const auto created = [this, fail, started](docker_api::Reply<std::string> id) {
    if (!id) return fail(id.error());
    id_ = id.value();
    docker_api::attach_container(
        client_, id_,
        {.attached = [this, started] { docker_api::start_container(client_, id_, started); },
         .output = [this](docker_api::Stream stream, std::string_view bytes) { take_output(stream, bytes); },
         .ended =
             [this](const std::string& trouble) {
               lost_ = trouble;
               ended_ = true;
             }});
  };
  docker_api::create_container(client_, spec, created);
}

void CaptureAgent::stop() {
  if (ended_ || id_.empty()) return;
  docker_api::signal_container(client_, id_, "TERM", [](docker_api::Reply<docker_api::Nothing>) {});
}

void CaptureAgent::take_output(docker_api::Stream stream, std::string_view bytes) {
  if (stream == docker_api::Stream::standard_output) {
    if (!write_trouble_.empty()) return;
    try {
      write_all(file_.get(), bytes, record_.file);
      file_bytes_ += bytes.size();
    } catch (const EnvironmentError& error) {
      write_trouble_ = error.what();
    }
    return;
  }
  partial_line_ += bytes;
  std::size_t end = 0;
  while ((end = partial_line_.find('\n')) != std::string::npos) {
    const std::string line = partial_line_.substr(0, end);
    partial_line_.erase(0, end + 1);
    take_line(line);
  }
  if (partial_line_.size() > longest_line) partial_line_.clear();
}

void CaptureAgent::take_line(const std::string& line) {
  if (log_.size() + line.size() < most_log) log_ += line + "\n";
  if (!line.starts_with(R"({"v":1)")) {
    error_ = line;
    return;
  }
  try {
    using docker_api::number, docker_api::text;
    const auto event = docker_api::parse_json(line, "an event of the capture agent");
    const std::string kind = text(event, "event");
    if (kind == "listening") listening_ = true;
    if (kind == "ready") ready_ = true;
    if (kind == "sentinel" && text(event, "which") == "end") end_seen_ = true;
    if (kind == "error") error_ = fmt::format("{}: {}", text(event, "operation"), text(event, "error"));
    if (kind == "counters") {
      record_.captured = static_cast<std::uint64_t>(number(event, "captured"));
      record_.received = static_cast<std::uint64_t>(number(event, "received"));
      record_.dropped = static_cast<std::uint64_t>(number(event, "dropped"));
    }
    if (kind == "totals") {
      has_totals_ = true;
      record_.packets = static_cast<std::uint64_t>(number(event, "packets"));
      announced_bytes_ = static_cast<std::uint64_t>(number(event, "bytes"));
      record_.complete = docker_api::flag(event, "complete");
      for (const auto& reason : docker_api::member(event, "reasons")) {
        if (reason.is_string()) record_.reasons.push_back(reason.get<std::string>());
      }
    }
  } catch (const EnvironmentError& error) {
    error_ = error.what();
  }
}

artifacts::CaptureRecord CaptureAgent::record() const {
  artifacts::CaptureRecord record = record_;
  if (failed_) record.reasons.push_back("the capture agent could not be started: " + failed_->message);
  if (!failed_ && !has_totals_) {
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

void CaptureAgent::write_log(artifacts::RunFolderWriter& folder) const {
  folder.write_file("captures/" + network_ + ".agent.jsonl", log_);
}

}  // namespace echolab::engine::docker
