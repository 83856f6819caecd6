// The whole way: raw capture, lab.pcapng, verdict, comments; and the same verdict again.

#include <gmock/gmock.h>

#include "lab/evidence/comment_captures.h"
#include "lab/verify/annotations.h"
#include "lab/verify/packet_comments.h"
#include "lab/verify/verify.h"
#include "tests/support/run_folder_builder.h"
#include "tests/support/tool.h"

namespace echolab::evidence {
namespace {

using testing::HasSubstr;

class Words final : public CommentSource {
 public:
  Words(const plan::Plan& plan, const verify::Annotations& annotations) : comments_(plan, annotations) {}
  std::span<const std::string> comments_of(std::uint64_t packet) override { return comments_.of(packet); }
  std::vector<std::string> about_all() override { return comments_.about_all(); }

 private:
  verify::PacketComments comments_;
};

TEST(JudgedRun, CommentsSayWhatTheVerdictSaysAndChangeNothingOfIt) {
  if (!echolab::test::has_tool("tshark")) GTEST_SKIP() << "tshark is not installed";
  echolab::test::RunFolderBuilder lab;
  lab.add_client({"hello", "a message that the server spoils", "lost \xff\n one"});
  lab.run.plan.nodes[0].writes_events = lab.run.plan.nodes[1].writes_events = false;
  lab.request(0, 1);
  lab.echo(0, 1);
  lab.request(0, 2);
  lab.reply(0, "a mesSage that the server spoils");
  lab.request(0, 3);
  lab.write();
  const Evidence evidence = write_captures(lab.run.folder, lab.run.plan, lab.run.engine);
  lab.run.engine = evidence.engine;
  lab.run.engine.captures[0].complete = true;  // there are no sentinels in this wire

  verify::Annotations annotations;
  const std::string findings = verify::to_json(verify::verify_run(lab.run, &annotations));
  EXPECT_THAT(findings, HasSubstr("\"failed\""));
  Words words(lab.run.plan, annotations);
  EXPECT_EQ(comment_captures(lab.run.folder, lab.run.plan, evidence, words), "");

  EXPECT_EQ(verify::to_json(verify::verify_run(lab.run)), findings);
  for (const char* file : {"captures/lab.pcapng", "captures/client-1.pcapng"}) {
    EXPECT_EQ(echolab::test::output_of(
                  {"tshark", "-r", lab.run.folder / file, "-T", "fields", "-e", "frame.number", "-e", "frame.comment"}),
              "1\tclient-1 message 1, echoed in packet 2 after 200 µs\n"
              "2\techo of client-1 message 1 (packet 1), after 200 µs\n"
              "3\tclient-1 message 2, altered in packet 4\n"
              "4\taltered: byte 5 is 0x53, was 0x73, reply to client-1 message 2 (packet 3)\n"
              "5\tclient-1 message 3, no echo in the capture\n");
  }
}

}  // namespace
}  // namespace echolab::evidence
