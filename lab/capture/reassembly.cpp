#include "lab/capture/reassembly.h"

#include <cstring>

#include "lab/capture/byte_order.h"

namespace echolab::capture {

namespace {

constexpr std::size_t max_datagram = 65535;
constexpr std::size_t units = (max_datagram + 7) / 8;  // fragments start at multiples of eight bytes
constexpr std::int64_t lifetime_ns = 30'000'000'000;

std::uint32_t hash_of(const FragmentKey& key) {
  std::uint64_t hash = key.id * 0x9E3779B97F4A7C15u + key.interface + key.protocol;
  for (const IpAddress* address : {&key.source, &key.destination}) {
    for (const std::size_t at : {std::size_t{0}, std::size_t{8}}) {
      hash = (hash ^ load_le64(address->bytes().data() + at)) * 0xD1B54A32D192ED03u;
      hash ^= hash >> 29;
    }
  }
  return static_cast<std::uint32_t>(hash >> 32) | 1;  // 0 marks a free slot
}

}  // namespace

struct Reassembly::Slot {
  FragmentKey key;
  std::int64_t first_time_ns = 0;
  std::uint64_t first_frame = 0;
  std::size_t total = 0;    // 0 until the last fragment came
  std::size_t highest = 0;  // end of the furthest fragment
  std::size_t units_present = 0;
  std::size_t captured = 0;  // bytes below this were captured, as far as they came
  std::uint8_t next_header = 0;
  bool spoiled = false;
  bool finished = false;  // handed out by the last add(): free at the next
  std::vector<std::uint64_t> frames;
  std::bitset<units> present;
  std::uint8_t bytes[max_datagram + 1];
};

Reassembly::Reassembly() = default;
Reassembly::~Reassembly() = default;

Reassembly::Slot* Reassembly::find(const FragmentKey& key, std::uint32_t hash, std::int64_t now_ns) {
  for (std::size_t i = 0; i < hashes_.size(); ++i) {
    if (hashes_[i] != hash || !(storage_[i]->key == key)) continue;
    const std::int64_t age = nanoseconds_between(storage_[i]->first_time_ns, now_ns);
    if (!storage_[i]->finished && age <= lifetime_ns) return storage_[i].get();
    release(i);  // too old: the same identification names another datagram by now
    return nullptr;
  }
  return nullptr;
}

void Reassembly::release(std::size_t index) {
  Slot& slot = *storage_[index];
  if (!slot.finished && !slot.spoiled) {
    --open_;
    ++given_up_;
  }
  hashes_[index] = 0;
}

Reassembly::Slot& Reassembly::make(const FragmentKey& key, std::uint32_t hash, const Frame& frame) {
  std::size_t index = hashes_.size();
  std::size_t oldest = 0;
  for (std::size_t i = 0; i < hashes_.size(); ++i) {
    if (hashes_[i] == 0 || storage_[i]->finished) {
      index = i;
      break;
    }
    if (storage_[i]->first_frame < storage_[oldest]->first_frame) oldest = i;
  }
  if (index == hashes_.size() && index < slots) {
    hashes_.push_back(0);
    storage_.push_back(std::make_unique_for_overwrite<Slot>());
    storage_.back()->finished = true;
  }
  if (index == slots) index = oldest;
  if (hashes_[index] != 0) release(index);
  hashes_[index] = hash;
  ++open_;
  Slot& slot = *storage_[index];
  slot.key = key;
  slot.first_time_ns = frame.time_ns;
  slot.first_frame = frame.number;
  slot.total = slot.highest = slot.units_present = 0;
  slot.captured = max_datagram;
  slot.next_header = 0;
  slot.spoiled = slot.finished = false;
  slot.frames.clear();
  slot.present.reset();
  return slot;
}

Reassembly::Result Reassembly::add(const Frame& frame, const Fragment& fragment, WholeDatagram& whole) {
  const std::size_t size = fragment.payload.length;
  const std::size_t end = fragment.offset + size;
  if (size == 0 || end > max_datagram || (fragment.more && size % 8 != 0)) return Result::malformed;

  const std::uint32_t hash = hash_of(fragment.key);
  Slot* found = find(fragment.key, hash, frame.time_ns);
  Slot& slot = found != nullptr ? *found : make(fragment.key, hash, frame);
  if (slot.spoiled) return Result::malformed;

  const std::size_t first_unit = fragment.offset / 8, end_unit = (end + 7) / 8;
  std::size_t repeated = 0;
  for (std::size_t unit = first_unit; unit < end_unit; ++unit) repeated += slot.present[unit];
  const bool beyond = slot.total != 0 && end > slot.total;
  const bool second_end = !fragment.more && ((slot.total != 0 && end != slot.total) || end < slot.highest);
  if (beyond || second_end || (repeated != 0 && repeated != end_unit - first_unit)) {
    slot.spoiled = true;
    --open_;
    return Result::malformed;
  }
  if (repeated != 0) return Result::stored;

  std::memcpy(slot.bytes + fragment.offset, fragment.payload.data, fragment.payload.captured);
  if (fragment.payload.cut()) slot.captured = std::min(slot.captured, fragment.offset + fragment.payload.captured);
  for (std::size_t unit = first_unit; unit < end_unit; ++unit) slot.present.set(unit);
  slot.units_present += end_unit - first_unit;
  slot.highest = std::max(slot.highest, end);
  if (!fragment.more) slot.total = end;
  if (fragment.offset == 0) slot.next_header = fragment.next_header;
  slot.frames.push_back(frame.number);  // at most one per unit: repeats are not counted
  if (slot.total == 0 || slot.units_present != (slot.total + 7) / 8) return Result::stored;

  --open_;
  slot.finished = true;
  whole.payload = {slot.bytes, std::min(slot.captured, slot.total), slot.total};
  whole.next_header = slot.next_header;
  whole.frames = slot.frames;
  return Result::complete;
}

}  // namespace echolab::capture
