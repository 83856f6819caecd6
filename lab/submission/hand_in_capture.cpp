#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "lab/base/diagnostic.h"
#include "lab/base/file.h"
#include "lab/base/text.h"
#include "lab/capture/packet_decoder.h"
#include "lab/capture/read_capture.h"
#include "lab/conversations/judge_capture.h"
#include "lab/scenario/message_template.h"
#include "lab/submission/echoed_texts.h"
#include "lab/submission/hand_in.h"
#include "lab/submission/hand_in_finding.h"

namespace echolab::submission {

namespace {

using conversations::CaptureVerdict;
using conversations::Conversation;

constexpr std::size_t shown_columns = 48, most_shown = 3;

// What the assignment's texts are for this student. A variable without a value is nobody's fault but the roster's.
struct AskedTexts {
  std::vector<SoughtText> texts;
  std::string missing;  // the first variable without a value
};

AskedTexts fill_in(const scenario::HandIn& asked, const scenario::Identity& identity) {
  AskedTexts result;
  for (const std::string& text : asked.texts) {
    bool complete = true;
    const std::string filled = scenario::fill_template(
        scenario::parse_template(text), false, [&](std::string_view name) -> std::optional<std::string> {
          const auto value =
              std::find_if(identity.begin(), identity.end(), [&](const auto& each) { return each.first == name; });
          if (value != identity.end() && !value->second.empty()) return value->second;
          complete = false;
          if (result.missing.empty()) result.missing = name;
          return std::nullopt;
        });
    if (complete && !filled.empty()) result.texts.push_back(sought(filled));
  }
  return result;
}

// Compressed captures are refused: a small one can be any length.
bool is_compressed(const std::filesystem::path& file) {
  const UniqueFd fd = open_for_reading(file);
  std::array<unsigned char, 4> start{};
  const ssize_t got = ::pread(fd.get(), start.data(), start.size(), 0);
  constexpr std::array<unsigned char, 4> zstd{0x28, 0xb5, 0x2f, 0xfd};
  return got >= 2 && ((start[0] == 0x1f && start[1] == 0x8b) || (got == 4 && start == zstd));
}

void search(const std::filesystem::path& file, EchoedTexts& texts) {
  capture::FrameReader reader(file);
  capture::PacketDecoder decoder(texts);
  try {
    for (capture::Frame frame; reader.next(frame);) decoder.decode(frame);
  } catch (const capture::CaptureError&) {
    // Damaged from here on: what came before still counts.
  }
  texts.finish();
}

bool has_echo(const Conversation& conversation) {
  if (conversation.tcp) return conversation.tcp->bytes_echoed > 0;
  return conversation.echoed.value_or(0) > 0;
}

// "'hello' (packet 3)": what was sent instead.
std::string texts_there(const CaptureVerdict& verdict) {
  std::string shown;
  std::size_t count = 0;
  for (const Conversation& conversation : verdict.conversations) {
    if (conversation.opening.empty()) continue;
    if (++count > most_shown) continue;
    shown +=
        fmt::format("{}'{}' (from packet {} on)", shown.empty() ? "" : ", ",
                    cut_to_width(escape_for_terminal(conversation.opening), shown_columns), conversation.first_packet);
  }
  if (count > most_shown) shown += fmt::format(" and {} more", count - most_shown);
  return shown;
}

std::string quoted(const SoughtText& text) {
  return fmt::format("'{}'", cut_to_width(escape_for_terminal(text.text), shown_columns));
}

class CaptureHandIn {
 public:
  CaptureHandIn(verify::Finding& finding, const std::string& name) : finding_(finding), name_(name) {}

  void judge(const std::filesystem::path& file, AskedTexts asked) {
    if (is_compressed(file)) return fail("the capture is compressed", "save it again without compression");
    CaptureVerdict verdict;
    try {
      verdict = conversations::judge_capture(file, {});
    } catch (const InvalidInput& error) {
      return fail(error.diagnostics().empty() ? "this is no capture" : error.diagnostics().front().message,
                  "Wireshark saves one with File, Save as, pcapng");
    }
    const std::string end = verdict.truncated || verdict.damaged_at
                                ? fmt::format(" (the file {} after packet {})",
                                              verdict.truncated ? "is cut off" : "is damaged", verdict.packets)
                                : "";
    if (verdict.packets == 0)
      return fail("the capture holds no packet" + end, "stop the capture after the exchange, then save");
    if (std::none_of(verdict.conversations.begin(), verdict.conversations.end(), has_echo))
      return no_echo(verdict, end);
    EchoedTexts texts(std::move(asked.texts));
    search(file, texts);
    tell(texts, verdict, end, asked.missing);
  }

