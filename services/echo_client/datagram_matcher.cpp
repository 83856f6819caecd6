#include "services/echo_client/datagram_matcher.h"

#include <algorithm>
#include <vector>

#include "services/echo_client/payload_comparison.h"

namespace echo {

void DatagramMatcher::sent(std::uint64_t message, std::uint64_t length, std::uint64_t hash, std::int64_t now_ns) {
  const auto found = find_open(message);
  if (found == open_.end()) {
    open_.push_back({message, length, hash, now_ns, 1});
    return;
  }
  Request& request = open_[static_cast<std::size_t>(found - open_.begin())];
  request.sent_ns = now_ns;
  ++request.attempts;
}

DatagramMatcher::Requests::const_iterator DatagramMatcher::find_open(std::uint64_t message) const {
  const auto found =
      std::lower_bound(open_.begin(), open_.end(), message,
                       [](const Request& request, std::uint64_t wanted) { return request.message < wanted; });
  return found != open_.end() && found->message == message ? found : open_.end();
}

std::uint64_t DatagramMatcher::attempts(std::uint64_t message) const {
  const auto found = find_open(message);
  return found == open_.end() ? 0 : found->attempts;
}

void DatagramMatcher::expire(std::uint64_t message) {
  const auto found = find_open(message);
  if (found == open_.end()) return;
  remember(expired_, *found);
  open_.erase(found);
}

DatagramMatch DatagramMatcher::match(std::span<const std::uint8_t> bytes, std::uint64_t hash, std::int64_t now_ns) {
  const auto same = [&](const Request& request) { return same_bytes(request, bytes, hash); };
  if (const auto it = std::find_if(open_.cbegin(), open_.cend(), same); it != open_.cend()) {
    return answer(open_, it, EchoStatus::echo, now_ns);
  }
  if (const auto it = std::find_if(expired_.cbegin(), expired_.cend(), same); it != expired_.cend()) {
    return answer(expired_, it, EchoStatus::late, now_ns);
  }
  if (const auto it = std::find_if(answered_.crbegin(), answered_.crend(), same); it != answered_.crend()) {
    return {EchoStatus::duplicate, it->message, now_ns - it->sent_ns, it->attempts > 1, std::nullopt};
  }
  const auto it =
      std::find_if(open_.cbegin(), open_.cend(), [&](const Request& request) { return resembles(request, bytes); });
  if (it == open_.cend()) return {};
  const std::size_t common = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), it->length));
  const auto difference = first_difference(payload_, client_, it->message, 0, bytes.first(common)).value_or(common);
  DatagramMatch match = answer(open_, it, EchoStatus::altered, now_ns);
  match.first_difference = difference;
  return match;
}

bool DatagramMatcher::same_bytes(const Request& request, std::span<const std::uint8_t> bytes,
                                 std::uint64_t hash) const {
  return request.hash == hash && request.length == bytes.size() &&
         !first_difference(payload_, client_, request.message, 0, bytes);
}

bool DatagramMatcher::resembles(const Request& request, std::span<const std::uint8_t> bytes) const {
  if (request.length == bytes.size()) return true;
  if (request.length == 0 || bytes.empty()) return false;
  std::vector<std::uint8_t> ours(static_cast<std::size_t>(request.length));
  payload_.fill(client_, request.message, 0, ours);
  const std::size_t shorter = std::min(ours.size(), bytes.size()), longer = std::max(ours.size(), bytes.size());
  std::size_t front = 0, back = 0;
  while (front < shorter && ours[front] == bytes[front]) ++front;
  while (back < shorter - front && ours[ours.size() - 1 - back] == bytes[bytes.size() - 1 - back]) ++back;
  return front == shorter || (front + back) * 2 >= longer;
}

DatagramMatch DatagramMatcher::answer(Requests& from, Requests::const_iterator request, EchoStatus status,
                                      std::int64_t now_ns) {
  const Request found = *request;
  from.erase(request);
  remember(answered_, found);
  return {status, found.message, now_ns - found.sent_ns, found.attempts > 1, std::nullopt};
}

void DatagramMatcher::remember(Requests& history, const Request& request) {
  if (history.size() == max_history) history.pop_front();
  history.push_back(request);
}

}  // namespace echo
