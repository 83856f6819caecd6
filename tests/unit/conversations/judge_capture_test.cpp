// Captures made by hand, and what must be said about them.

#include "lab/conversations/judge_capture.h"
#include "lab/base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "lab/base/diagnostic.h"
#include "lab/base/file.h"
#include "lab/capture/pcapng_writer.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/wire_builder.h"

namespace echolab::conversations {
namespace {

using test::WireBuilder;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint8_t fin = 1, syn = 2, rst = 4, psh = 8, ack = 16;

const Endpoint client{*IpAddress::parse("198.18.0.3"), Port{40123}};
const Endpoint second{*IpAddress::parse("198.18.0.4"), Port{40124}};
const Endpoint server{*IpAddress::parse("198.18.0.2"), Port{5000}};

CaptureVerdict judge_bytes(std::string_view file, const JudgeOptions& options = {}) {
  capture::FrameReader reader(capture::Bytes(reinterpret_cast<const std::uint8_t*>(file.data()), file.size()));
  return judge_frames(reader, "x.pcapng", options);
}
CaptureVerdict judge(const WireBuilder& wire, const JudgeOptions& options = {}) {
  return judge_bytes(wire.file(), options);
}
JudgeOptions on_port(std::uint16_t port) {
  JudgeOptions options;
  options.servers = {{Port{port}, std::nullopt}};
  return options;
}

// A connection with its handshake and close, sequence numbers near the wrap.
class Connection {
 public:
  explicit Connection(WireBuilder& wire) : wire_(wire) {
    send(true, syn);
    ++client_next_;
    send(false, syn | ack);
    ++server_next_;
    send(true, ack);
  }
  std::uint64_t say(bool by_client, std::string_view bytes) {
    wire_.advance_us(100);
    const std::uint64_t packet = send(by_client, psh | ack, bytes);
    (by_client ? client_next_ : server_next_) += static_cast<std::uint32_t>(bytes.size());
    return packet;
  }
  std::uint64_t send(bool by_client, std::uint8_t flags, std::string_view bytes = {}) {
    return wire_.tcp(by_client ? client : server, by_client ? server : client, by_client ? client_next_ : server_next_,
                     flags == syn ? 0
                     : by_client  ? server_next_
                                  : client_next_,
                     flags, bytes);
  }
  std::uint64_t end(bool by_client) {
    const std::uint64_t packet = send(by_client, fin | ack);
    ++(by_client ? client_next_ : server_next_);
    return packet;
  }
  void close() {
    end(true);
    end(false);
    send(true, ack);
  }
  void lose(std::uint32_t bytes) { client_next_ += bytes; }  // that the capture did not see

