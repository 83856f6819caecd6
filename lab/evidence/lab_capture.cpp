#include "lab/evidence/lab_capture.h"

#include "lab/evidence/descriptions.h"

namespace echolab::evidence {

LabCapture::LabCapture(const std::filesystem::path& run_folder, const plan::Plan& plan,
                       const artifacts::EngineRecord& engine, const std::vector<NetworkEvidence>& networks,
                       std::vector<std::string> about_all)
    : pending_(run_folder / lab_capture_file),
      file_(pending_.temporary(), describe_section(plan, engine, std::move(about_all))) {
  for (const NetworkEvidence& network : networks) {
    file_.add_interface(describe_interface(plan.networks[network.plan_index], network.link_type, network.snaplen));
  }
  std::vector<capture::NameRecord> names;
  for (const plan::Node& node : plan.nodes) add_names_of(node, names);
  file_.add_names(names);
}

void LabCapture::write(std::uint32_t interface, const capture::Frame& frame, std::span<const std::string> comments) {
  capture::PacketRecord record;
  record.interface = interface;
  record.time_ns = frame.time_ns;
  record.original_length = frame.original_length;
  record.data = frame.data;
  record.comments = comments;
  file_.write(record);
}

void LabCapture::publish(const std::vector<NetworkEvidence>& networks) {
  for (const NetworkEvidence& network : networks) file_.write_counters(network.interface, network.counters);
  file_.close(true);
  pending_.publish();
}

}  // namespace echolab::evidence
