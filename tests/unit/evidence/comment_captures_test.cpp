#include "lab/evidence/comment_captures.h"

#include <map>
#include <numeric>

#include "lab/base/error.h"
#include "lab/base/file.h"
#include "tests/unit/evidence/raw_captures.h"

namespace echolab::evidence {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Says what it was told to say, and keeps which packets it was asked about.
class Script final : public CommentSource {
 public:
  std::span<const std::string> comments_of(std::uint64_t packet) override {
    asked.push_back(packet);
    if (packet == fails_at) throw EnvironmentError("say something", "nothing comes to mind", "");
    const auto found = packets.find(packet);
    if (found == packets.end()) return {};
    return found->second;
  }
  std::vector<std::string> about_all() override { return whole; }

  std::map<std::uint64_t, std::vector<std::string>> packets;
  std::vector<std::string> whole;
  std::uint64_t fails_at = 0;
  std::vector<std::uint64_t> asked;
};

class CommentCaptures : public RawCaptures {
 protected:
  // Both steps; the script is asked in the second.
  std::string write(const plan::Plan& plan) {
    evidence_ = write_captures(folder_.path(), plan, record());
    before_ = lab_file();
    return comment_captures(folder_.path(), plan, evidence_, script_);
  }
  std::string lab_file() const { return read_file(folder_ / "captures/lab.pcapng"); }
  std::string tshark(const std::string& file, std::vector<std::string> more) const {
    std::vector<std::string> command = {"tshark", "-r", folder_ / ("captures/" + file)};
    command.insert(command.end(), more.begin(), more.end());
    return output_of(command);
  }
  bool exists(const std::string& file) const { return std::filesystem::exists(folder_ / ("captures/" + file)); }
  std::size_t temporary_files() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "captures")) {
      count += entry.path().extension() == ".tmp";
    }
    return count;
  }

  Evidence evidence_;
  std::string before_;
  Script script_;
};

TEST_F(CommentCaptures, GivesEachClientItsOwnFramesAndWhatAsksForIt) {
  raw_example();
  EXPECT_EQ(write(example()), "");
  EXPECT_THAT(contents(read_back("client-1.pcapng")), ElementsAre("0806", "one", "one!", "86dd", "six"));
  EXPECT_THAT(contents(read_back("client-2.pcapng")), ElementsAre("two"));
  EXPECT_THAT(contents(read_back("node-lab.pcapng")), ElementsAre("far"));
  EXPECT_FALSE(exists("server.pcapng"));
}

TEST_F(CommentCaptures, WithNothingToSayLabPcapngStaysAsItWas) {
  raw_example();
  EXPECT_EQ(write(example()), "");
  EXPECT_EQ(lab_file(), before_);
}

TEST_F(CommentCaptures, AsksAboutEachPacketInOrderAndLeavesTheFramesAlone) {
  raw_example();
  evidence_ = write_captures(folder_.path(), example(), record());
  const Reading before = read_back("lab.pcapng");
  script_.packets[5] = {"five"};
  script_.packets[11] = {"eleven"};
  EXPECT_EQ(comment_captures(folder_.path(), example(), evidence_, script_), "");

  std::vector<std::uint64_t> all(11);
  std::iota(all.begin(), all.end(), 1u);
  EXPECT_EQ(script_.asked, all);
  const Reading after = read_back("lab.pcapng");
  ASSERT_EQ(after.facts.frames.size(), 11u);
  for (std::size_t i = 0; i < 11; ++i) {
    const KeptFrame &was = before.facts.frames[i], &is = after.facts.frames[i];
    EXPECT_EQ(is.time_ns, was.time_ns);
    EXPECT_EQ(is.interface, was.interface);
    EXPECT_EQ(is.original_length, was.original_length);
    EXPECT_EQ(is.data, was.data);
  }
  ASSERT_EQ(after.summary.interfaces.size(), 2u);
  EXPECT_TRUE(after.summary.interfaces[1].has_statistics);
  EXPECT_EQ(after.summary.interfaces[1].received, 9u);
}

TEST_F(CommentCaptures, WiresharkShowsCommentsInTheWholeAndInTheClientsFile) {
  if (!has_tool("tshark")) GTEST_SKIP() << "tshark is not installed";
  raw_example();
  script_.packets[5] = {"client-1 message 1, echoed in packet 7 after 0.21 ms", "and 96 more"};
  script_.packets[7] = {"altered: byte 3 is 0x21, \"was\" nothing, 1.50 µs"};
  EXPECT_EQ(write(example()), "");
  const std::vector<std::string> fields = {
      "-Y", "udp", "-T", "fields", "-e", "frame.number", "-e", "frame.packet_id", "-e", "frame.comment"};
  const std::string five = "client-1 message 1, echoed in packet 7 after 0.21 ms,and 96 more";
  const std::string seven = "altered: byte 3 is 0x21, \"was\" nothing, 1.50 µs";
  EXPECT_EQ(tshark("lab.pcapng", fields), "4\t\t\n5\t\t" + five + "\n7\t\t" + seven + "\n8\t\t\n10\t\t\n");
  EXPECT_EQ(tshark("client-1.pcapng", fields), "2\t5\t" + five + "\n3\t7\t" + seven + "\n5\t10\t\n");
  // The sentinels keep theirs.
  EXPECT_EQ(tshark("lab.pcapng", {"-Y", "frame.number == 1", "-T", "fields", "-e", "frame.comment"}),
            "echolab: from here on the capture is proven to run\n");
}