 private:
  WireBuilder& wire_;
  std::uint32_t client_next_ = 0xfffffff0, server_next_ = 1000;
};

TEST(JudgeCapture, PassesWhenEverythingCameBackOnce) {
  WireBuilder wire;
  for (const char* text : {"one", "two", ""}) {
    wire.udp(client, server, text);
    wire.advance_us(210);
    wire.udp(server, client, text);
  }
  const CaptureVerdict verdict = judge(wire);
  EXPECT_EQ(verdict.outcome, Outcome::passed);
  ASSERT_EQ(verdict.conversations.size(), 1u);
  const Conversation& facts = verdict.conversations[0];
  EXPECT_EQ(facts.client, client);
  EXPECT_EQ(facts.server, server);
  EXPECT_EQ(facts.requests, 3u);
  EXPECT_EQ(facts.echoed, 3u);
  ASSERT_TRUE(facts.rtt);
  EXPECT_EQ(facts.rtt->p99_ns, 210'000u);
  ASSERT_EQ(verdict.findings.size(), 1u);
  EXPECT_EQ(verdict.findings[0].outcome, Outcome::passed);
}

TEST(JudgeCapture, NamesTheRequestThatWasLost) {
  WireBuilder wire;
  wire.udp(client, server, "one");
  wire.udp(server, client, "one");
  wire.udp(client, server, "two");
  const CaptureVerdict verdict = judge(wire);
  EXPECT_EQ(verdict.outcome, Outcome::failed);
  EXPECT_EQ(verdict.conversations[0].lost, 1u);
  EXPECT_THAT(verdict.findings[0].message, HasSubstr("the request in packet 3 got no echo"));
  EXPECT_THAT(verdict.findings[0].packets, ElementsAre(3u));
}

TEST(JudgeCapture, TellsTheByteThatWasAltered) {
  WireBuilder wire;
  wire.udp(client, server, "hello a");
  wire.udp(server, client, "hello A");
  const CaptureVerdict verdict = judge(wire);
  EXPECT_EQ(verdict.outcome, Outcome::failed);
  EXPECT_EQ(verdict.conversations[0].altered, 1u);
  EXPECT_EQ(verdict.conversations[0].lost, 0u);
  EXPECT_THAT(verdict.findings[0].message, HasSubstr("byte 6 is 0x41, was 0x61"));
  EXPECT_THAT(verdict.findings[0].packets, ElementsAre(1u, 2u));
}

TEST(JudgeCapture, TellsADifferenceFarInsideALargeDatagram) {
  WireBuilder wire;
  std::string text(60'000, 'x');
  wire.udp_fragments(client, server, text, 1480);
  const std::uint64_t asked = wire.packets();
  text[51'234] = 'y';
  wire.udp_fragments(server, client, text, 1480);
  const CaptureVerdict verdict = judge(wire);
  EXPECT_THAT(verdict.findings[0].message, HasSubstr("byte 51234 is 0x79, was 0x78"));
  EXPECT_THAT(verdict.findings[0].packets, ElementsAre(asked, wire.packets()));
}

TEST(JudgeCapture, TellsLateDoubledAndUnsolicitedReplies) {
  WireBuilder wire;
  wire.udp(client, server, "slow");
  wire.advance_us(2'000'001);
  wire.udp(server, client, "slow");
  wire.udp(server, client, "slow");
  wire.udp(server, client, "buy now, this is cheap");
  const CaptureVerdict verdict = judge(wire);
  const Conversation& facts = verdict.conversations[0];
  EXPECT_EQ(facts.late, 1u);
  EXPECT_EQ(facts.duplicated, 1u);
  EXPECT_EQ(facts.unsolicited, 1u);
  EXPECT_EQ(facts.echoed, 0u);
  EXPECT_FALSE(facts.rtt);
  ASSERT_EQ(verdict.findings.size(), 3u);
  EXPECT_THAT(verdict.findings[0].message, HasSubstr("the echo in packet 2 came 2.00 s after its request in packet 1"));
  EXPECT_THAT(verdict.findings[1].packets, ElementsAre(2u, 3u));
  EXPECT_THAT(verdict.findings[2].packets, ElementsAre(4u));

  JudgeOptions patient;
  patient.timeout = std::chrono::seconds(3);
  EXPECT_EQ(judge(wire, patient).conversations[0].late, 0u);
}

TEST(JudgeCapture, FindsAReplyFromAnotherPortAndOneForAnotherClient) {
  WireBuilder wire;
  wire.udp(client, server, "from the first");
  wire.udp(second, server, "from the second");
  wire.udp(server, second, "from the first");
  Endpoint other = server;
  other.port.value = 5001;
  wire.udp(other, client, "from the first");
  const CaptureVerdict verdict = judge(wire);
  ASSERT_EQ(verdict.conversations.size(), 2u);
  std::string all;
  for (const CaptureFinding& finding : verdict.findings) all += finding.message + "\n";
  EXPECT_THAT(all, HasSubstr("packet 3 brings the bytes that 198.18.0.3:40123 sent in packet 1"));
  EXPECT_THAT(all, HasSubstr("a reply came from 198.18.0.2:5001 instead of 198.18.0.2:5000 in packet 4"));
  EXPECT_EQ(verdict.conversations[0].lost, 1u);
  EXPECT_EQ(verdict.conversations[1].lost, 1u);
}

TEST(JudgeCapture, NeverFailsForAnEchoThatMayLieBehindTheCut) {
  WireBuilder wire;
  for (int i = 0; i < 3; ++i) {
    wire.udp(client, server, "message " + std::to_string(i));
    wire.udp(server, client, "message " + std::to_string(i));
  }
  for (std::size_t size = 24; size < wire.file().size(); ++size) {
    const CaptureVerdict verdict = judge_bytes(std::string_view(wire.file()).substr(0, size));
    const bool lacks_an_echo = !verdict.conversations.empty() && verdict.conversations[0].lost > 0;
    if (verdict.truncated) {
      EXPECT_NE(verdict.outcome, Outcome::failed) << size;
    } else {
      EXPECT_EQ(verdict.outcome == Outcome::failed, lacks_an_echo) << size;  // cut between two packets: nobody can tell
    }
  }
  const CaptureVerdict cut = judge_bytes(std::string_view(wire.file()).substr(0, wire.file().size() - 1));
  EXPECT_TRUE(cut.truncated);
  EXPECT_EQ(cut.outcome, Outcome::inconclusive);
  EXPECT_THAT(cut.findings[0].message, HasSubstr("that proves nothing, for the file is cut off after packet 5"));
}

TEST(JudgeCapture, NoticesThatAFileOfOursWasCutBetweenTwoBlocks) {
  WireBuilder wire;
  wire.udp(client, server, "hello");
  const test::TemporaryFolder folder;
  for (const bool whole : {true, false}) {
    capture::FrameReader reader(
        capture::Bytes(reinterpret_cast<const std::uint8_t*>(wire.file().data()), wire.file().size()));
    capture::SectionDescription section;
    section.application = "echolab 0.1.0";
    capture::PcapngWriter file(folder / "lab.pcapng", section);
    file.add_interface({});
    capture::Frame frame;
    while (reader.next(frame)) {
      capture::PacketRecord record;
      record.time_ns = frame.time_ns;
      record.original_length = frame.original_length;
      record.data = frame.data;
      file.write(record);
    }
    if (whole) file.write_counters(0, {});
    file.close(false);
    EXPECT_EQ(judge_capture(folder / "lab.pcapng", {}).outcome, whole ? Outcome::failed : Outcome::inconclusive);
  }
}

TEST(JudgeCapture, SurvivesStampsFurtherApartThanTimeGoes) {
  WireBuilder wire;
  wire.udp(client, server, "hello");
  wire.udp(server, client, "hello");
  wire.udp(server, client, "more than was asked for");
  capture::FrameReader reader(
      capture::Bytes(reinterpret_cast<const std::uint8_t*>(wire.file().data()), wire.file().size()));
  const test::TemporaryFolder folder;
  capture::PcapngWriter file(folder / "absurd.pcapng", {});
  file.add_interface({});
  std::int64_t time_ns = std::numeric_limits<std::int64_t>::min();
  capture::Frame frame;
  while (reader.next(frame)) {
    capture::PacketRecord record;
    record.time_ns = time_ns;
    record.original_length = frame.original_length;
    record.data = frame.data;
    file.write(record);
    time_ns = std::numeric_limits<std::int64_t>::max();
  }
  file.close(false);
  const CaptureVerdict verdict = judge_capture(folder / "absurd.pcapng", {});
  EXPECT_EQ(verdict.conversations[0].requests, 1u);
  EXPECT_EQ(verdict.conversations[0].lost, 0u);
  EXPECT_EQ(verdict.conversations[0].unsolicited, 1u);
}

TEST(JudgeCapture, StillFailsForWhatACutFileShows) {
  WireBuilder wire;
  wire.udp(client, server, "hello");
  wire.udp(server, client, "HELLO");
  wire.udp(client, server, "more");
  const CaptureVerdict verdict = judge_bytes(std::string_view(wire.file()).substr(0, wire.file().size() - 1));
  EXPECT_TRUE(verdict.truncated);
  EXPECT_EQ(verdict.outcome, Outcome::failed);
}

TEST(JudgeCapture, IsInconclusiveWithoutAnythingToJudge) {
  EXPECT_EQ(judge(WireBuilder()).outcome, Outcome::inconclusive);
  WireBuilder names;
  names.udp(client, {*IpAddress::parse("192.0.2.53"), Port{53}}, "who is it");
  const CaptureVerdict verdict = judge(names);
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
  EXPECT_TRUE(verdict.conversations.empty());
  EXPECT_THAT(verdict.notes, ElementsAre(HasSubstr("left out")));
  // Named, it is judged.
  EXPECT_EQ(judge(names, on_port(53)).outcome, Outcome::failed);
}

TEST(JudgeCapture, KnowsTheServerByTheEvidence) {
  {  // A capture that began in the middle: the echo of an earlier request comes first.
    WireBuilder wire;
    wire.udp(server, client, "earlier");
    wire.udp(client, server, "hello");
    wire.udp(server, client, "hello");
    const CaptureVerdict verdict = judge(wire);
    EXPECT_EQ(verdict.conversations[0].server, server);
    EXPECT_EQ(verdict.conversations[0].server_by, ServerBy::echoes);
    EXPECT_EQ(verdict.outcome, Outcome::inconclusive);  // what "earlier" answers nobody saw
  }
  {  // A client with a low port, a server with a high one.
    const Endpoint low{client.address, Port{9000}}, high{server.address, Port{50000}};
    WireBuilder wire;
    wire.udp(low, high, "hello");
    wire.udp(high, low, "hello");
    wire.udp(low, high, "again");
    wire.udp(high, low, "again");
    const CaptureVerdict verdict = judge(wire);
    EXPECT_EQ(verdict.conversations[0].server, high);
    EXPECT_EQ(verdict.outcome, Outcome::passed);
  }
  {  // The port that is named decides, whoever spoke first.
    WireBuilder wire;
    wire.udp(client, server, "hello");
    wire.udp(server, client, "hello");
    const CaptureVerdict verdict = judge(wire, on_port(40123));
    EXPECT_EQ(verdict.conversations[0].server, client);
    EXPECT_EQ(verdict.conversations[0].server_by, ServerBy::named_port);
    EXPECT_TRUE(judge(wire, on_port(9)).conversations.empty());
  }
  {  // Below 1024 live servers.
    WireBuilder wire;
    wire.udp({server.address, Port{7}}, client, "early");
    EXPECT_EQ(judge(wire).conversations[0].server_by, ServerBy::well_known_port);
  }
}

TEST(JudgeCapture, JudgesIpv6AndWritesItWithBrackets) {
  const Endpoint from{*IpAddress::parse("fd00::3"), Port{40000}}, to{*IpAddress::parse("fd00::2"), Port{5000}};
  WireBuilder wire;
  wire.udp(from, to, "안녕");
  wire.udp(to, from, "안녕");
  const auto json = nlohmann::json::parse(to_json(judge(wire)));
  EXPECT_EQ(json["conversations"][0]["client"], "[fd00::3]:40000");
  EXPECT_EQ(json["verdict"], "passed");
}

TEST(JudgeCapture, WritesTheDocumentedJson) {
  WireBuilder wire;
  wire.udp(client, server, "hello");
  wire.advance_us(21);
  wire.udp(server, client, "hellO");
  const auto json = nlohmann::json::parse(to_json(judge(wire)));
  EXPECT_EQ(json["schema"], "echolab.verify/v1");
  EXPECT_EQ(json["file"], "x.pcapng");
  EXPECT_EQ(json["packets"], 2);
  EXPECT_EQ(json["truncated"], false);
  EXPECT_EQ(json["verdict"], "failed");
  const auto& facts = json["conversations"][0];
  EXPECT_EQ(facts["protocol"], "udp");
  EXPECT_EQ(facts["client"], "198.18.0.3:40123");
  EXPECT_EQ(facts["server"], "198.18.0.2:5000");
  for (const char* key : {"echoed", "lost", "late", "duplicated", "unsolicited"}) EXPECT_EQ(facts[key], 0) << key;
  EXPECT_EQ(facts["requests"], 1);
  EXPECT_EQ(facts["altered"], 1);
  EXPECT_TRUE(facts["rtt_us"].is_null());
  const auto& finding = json["findings"][0];
  EXPECT_EQ(finding["check"], "echo");
  EXPECT_EQ(finding["outcome"], "failed");
  EXPECT_EQ(finding["packets"], nlohmann::json::array({1, 2}));
}

TEST(JudgeCapture, ComparesBothStreamsOfAConnection) {
  WireBuilder wire;
  Connection connection(wire);
  connection.say(true, "hello ");
  connection.say(true, "world");
  connection.say(false, "hello world");
  connection.close();
  const CaptureVerdict verdict = judge(wire);
  EXPECT_EQ(verdict.outcome, Outcome::passed);
  const Conversation& facts = verdict.conversations[0];
  EXPECT_EQ(facts.server_by, ServerBy::syn);
  EXPECT_FALSE(facts.requests);
  ASSERT_TRUE(facts.tcp);
  EXPECT_EQ(facts.tcp->bytes_sent, 11u);
  EXPECT_EQ(facts.tcp->bytes_echoed, 11u);
  EXPECT_TRUE(facts.tcp->handshake);
  EXPECT_EQ(facts.tcp->close, Close::fin);
  EXPECT_EQ(facts.tcp->retransmissions, 0u);
  ASSERT_TRUE(facts.rtt);
  EXPECT_EQ(facts.rtt->max_ns, 200'000u);
  const auto json = nlohmann::json::parse(to_json(verdict))["conversations"][0];
  EXPECT_TRUE(json["requests"].is_null());
  EXPECT_TRUE(json["first_difference"].is_null());
  EXPECT_EQ(json["close"], "fin");
}

TEST(JudgeCapture, NamesTheFirstDifferenceOfAStream) {
  WireBuilder wire;
  Connection connection(wire);
  connection.say(true, "hello world");
  connection.say(false, "hello ");
  const std::uint64_t packet = connection.say(false, "World");
  connection.close();
  const CaptureVerdict verdict = judge(wire);
  EXPECT_EQ(verdict.outcome, Outcome::failed);
  const auto& difference = verdict.conversations[0].tcp->first_difference;
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->offset, 6u);
  EXPECT_EQ(difference->packet, packet);
  EXPECT_THAT(verdict.findings[0].message, HasSubstr("the stream differs at offset 6, byte is 0x57, was 0x77"));
}

TEST(JudgeCapture, FindsBytesThatNobodySent) {
  WireBuilder wire;
  Connection connection(wire);
  connection.say(false, "hi");  // too early, but it did come back
  connection.say(true, "hi");
  wire.advance_us(10'000'000);
  const std::uint64_t more = connection.say(false, "!");
  connection.close();
  const CaptureVerdict verdict = judge(wire);
  EXPECT_EQ(verdict.outcome, Outcome::failed);
  EXPECT_EQ(verdict.conversations[0].late, 0u);
  EXPECT_EQ(verdict.conversations[0].unsolicited, 1u);
  EXPECT_FALSE(verdict.conversations[0].tcp->first_difference);
  EXPECT_THAT(verdict.findings[0].packets, ElementsAre(more));

  WireBuilder greeting;
  Connection greeted(greeting);
  const std::uint64_t welcome = greeted.say(false, "welcome");
  greeted.say(true, "hello");
  greeted.say(false, "hello");
  greeted.close();
  const CaptureVerdict judged = judge(greeting);
  ASSERT_TRUE(judged.conversations[0].tcp->first_difference);
  EXPECT_EQ(judged.conversations[0].tcp->first_difference->offset, 0u);
  EXPECT_EQ(judged.conversations[0].tcp->first_difference->packet, welcome);
}

TEST(JudgeCapture, TellsWhoCutAConnection) {
  for (const bool by_client : {false, true}) {
    WireBuilder wire;
    Connection connection(wire);
    connection.say(true, "0123456789");
    connection.say(false, "012345");
    connection.send(by_client, rst | ack);
    const CaptureVerdict verdict = judge(wire);
    EXPECT_EQ(verdict.conversations[0].tcp->close, Close::rst);
    EXPECT_EQ(verdict.conversations[0].lost, 1u);
    EXPECT_EQ(verdict.outcome, by_client ? Outcome::inconclusive : Outcome::failed);
    EXPECT_THAT(verdict.findings[0].message, HasSubstr("6 of 10 bytes came back"));
    EXPECT_THAT(verdict.findings[0].message, HasSubstr(by_client ? "the client reset" : "the server reset"));
  }
}

TEST(JudgeCapture, DoesNotBlameAnybodyForBytesThatTheCaptureLost) {
  WireBuilder wire;
  Connection connection(wire);
  connection.lose(5);  // the capture lost "hello", the server did not
  connection.say(true, " world");
  connection.say(false, "hello world");
  connection.close();
  const CaptureVerdict verdict = judge(wire);
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
  EXPECT_EQ(verdict.conversations[0].tcp->missing, 5u);
}

TEST(JudgeCapture, DoesNotJudgeAConnectionWhoseBeginningIsMissing) {
  WireBuilder wire;
  wire.tcp(client, server, 5000, 9000, psh | ack, "tail");
  wire.tcp(server, client, 9000, 5004, psh | ack, "earlier bytes");
  const CaptureVerdict verdict = judge(wire);
  EXPECT_EQ(verdict.conversations[0].server, server);
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
}

TEST(JudgeCapture, DoesNotCallAnEchoLateWhoseRequestMayBeAnotherOne) {
  WireBuilder wire;
  wire.tcp(client, server, 5000, 9000, psh | ack, "xx");
  wire.advance_us(10'000'000);
  wire.tcp(server, client, 9000, 5002, psh | ack, "xx");
  const CaptureVerdict verdict = judge(wire);
  EXPECT_EQ(verdict.conversations[0].late, 1u);
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
}

TEST(JudgeCapture, DoesNotCallBytesLostThatTheServerSentBeyondTheCapture) {
  const std::uint32_t client_next = 0xfffffff1, server_next = 1001;
  for (const int kind : {psh | ack, fin | ack, rst | ack, int{ack}}) {
    const auto flags = static_cast<std::uint8_t>(kind);
    WireBuilder wire;
    Connection connection(wire);
    connection.say(true, "hello world");
    const std::uint32_t beyond = server_next + 6;  // "hello " was sent before, and nobody acknowledged it
    wire.tcp(server, client, beyond, client_next + 11, flags, flags == (psh | ack) ? "world" : "");
    const CaptureVerdict verdict = judge(wire);
    EXPECT_EQ(verdict.conversations[0].lost, 1u) << int{flags};
    EXPECT_EQ(verdict.outcome, Outcome::inconclusive) << int{flags};
    EXPECT_THAT(verdict.findings[0].message, HasSubstr("the server had sent more than the capture shows"));
  }
}

TEST(JudgeCapture, TakesASynAfterAResetForAnotherConnection) {
  WireBuilder wire;
  wire.tcp(server, client, 77, 0, rst);
  Connection connection(wire);
  connection.say(true, "hello");
  connection.say(false, "hello");
  connection.close();
  const CaptureVerdict verdict = judge(wire);
  ASSERT_EQ(verdict.conversations.size(), 2u);
  EXPECT_FALSE(verdict.conversations[0].judged);
  EXPECT_EQ(verdict.conversations[1].tcp->close, Close::fin);
  EXPECT_EQ(verdict.outcome, Outcome::passed);
}

TEST(JudgeCapture, CountsRetransmissionsAndToleratesThem) {
  WireBuilder wire;
  Connection connection(wire);
  const std::uint32_t sequence = 0xfffffff1;
  connection.say(true, "hello");
  wire.tcp(client, server, sequence, 1001, psh | ack, "hello");
  connection.say(false, "hello");
  connection.close();
  const CaptureVerdict verdict = judge(wire);
  EXPECT_EQ(verdict.outcome, Outcome::passed);
  EXPECT_EQ(verdict.conversations[0].tcp->retransmissions, 1u);
}

TEST(JudgeCapture, LeavesContentOpenThatTheSnaplenCut) {
  WireBuilder wire;
  wire.set_snaplen(60);
  wire.udp(client, server, std::string(200, 'x'));
  wire.udp(server, client, std::string(200, 'x'));
  const CaptureVerdict verdict = judge(wire);
  EXPECT_EQ(verdict.conversations[0].echoed, 1u);
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
}

TEST(JudgeCapture, ListsManyFaultsOnceAndCountsTheRest) {
  WireBuilder wire;
  for (int i = 0; i < 100; ++i) wire.udp(client, server, "message " + std::to_string(i));
  const CaptureVerdict verdict = judge(wire);
  EXPECT_EQ(verdict.conversations[0].lost, 100u);
  ASSERT_EQ(verdict.findings.size(), 21u);
  EXPECT_THAT(verdict.findings.back().message, HasSubstr("100 lost in all, 80 more than listed"));
}

TEST(JudgeCapture, RefusesWhatIsNoCapture) {
  const test::TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "notes.txt";
  write_file_atomically(file, "dear diary");
  EXPECT_THROW(judge_capture(file, {}), InvalidInput);
}

}  // namespace
}  // namespace echolab::conversations
