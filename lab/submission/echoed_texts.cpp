#include "lab/submission/echoed_texts.h"

#include <algorithm>

#include "lab/base/cp949.h"
#include "lab/base/unicode.h"

namespace echolab::submission {

namespace {

std::string_view text_of(capture::Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

SoughtText sought(std::string text) {
  SoughtText result{to_nfc(text), {}};
  result.forms.push_back(result.text);
  const auto add = [&](std::string form) {
    if (std::find(result.forms.begin(), result.forms.end(), form) == result.forms.end()) {
      result.forms.push_back(std::move(form));
    }
  };
  add(to_nfd(result.text));
  if (auto cp949 = to_cp949(result.text)) add(std::move(*cp949));
  return result;
}

EchoedTexts::EchoedTexts(std::vector<SoughtText> texts) : texts_(std::move(texts)), sightings_(texts_.size()) {
  for (const SoughtText& text : texts_) {
    for (const std::string& form : text.forms) longest_ = std::max(longest_, form.size());
  }
}

void EchoedTexts::saw_echo(std::size_t text, std::uint64_t request, std::uint64_t echo) {
  TextSighting& sighting = sightings_[text];
  if (sighting.echoed()) return;
  sighting.request_packet = request;
  sighting.echo_packet = echo;
}

void EchoedTexts::on_udp(const capture::UdpDatagram& datagram) {
  if (datagram.payload.empty() || datagram.length != datagram.payload.size()) return;  // cut: no proof of equality
  const std::string_view payload = text_of(datagram.payload);
  std::vector<std::size_t> held;  // allocates only for the few datagrams that hold a text
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    if (sightings_[i].echoed()) continue;
    const std::vector<std::string>& forms = texts_[i].forms;
    if (std::any_of(forms.begin(), forms.end(),
                    [&](const std::string& form) { return payload.find(form) != std::string_view::npos; })) {
      held.push_back(i);
    }
  }
  if (held.empty()) return;
  const auto request = waiting_.find({datagram.destination, datagram.source, std::string(payload)});
  if (request != waiting_.end()) {
    for (const std::size_t text : request->second.texts) saw_echo(text, request->second.packet, datagram.frame.number);
    return;
  }
  for (const std::size_t text : held) {
    if (sightings_[text].sent_packet == 0) sightings_[text].sent_packet = datagram.frame.number;
  }
  if (waiting_.size() >= most_waiting || waiting_bytes_ + payload.size() > most_waiting_bytes) return;
  const auto [entry, is_new] = waiting_.try_emplace({datagram.source, datagram.destination, std::string(payload)});
  if (!is_new) return;  // sent again: the first one counts
  entry->second = {datagram.frame.number, std::move(held)};
  waiting_bytes_ += payload.size();
}

void EchoedTexts::on_data(const capture::TcpConversation& conversation, capture::Direction direction,
                          std::uint64_t offset, capture::Bytes bytes, const capture::Frame& packet) {
  if (longest_ == 0) return;
  Tail& tail = tails_[conversation.id][direction == capture::Direction::to_server ? 0 : 1];
  if (tail.end != offset) tail.bytes.clear();  // behind a gap
  const std::size_t kept = tail.bytes.size();
  tail.bytes.append(text_of(bytes));
  tail.end = offset + bytes.size();
  const std::uint64_t begin = tail.end - tail.bytes.size();
  for (std::size_t text = 0; text < texts_.size(); ++text) {
    if (sightings_[text].echoed()) continue;
    for (std::size_t form = 0; form < texts_[text].forms.size(); ++form) {
      const std::string& wanted = texts_[text].forms[form];
      // From where an occurrence would end in the new bytes.
      std::size_t at = kept >= wanted.size() ? kept - wanted.size() + 1 : 0;
      for (at = tail.bytes.find(wanted, at); at != std::string::npos;
           at = tail.bytes.find(wanted, at + wanted.size())) {
        saw_in_stream({conversation.id, text, form, begin + at}, direction, packet.number);
      }
    }
  }
  if (tail.bytes.size() >= longest_) tail.bytes.erase(0, tail.bytes.size() - (longest_ - 1));
}

void EchoedTexts::saw_in_stream(const Place& place, capture::Direction direction, std::uint64_t packet) {
  TextSighting& sighting = sightings_[place.text];
  const auto found = places_.find(place);
  if (found != places_.end()) {
    if (found->second.direction == direction) return;
    // Segments may have been captured out of order; the request is the one that came first all the same.
    saw_echo(place.text, std::min(found->second.packet, packet), std::max(found->second.packet, packet));
    return;
  }
  if (sighting.sent_packet == 0) sighting.sent_packet = packet;
  if (places_.size() < most_places) places_.emplace(place, Seen{packet, direction});
}

void EchoedTexts::on_close(const capture::TcpConversation& conversation) {
  tails_.erase(conversation.id);
  const auto begin = places_.lower_bound(Place{conversation.id, 0, 0, 0});
  places_.erase(begin, places_.lower_bound(Place{conversation.id + 1, 0, 0, 0}));
}

}  // namespace echolab::submission
