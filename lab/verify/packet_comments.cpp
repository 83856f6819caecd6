#include "lab/verify/packet_comments.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>

#include "lab/base/clock.h"
#include "lab/base/text.h"

namespace echolab::verify {

namespace {

// One sentence in the making.
class Sentence {
 public:
  Sentence(const plan::Plan& plan, const Annotations& annotations, const Annotation& annotation, std::string& out)
      : plan_(plan), annotations_(annotations), annotation_(annotation), out_(out) {}

  void write();

 private:
  template <typename... Arguments>
  void put(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Arguments>(arguments)...);
  }

  bool has_exchange() const { return annotation_.exchange < plan_.exchanges.size(); }
  const plan::Exchange& exchange() const { return plan_.exchanges[annotation_.exchange]; }
  const std::string& client() const { return annotations_.subject(annotation_.exchange); }
  const std::string& other_client() const {
    return annotations_.subject(static_cast<std::uint32_t>(annotation_.value));
  }
  std::string duration() const { return humanize_duration(Nanoseconds(static_cast<std::int64_t>(annotation_.value))); }
  std::uint64_t planned_size() const {
    return plan::payload_size(exchange().payload, exchange().client, annotation_.message);
  }

  // "client-1 message 3", with the attempt when it is not the first.
  void message() {
    if (annotation_.message == 0) {
      put("{} datagram that is not planned", client());
    } else {
      put("{} message {}", client(), annotation_.message);
    }
    if (annotation_.attempt > 1) put(", attempt {}", annotation_.attempt);
  }
  void in_packet(std::string_view before, std::string_view after = "") {
    if (annotation_.other != 0) put("{}packet {}{}", before, annotation_.other, after);
  }
  void of_message(std::string_view what) {
    put("{} ", what);
    message();
    in_packet(" (", ")");
  }
  void difference(std::string_view should);
  // A connection attempt that carried nothing may be anybody's.
  std::string_view whose() const { return has_exchange() ? std::string_view(client()) : "a client not known"; }

  void write_request();
  void write_reply();
  void write_connection();

