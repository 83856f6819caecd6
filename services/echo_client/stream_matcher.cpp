#include "services/echo_client/stream_matcher.h"

#include <algorithm>
#include <cstring>

#include "services/echo_client/payload_comparison.h"

namespace echo {

void StreamMatcher::sent(std::uint64_t message, std::int64_t now_ns) {
  sent_.push_back({message, now_ns, false});
  ++open_;
}

std::size_t StreamMatcher::receive(std::span<const std::uint8_t> bytes, std::int64_t now_ns, const OnEcho& on_echo) {
  for (;;) {
    const std::uint64_t size = payload_.size(client_, message_);
    if (done_ == size && !sent_.empty() && sent_.front().message == message_) {
      complete(now_ns, on_echo);  // an empty message is complete without a byte
      continue;
    }
    const std::uint64_t may_come = std::min(size - done_, sent_bytes_ - received_);
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(may_come, bytes.size()));
    if (count == 0) return bytes.size();
    const auto piece = bytes.first(count);
    bytes = bytes.subspan(count);
    if (!difference_) difference_ = first_difference(payload_, client_, message_, done_, piece);
    hash_.update(piece);
    if (done_ < beginning_.size()) {
      std::memcpy(beginning_.data() + done_, piece.data(),
                  std::min(piece.size(), beginning_.size() - static_cast<std::size_t>(done_)));
    }
    done_ += count;
    received_ += count;
  }
}

void StreamMatcher::complete(std::int64_t now_ns, const OnEcho& on_echo) {
  const Sent request = sent_.front();
  sent_.pop_front();
  if (!request.expired) --open_;
  StreamEcho echo;
  echo.status = difference_ ? EchoStatus::altered : request.expired ? EchoStatus::late : EchoStatus::echo;
  echo.message = message_;
  echo.offset = received_ - done_;
  echo.length = done_;
  echo.hash = hash_.digest();
  echo.beginning = {beginning_.data(), static_cast<std::size_t>(std::min<std::uint64_t>(done_, beginning_.size()))};
  echo.rtt_ns = now_ns - request.at_ns;
  echo.first_difference = difference_;
  begin_message();
  on_echo(echo);
}

void StreamMatcher::begin_message() {
  ++message_;
  done_ = 0;
  difference_.reset();
  hash_.reset();
}

bool StreamMatcher::expire(std::uint64_t message) {
  const auto found =
      std::find_if(sent_.begin(), sent_.end(), [message](const Sent& request) { return request.message == message; });
  if (found == sent_.end() || found->expired) return false;
  found->expired = true;
  --open_;
  return true;
}

}  // namespace echo
