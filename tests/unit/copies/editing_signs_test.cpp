// Signs of editing are seen, and what honest captures have is none.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "lab/copies/find_copies.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tool.h"
#include "tests/unit/copies/captures.h"

namespace echolab::copies {

namespace {

using test::Exchange;
using test::Record;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t checksum_at = 14 + 20 + 16;  // of TCP over IPv4 without options

class Signs : public testing::Test {
 protected:
  Signs() : exchange_({.seed = 3}) {}

  std::vector<std::string> of(const std::string& bytes) const {
    test::write(folder_ / "a.pcap", bytes);
    return signs_of_editing(folder_ / "a.pcap");
  }
  std::vector<std::string> of(const std::vector<Record>& records) const {
    return of(test::join(exchange_.wire.file(), records));
  }
  // A TCP exchange, packet by packet.
  std::vector<Record> tcp() {
    exchange_.tcp();
    return test::split(exchange_.wire.file());
  }

  test::TemporaryFolder folder_;
  Exchange exchange_;
};

TEST_F(Signs, NoneInAnHonestCapture) {
  exchange_.udp();
  exchange_.tcp();
  EXPECT_THAT(of(exchange_.wire.file()), IsEmpty());
}

TEST_F(Signs, NoneInRetransmissions) {
  exchange_.tcp(true);
  EXPECT_THAT(of(exchange_.wire.file()), IsEmpty());
}

TEST_F(Signs, NoneWhenTheCaptureBeganLate) {
  auto records = tcp();
  records.erase(records.begin(), records.begin() + 5);
  EXPECT_THAT(of(records), IsEmpty());
}

TEST_F(Signs, NoneWhenAnAcknowledgementWasStampedBeforeItsData) {
  auto records = tcp();
  std::swap(records[3].frame, records[4].frame);
  std::swap(records[3].header, records[4].header);
  EXPECT_THAT(of(records), IsEmpty());
}

TEST_F(Signs, NoneWhenTheSenderLeavesChecksumsToItsCard) {
  auto records = tcp();
  for (Record& record : records) {
    if (record.frame[29] != 10) continue;  // last byte of the client's address
    record.frame[checksum_at] = '\x12';
    record.frame[checksum_at + 1] = '\x34';
  }
  EXPECT_THAT(of(records), IsEmpty());
}

TEST_F(Signs, NoneInALoopbackCaptureOfWindows) {
  auto records = tcp();
  std::string header = exchange_.wire.file().substr(0, 24);
  header[20] = '\0';  // LINKTYPE_NULL: four bytes of address family instead of Ethernet
  std::string file = header;
  for (Record& record : records) {
    record.frame.replace(0, 14, std::string("\x02\0\0\0", 4));
    record.frame[checksum_at - 10] = record.frame[checksum_at - 9] = '\0';
    const auto size = static_cast<std::uint32_t>(record.frame.size());
    std::memcpy(&record.header[8], &size, 4);
    std::memcpy(&record.header[12], &size, 4);
    file += record.header + record.frame;
  }
  EXPECT_THAT(of(file), IsEmpty());
}

TEST_F(Signs, NoneWhenAMirrorDoublesEveryFrame) {
  std::vector<Record> doubled;
  for (const Record& record : tcp()) doubled.insert(doubled.end(), 2, record);
  EXPECT_THAT(of(doubled), IsEmpty());
}

TEST_F(Signs, AChangedPayload) {
  auto records = tcp();
  const std::size_t at = records[3].frame.find("20260001");
  ASSERT_NE(at, std::string::npos);
  records[3].frame.replace(at, 8, "20260002");
  EXPECT_THAT(of(records),
              ElementsAre("packet 4 has a wrong checksum although 23 packets of the same sender are right and "
                          "so are the other side's"));
}

TEST_F(Signs, ARemovedPacket) {
  auto records = tcp();
  records.erase(records.begin() + 6);
  EXPECT_THAT(of(records), ElementsAre(HasSubstr("acknowledges 31 bytes that no packet of the file carries, in the "
                                                 "conversation that begins with packet 1")));
}

TEST_F(Signs, PacketsThatArePastedAgain) {
  auto records = tcp();
  const std::vector<Record> some(records.begin() + 3, records.begin() + 6);
  for (Record copy : some) {
    std::uint32_t seconds = 0;
    std::memcpy(&seconds, records.back().header.data(), 4);
    seconds += 5;
    std::memcpy(copy.header.data(), &seconds, 4);
    records.push_back(copy);
  }
  EXPECT_THAT(of(records),
              Contains("packet 37 and what follows it is packet 4 and what follows it again, with the same IP "
                       "identifications, at another time"));
}

TEST_F(Signs, FilesThatWereMerged) {
  auto records = tcp();
  const std::vector<Record> some(records.begin() + 3, records.begin() + 6);
  for (std::size_t i = 0; i < some.size(); ++i) records.insert(records.begin() + static_cast<int>(4 + 2 * i), some[i]);
  EXPECT_THAT(of(records),
              Contains("3 packets are there twice with the same bytes, IP identification and time, the first "
                       "is packet 5, which is packet 4 again"));
}

TEST_F(Signs, TimeThatGoesBack) {
  auto records = tcp();
  std::rotate(records.begin(), records.begin() + 20, records.end());
  EXPECT_THAT(of(records), Contains(HasSubstr("packet 17 is 11 s earlier than the packet before it")));
}

TEST_F(Signs, TheToolThatWroteTheFile) {
  if (!test::has_tool("mergecap")) GTEST_SKIP() << "mergecap is not installed";
  exchange_.udp();
  test::write(folder_ / "a.pcap", exchange_.wire.file());
  test::output_of({"mergecap", "-w", (folder_ / "m.pcapng").string(), (folder_ / "a.pcap").string(),
                   (folder_ / "a.pcap").string()});
  EXPECT_THAT(signs_of_editing(folder_ / "m.pcapng"), Contains(HasSubstr("written by \"Mergecap")));
}

}  // namespace

}  // namespace echolab::copies
