#include "lab/capture/tcp_streams.h"

#include <algorithm>
#include <random>
#include <vector>

#include "lab/capture/byte_order.h"

namespace echolab::capture {

namespace {

constexpr std::size_t max_conversations = 32768;
constexpr std::size_t max_ended = 1024;

std::uint64_t mixed(std::uint64_t hash, const Endpoint& endpoint) {
  const std::uint8_t* bytes = endpoint.address.bytes().data();
  for (const std::uint64_t word : {load_le64(bytes), load_le64(bytes + 8), std::uint64_t{endpoint.port.value}}) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    hash ^= hash >> 32;
  }
  return hash;
}

}  // namespace

// Seeded, so that nobody can write a capture whose conversations all fall into one bucket.
std::uint64_t TcpStreams::random_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

std::size_t TcpStreams::KeyHash::operator()(const Key& key) const {
  return static_cast<std::size_t>(mixed(mixed(seed, key.low), key.high));
}

void TcpStreams::add(const TcpSegment& segment) {
  Entry& entry = entry_of(segment);
  entry.facts.last_packet = segment.frame.number;
  if (entry.closed) return;
  const bool by_client = segment.source == entry.facts.client;
  TcpConversation::Side& side = by_client ? entry.facts.client_side : entry.facts.server_side;
  TcpDirection& stream = by_client ? entry.from_client : entry.from_server;

  if (segment.flags.rst) {
    stream.note_sent(segment.sequence);
    if (entry.facts.reset) return;
    entry.facts.reset = true;
    entry.facts.reset_packet = segment.frame.number;
    entry.facts.reset_by_client = by_client;
    end(table_.find(entry.key)->second);
    return;
  }
  if (segment.window == 0 && side.zero_windows++ == 0) side.first_zero_window_packet = segment.frame.number;
  if (segment.flags.syn) note_syn(entry, segment, by_client);
  if (segment.flags.ack) note_acknowledgement(entry, segment, by_client);
  const bool early = segment.length > 0 && !entry.facts.handshake && entry.facts.syn_packet != 0;
  if (early && entry.facts.early_data_packet == 0) entry.facts.early_data_packet = segment.frame.number;
  stream.add({sink_, entry.facts, side, by_client ? Direction::to_server : Direction::to_client, waiting_bytes_},
             segment, segment.sequence + (segment.flags.syn ? 1 : 0));
  if (entry.from_client.finished() && entry.from_server.finished()) {
    close(entry);
    if (!entry.ended) end(table_.find(entry.key)->second);
  }
}

void TcpStreams::note_syn(Entry& entry, const TcpSegment& segment, bool by_client) {
  TcpConversation::Side& side = by_client ? entry.facts.client_side : entry.facts.server_side;
  TcpDirection& stream = by_client ? entry.from_client : entry.from_server;
  std::uint64_t& packet = segment.flags.ack ? entry.facts.synack_packet : entry.facts.syn_packet;
  if (packet != 0 && packet != segment.frame.number) {
    side.count_retransmission(segment.frame);
  } else {
    packet = segment.frame.number;
  }
  if (!stream.started() || stream.untouched()) stream.start(segment.sequence + 1);
}

void TcpStreams::note_acknowledgement(Entry& entry, const TcpSegment& segment, bool by_client) {
  TcpConversation& facts = entry.facts;
  TcpDirection& other = by_client ? entry.from_server : entry.from_client;
  if (by_client && !segment.flags.syn && facts.syn_packet != 0 && facts.synack_packet != 0 && !facts.handshake &&
      other.acknowledges_start(segment.acknowledgement)) {
    facts.handshake = true;
    facts.handshake_packet = segment.frame.number;
    facts.handshake_time_ns = segment.frame.time_ns;
  }
  other.acknowledged({sink_, facts, by_client ? facts.server_side : facts.client_side,
                      by_client ? Direction::to_client : Direction::to_server, waiting_bytes_},
                     segment.acknowledgement);
}

TcpStreams::Entry& TcpStreams::entry_of(const TcpSegment& segment) {
  const bool source_is_low = segment.source < segment.destination;
  const Key key{source_is_low ? segment.source : segment.destination,
                source_is_low ? segment.destination : segment.source};
  const auto found = table_.find(key);
  if (found == table_.end()) return open(key, segment);
  Entry& entry = *found->second;
  if (segment.flags.syn && !segment.flags.ack) {
    const TcpDirection& stream = segment.source == entry.facts.client ? entry.from_client : entry.from_server;
    const bool other_start = stream.started() && !stream.starts_at(segment.sequence + 1);
    if (entry.facts.reset || other_start) {  // the ports are used again
      remove(found->second);
      return open(key, segment);
    }
  }
  return entry;
}

TcpStreams::Entry& TcpStreams::open(const Key& key, const TcpSegment& segment) {
  if (table_.size() >= max_conversations) {
    const Entries::iterator oldest = ended_.empty() ? live_.begin() : ended_.begin();
    oldest->facts.crowded_out = !oldest->ended;
    remove(oldest);
  }
  Entry& entry = live_.emplace_back();
  entry.key = key;
  table_.emplace(key, std::prev(live_.end()));
  const bool from_client =
      segment.flags.syn ? !segment.flags.ack : segment.source.port.value >= segment.destination.port.value;
  entry.facts.id = next_id_++;
  entry.facts.client = from_client ? segment.source : segment.destination;
  entry.facts.server = from_client ? segment.destination : segment.source;
  entry.facts.first_packet = entry.facts.last_packet = segment.frame.number;
  if (segment.flags.syn) (from_client ? entry.facts.syn_packet : entry.facts.synack_packet) = segment.frame.number;
  sink_.on_open(entry.facts);
  return entry;
}

void TcpStreams::close(Entry& entry) {
  if (entry.closed) return;
  entry.closed = true;
  entry.facts.client_side.incomplete = entry.from_client.incomplete();
  entry.facts.server_side.incomplete = entry.from_server.incomplete();
  entry.from_client.drop_waiting(waiting_bytes_);
  entry.from_server.drop_waiting(waiting_bytes_);
  sink_.on_close(entry.facts);
}

// Moves it to the ended ones, of which only the latest are kept.
void TcpStreams::end(Entries::iterator entry) {
  entry->ended = true;
  ended_.splice(ended_.end(), live_, entry);
  if (ended_.size() > max_ended) remove(ended_.begin());
}

void TcpStreams::remove(Entries::iterator entry) {
  close(*entry);
  table_.erase(entry->key);
  (entry->ended ? ended_ : live_).erase(entry);
}

void TcpStreams::finish() {
  std::vector<Entry*> open;
  for (Entries* entries : {&live_, &ended_}) {
    for (Entry& entry : *entries) {
      if (!entry.closed) open.push_back(&entry);
    }
  }
  std::sort(open.begin(), open.end(), [](const Entry* a, const Entry* b) { return a->facts.id < b->facts.id; });
  for (Entry* entry : open) close(*entry);
  table_.clear();
  live_.clear();
  ended_.clear();
}

}  // namespace echolab::capture
