#include "lab/evidence/client_captures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "lab/capture/frame_parties.h"
#include "lab/evidence/descriptions.h"

namespace echolab::evidence {

namespace {

constexpr std::size_t all_buffers = std::size_t{16} << 20;

std::vector<capture::NameRecord> names_around(const plan::Plan& plan, const plan::Node& client) {
  std::vector<capture::NameRecord> names;
  for (const plan::Node& node : plan.nodes) {
    if (node.role == plan::Role::server || &node == &client) add_names_of(node, names);
  }
  return names;
}

}  // namespace

std::size_t ClientCaptures::AddressHash::operator()(const IpAddress& address) const {
  std::uint64_t words[2];
  std::memcpy(words, address.bytes().data(), sizeof words);
  const std::uint64_t hash = (words[0] * 0x9E3779B97F4A7C15u ^ words[1]) * 0xD1B54A32D192ED03u;
  return static_cast<std::size_t>(hash ^ hash >> 32);
}

ClientCaptures::ClientCaptures(const std::filesystem::path& run_folder, const plan::Plan& plan,
                               const artifacts::EngineRecord& engine, const std::vector<NetworkEvidence>& captured,
                               const std::vector<std::string>& about_all) {
  const auto clients = std::count_if(plan.nodes.begin(), plan.nodes.end(),
                                     [](const plan::Node& node) { return node.role == plan::Role::client; });
  const std::size_t buffer = std::clamp<std::size_t>(
      all_buffers / std::max<std::size_t>(static_cast<std::size_t>(clients), 1), 4096, std::size_t{256} << 10);
  for (const plan::Node& node : plan.nodes) {
    const auto network = std::find_if(captured.begin(), captured.end(),
                                      [&](const NetworkEvidence& each) { return each.plan_index == node.network; });
    if (node.role != plan::Role::client || network == captured.end()) continue;
    const std::size_t index = clients_.size();
    PendingFile pending(run_folder / client_capture_file(node.name));
    std::vector<std::string> about = {fmt::format("Frames to and from {}, taken from lab.pcapng", node.name),
                                      "The packet id of each frame is its number in lab.pcapng"};
    about.insert(about.end(), about_all.begin(), about_all.end());
    capture::PcapngWriter file(pending.temporary(), describe_section(plan, engine, std::move(about)), buffer,
                               capture::PcapngWriter::Descriptor::reopened);
    Client& client = clients_.emplace_back(Client{std::move(pending), std::move(file)});
    client.file.add_interface(describe_interface(plan.networks[node.network], network->link_type, network->snaplen));
    client.file.add_names(names_around(plan, node));
    for (const auto& address : {node.address4, node.address6}) {
      if (address) by_address_.emplace(*address, index);
    }
    if (node.mac != MacAddress{}) by_mac_.emplace(node.mac, index);
  }
}

void ClientCaptures::add(const capture::Frame& frame, std::uint64_t number, std::span<const std::string> comments) {
  const capture::FrameParties parties = capture::find_parties(frame);
  std::array<std::size_t, 5> concerned{};
  std::size_t count = 0;
  const auto note = [&](const auto& table, const auto& key) {
    const auto found = table.find(key);
    if (found == table.end()) return;
    const auto end = concerned.begin() + static_cast<std::ptrdiff_t>(count);
    if (std::find(concerned.begin(), end, found->second) == end) concerned[count++] = found->second;
  };
  for (std::size_t i = 0; i < parties.address_count; ++i) note(by_address_, parties.addresses[i]);
  if (parties.source_mac) note(by_mac_, *parties.source_mac);
  if (parties.destination_mac) note(by_mac_, *parties.destination_mac);

  for (std::size_t i = 0; i < count; ++i) {
    Client& client = clients_[concerned[i]];
    if (client.packets++ == 0) client.first_time_ns = frame.time_ns;
    client.last_time_ns = frame.time_ns;
    capture::PacketRecord record;
    record.time_ns = frame.time_ns;
    record.original_length = frame.original_length;
    record.data = frame.data;
    record.packet_id = number;
    record.comments = comments;
    client.file.write(record);
  }
}

void ClientCaptures::publish() {
  for (Client& client : clients_) {
    capture::InterfaceCounters counters;
    counters.time_ns = client.last_time_ns;
    if (client.packets > 0) {
      counters.start_ns = client.first_time_ns;
      counters.end_ns = client.last_time_ns;
    }
    counters.delivered = client.packets;
    client.file.write_counters(0, counters);
    client.file.close(false);  // nothing is lost with it: lab.pcapng has every frame
    client.pending.publish();
  }
}

}  // namespace echolab::evidence