TEST_F(CommentCaptures, WiresharkShowsNamesInterfacesAndWhereTheFileComesFrom) {
  if (!has_tool("tshark") || !has_tool("capinfos")) GTEST_SKIP() << "tshark or capinfos is not installed";
  raw_example();
  script_.whole = {"7 packet comments were left out"};
  EXPECT_EQ(write(example()), "");
  EXPECT_EQ(tshark("client-2.pcapng", {"-N", "n", "-T", "fields", "-e", "ip.src_host", "-e", "ip.dst_host", "-e",
                                       "frame.interface_name", "-e", "frame.packet_id"}),
            "client-2\tserver\tleft\t8\n");
  EXPECT_EQ(tshark("lab.pcapng", {"-Y", "udp", "-N", "n", "-T", "fields", "-E", "separator=,", "-e", "ip.src_host",
                                  "-e", "ipv6.src_host", "-e", "frame.interface_description"}),
            "lab,,network right, 198.18.1.0/24\n"
            "client-1,,network left, 198.18.0.0/24, fd00::/64\n"
            "server,,network left, 198.18.0.0/24, fd00::/64\n"
            "client-2,,network left, 198.18.0.0/24, fd00::/64\n"
            ",client-1,network left, 198.18.0.0/24, fd00::/64\n");
  for (const char* file : {"lab.pcapng", "client-1.pcapng"}) {
    const std::string about = output_of({"capinfos", folder_ / (std::string("captures/") + file)});
    for (const char* text :
         {"Scenario: two-rooms", "Seed: 42", "Run: 20261122T221530Z-7f3a91", "Scenario SHA-256: aaaa",
          "Written by echolab", "7 packet comments were left out", "Number of stat entries = 1"}) {
      EXPECT_THAT(about, HasSubstr(text)) << file;
    }
  }
}

TEST_F(CommentCaptures, FragmentsGoToTheirClient) {
  const Buffer segment =
      udp({address("198.18.0.3"), Port{4000}}, {address("198.18.0.2"), Port{5000}}, Buffer(1000, 'f'));
  const auto piece = [&](std::ptrdiff_t from, std::ptrdiff_t to, bool more) {
    return ethernet_ip(ipv4(address("198.18.0.3"), address("198.18.0.2"), 17,
                            Buffer(segment.begin() + from, segment.begin() + to),
                            {9, static_cast<std::size_t>(from), more}));
  };
  raw("left", pcap(0, {piece(0, 800, true), piece(800, 1008, false)}));
  raw("right", pcap(0, {}));
  EXPECT_EQ(write(example()), "");
  EXPECT_EQ(read_back("client-1.pcapng").facts.udp.size(), 1u);
}

TEST_F(CommentCaptures, NeedsNoDescriptorPerClient) {
  plan::Plan plan = example();
  std::vector<Buffer> frames;
  for (unsigned i = 0; i < 2000; ++i) {
    const std::string ip4 = IpAddress::v4(0xc6120100 + i).to_string();
    plan.nodes.push_back(node(fmt::format("many-{}", i), plan::Role::client, 0, ip4.c_str()));
    frames.push_back(datagram(ip4.c_str(), "198.18.0.2", fmt::format("{}", i)));
  }
  raw("left", pcap(0, frames));
  raw("right", pcap(0, {}));
  EXPECT_EQ(write(plan), "");
  EXPECT_THAT(contents(read_back("many-0.pcapng")), ElementsAre("0"));
  EXPECT_THAT(contents(read_back("many-1999.pcapng")), ElementsAre("1999"));
}

TEST_F(CommentCaptures, WhenCommentingFailsTheFirstFileStaysAndClientsGetTheirFramesPlain) {
  raw_example();
  script_.packets[5] = {"never seen"};
  script_.fails_at = 7;
  EXPECT_THAT(write(example()), HasSubstr("nothing comes to mind"));
  EXPECT_EQ(lab_file(), before_);
  EXPECT_THAT(contents(read_back("client-1.pcapng")), ElementsAre("0806", "one", "one!", "86dd", "six"));
  EXPECT_THAT(read_file(folder_ / "captures/client-1.pcapng"), testing::Not(HasSubstr("never seen")));
  EXPECT_EQ(temporary_files(), 0u);
}

TEST_F(CommentCaptures, AFileThatIsNotTheJudgedOneIsNotReplaced) {
  raw_example();
  evidence_ = write_captures(folder_.path(), example(), record());
  const std::string half = lab_file().substr(0, lab_file().size() / 2 / 4 * 4);
  {
    const UniqueFd fd = create_file(folder_ / "captures/lab.pcapng");
    write_all(fd.get(), half, "lab.pcapng");
  }
  EXPECT_THAT(comment_captures(folder_.path(), example(), evidence_, script_),
              testing::AllOf(HasSubstr("not as it was written"), HasSubstr("clients' captures are missing")));
  EXPECT_EQ(lab_file(), half);
  EXPECT_FALSE(exists("client-1.pcapng"));
  EXPECT_EQ(temporary_files(), 0u);
}

TEST_F(CommentCaptures, AClientsFileThatCannotBeMadeCostsNeitherTheVerdictNorTheWhole) {
  raw_example();
  std::filesystem::create_directories(folder_ / "captures/client-2.pcapng");  // a folder stands in its way
  EXPECT_THAT(write(example()), HasSubstr("client-2.pcapng"));
  EXPECT_EQ(lab_file(), before_);
  EXPECT_EQ(contents(read_back("client-1.pcapng")).size(), 5u);
  EXPECT_EQ(temporary_files(), 0u);
}

TEST_F(CommentCaptures, WritesNothingWithoutCapturesInThePlan) {
  plan::Plan plan = example();
  plan.captures.clear();
  EXPECT_EQ(comment_captures(folder_.path(), plan, Evidence{}, script_), "");
  EXPECT_THAT(script_.asked, IsEmpty());
}

}  // namespace
}  // namespace echolab::evidence