 private:
  void fail(std::string message, std::string hint) {
    finding_.outcome = verify::Outcome::failed;
    finding_.message = std::move(message);
    finding_.hint = std::move(hint);
  }
  void cite(std::uint64_t packet) {
    const bool known = std::any_of(finding_.evidence.begin(), finding_.evidence.end(),
                                   [&](const verify::Evidence& each) { return each.number == packet; });
    if (!known) finding_.evidence.push_back({verify::Evidence::Kind::packet, name_, packet});
  }

  void no_echo(const CaptureVerdict& verdict, const std::string& end) {
    const std::string packets = counted(verdict.packets, "packet", "packets");
    if (verdict.conversations.empty()) {
      return fail(fmt::format("no echo exchange is in the capture: none of its {} belongs to one{}", packets, end),
                  "choose the loopback adapter when both programs run on one machine");
    }
    const Conversation& first = verdict.conversations.front();
    cite(first.first_packet);
    const std::string texts = texts_there(verdict);
    fail(fmt::format("nothing in the capture came back as it was sent{}{}{}", texts.empty() ? "" : ": ", texts, end),
         "the server's answer must be in the capture too, with the same bytes");
  }

  void tell(const EchoedTexts& texts, const CaptureVerdict& verdict, const std::string& end,
            const std::string& missing) {
    std::string passed;
    for (std::size_t i = 0; i < texts.texts().size(); ++i) {
      const TextSighting& sighting = texts.sightings()[i];
      if (!sighting.echoed()) return not_echoed(texts.texts()[i], sighting, verdict, end);
      cite(sighting.request_packet);
      cite(sighting.echo_packet);
      passed += fmt::format("{}{} was sent in packet {} and came back in packet {}", passed.empty() ? "" : "; ",
                            quoted(texts.texts()[i]), sighting.request_packet, sighting.echo_packet);
    }
    if (!missing.empty()) {
      finding_.outcome = verify::Outcome::inconclusive;
      finding_.message = fmt::format("the roster does not say the student's {}, which the capture must show", missing);
      finding_.hint = "add the column to the roster, and grade again";
      return;
    }
    finding_.outcome = verify::Outcome::passed;
    finding_.message = passed.empty() ? "the capture shows an echo exchange" : std::move(passed);
  }

  void not_echoed(const SoughtText& text, const TextSighting& sighting, const CaptureVerdict& verdict,
                  const std::string& end) {
    finding_.evidence.clear();
    finding_.expected = cut_to_width(escape_for_terminal(text.text), 64);
    if (sighting.sent_packet != 0) {
      cite(sighting.sent_packet);
      return fail(fmt::format("{} was sent in packet {}, but never came back with the same bytes{}", quoted(text),
                              sighting.sent_packet, end),
                  "the server must send back what it received, and the capture must last until then");
    }
    const auto echo = std::find_if(verdict.conversations.begin(), verdict.conversations.end(), has_echo);
    cite(echo->first_packet);
    finding_.got = cut_to_width(escape_for_terminal(echo->opening), 64);
    const std::string there = texts_there(verdict);
    fail(fmt::format("{} is in no message; sent were {}{}", quoted(text), there.empty() ? "other bytes" : there, end),
         "send the text that the assignment asks for, as UTF-8 or CP949");
  }

  verify::Finding& finding_;
  const std::string& name_;
};

}  // namespace

verify::Finding judge_capture(const std::optional<std::filesystem::path>& file, const std::string& name,
                              const scenario::HandIn& asked, const scenario::Identity& identity) {
  verify::Finding finding = hand_in_finding("hand_in_capture", identity);
  if (!file) {
    finding.message = "no capture was handed in";
    finding.hint = fmt::format("hand in {0}.pcapng (or {0}.pcap)", finding.subject);
    return finding;
  }
  CaptureHandIn(finding, name).judge(*file, fill_in(asked, identity));
  return finding;
}

}  // namespace echolab::submission