  const plan::Plan& plan_;
  const Annotations& annotations_;
  const Annotation& annotation_;
  std::string& out_;
};

// The first byte that differs, or that one ends before the other; `should` is "was" or "planned".
void Sentence::difference(std::string_view should) {
  const std::uint64_t size = planned_size();
  if (annotation_.value < size && annotation_.value < annotation_.length) {
    put("byte {} is 0x{:02x}, {} 0x{:02x}", annotation_.value, annotation_.is, should, annotation_.was);
    if (annotation_.length != size) put("; {} bytes, {} {}", annotation_.length, should, size);
  } else if (annotation_.length < size) {
    put("only the first {} of {} bytes", annotation_.length, size);
  } else {
    put("{} more than the {} bytes {}", annotation_.length - size, size, should == "was" ? "sent" : should);
  }
}

void Sentence::write_request() {
  switch (annotation_.note) {
    case Note::request_differs:
      put("{} sent this instead of message {}: ", client(), annotation_.message);
      difference("planned");
      return;
    case Note::request_differs_tcp:
      put("{} message {} is not as planned: at stream offset {}: 0x{:02x}, planned 0x{:02x}", client(),
          annotation_.message, annotation_.value, annotation_.is, annotation_.was);
      return;
    case Note::request_unplanned:
      put("{} sent more than is planned", client());
      return;
    default:
      break;
  }
  message();
  switch (annotation_.note) {
    case Note::request_echoed:
      in_packet(", echoed in ");
      put(" after {}", duration());
      return;
    case Note::request_late:
      in_packet(", echoed too late in ");
      put(" after {} (timeout {})", duration(), format_duration(exchange().timeout));
      return;
    case Note::request_altered:
      in_packet(", altered in ");
      return;
    case Note::request_misdirected:
      in_packet(", its echo went in ");
      put(" to {}", other_client());
      return;
    case Note::request_sent_again:
      in_packet(", sent again in ");
      return;
    case Note::request_unjudged:
      put(", its echo is not judged: what was sent is not as planned");
      return;
    case Note::request_unverified:
      put(", its echo is not whole in the capture");
      return;
    default:
      put(", no echo in the capture");
      return;
  }
}

void Sentence::write_reply() {
  switch (annotation_.note) {
    case Note::echo:
      of_message("echo of");
      put(", after {}", duration());
      return;
    case Note::echo_late:
      of_message("late echo of");
      put(", after {} (timeout {})", duration(), format_duration(exchange().timeout));
      return;
    case Note::resembled:
      put("unsolicited: resembles ");
      message();
      in_packet(", whose true echo is ");
      return;
    case Note::altered:
      put("altered: ");
      difference("was");
      of_message(", reply to");
      return;
    case Note::altered_unknown:
      if (annotation_.length == annotation_.value) {
        put("altered: {} bytes as were sent, but not the same", annotation_.length);
      } else {
        put("altered: {} bytes came back of {}", annotation_.length, annotation_.value);
      }
      of_message(", reply to");
      return;
    case Note::altered_tcp:
      put("altered at stream offset {}: 0x{:02x}, was 0x{:02x}", annotation_.value, annotation_.is, annotation_.was);
      of_message(", reply to");
      return;
    case Note::duplicate:
      put("duplicate: another echo of ");
      message();
      in_packet(", first echoed in ");
      return;
    case Note::orphan:
      of_message("echo of");
      put(", whose request is not in the capture");
      return;
    case Note::unsolicited:
      put("unsolicited: {} sent nothing that this answers", client());
      return;
    case Note::other_port:
      put("no echo: {} asked {}, and another endpoint replies", client(), exchange().server.to_string());
      if (annotation_.other != 0) of_message(", with the bytes of");
      return;
    case Note::wrong_client:
      put("wrong client: these are the bytes of {}", other_client());
      if (annotation_.message != 0) put(" message {}", annotation_.message);
      in_packet(" (", ")");
      put(", sent to {}", client());
      return;
    case Note::beyond:
      put("more came back than was sent: the stream of {} ends at offset {}", client(), annotation_.value);
      return;
    case Note::stray_from_server:
      put("unsolicited: a server sent it, and no client of the plan asked");
      return;
    default:
      put("not planned: no client of the plan has this endpoint");
      return;
  }
}

void Sentence::write_connection() {
  switch (annotation_.note) {
    case Note::handshake_syn:
      return put("handshake 1 of 3 (SYN), {}", whose());
    case Note::handshake_synack:
      return put("handshake 2 of 3 (SYN+ACK), {}", whose());
    case Note::handshake_ack:
      return put("handshake 3 of 3 (ACK), {}", whose());
    case Note::unplanned_connection:
      return put("a further connection of {}: not planned", client());
    case Note::more_messages:
      return put("and {} more message{} of {}", annotation_.value, annotation_.value == 1 ? "" : "s", client());
    case Note::fragment:
      put("fragment of a datagram");
      return in_packet(", whole in ");
    case Note::refused:
      return put("the server refuses the connection of {} (RST)", whose());
    case Note::server_reset:
      return put("the server cuts the connection of {} (RST)", whose());
    case Note::client_reset:
      return put("{} cuts the connection (RST)", whose());
    case Note::server_fin:
      return put("the server has sent everything to {} (FIN)", whose());
    default:
      return put("{} has sent everything (FIN)", whose());
  }
}

void Sentence::write() {
  if (annotation_.note >= Note::request_differs && annotation_.note <= Note::request_unverified) {
    write_request();
  } else if (annotation_.note >= Note::echo && annotation_.note <= Note::stray_to_server) {
    write_reply();
  } else {
    write_connection();
  }
}

}  // namespace

std::span<const std::string> PacketComments::of(std::uint64_t packet) {
  const std::vector<Annotation>& all = annotations_.sorted();
  while (next_ < all.size() && all[next_].packet < packet) ++next_;
  std::size_t count = 0;
  for (; next_ < all.size() && all[next_].packet == packet; ++next_) {
    if (texts_.size() == count) texts_.emplace_back();
    texts_[count].clear();
    Sentence(plan_, annotations_, all[next_], texts_[count++]).write();
  }
  return {texts_.data(), count};
}

std::vector<std::string> PacketComments::about_all() const {
  if (annotations_.left_out() == 0) return {};
  return {fmt::format("{} packet comments were left out: only {} are kept", with_thousands(annotations_.left_out()),
                      with_thousands(annotations_.limit()))};
}

}  // namespace echolab::verify
