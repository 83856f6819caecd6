#include "lab/artifacts/run_folder.h"
#include "lab/base/json.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include "lab/base/error.h"
#include "lab/base/hash.h"

namespace echolab::artifacts {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RunFolderTest : public testing::Test {
 protected:
  RunFolderTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "echolab-XXXXXX").string();
    parent_ = ::mkdtemp(pattern.data());
    plan_.run_id = "20260101T000000Z-000001";
    plan_.scenario_name = "x";
    folder_ = parent_ / "run";
  }
  ~RunFolderTest() override { std::filesystem::remove_all(parent_); }

  std::string content(const std::string& relative) const { return read_file(folder_ / relative); }

  plan::Plan plan_;
  std::filesystem::path parent_, folder_;
};

TEST_F(RunFolderTest, ReadsBackWhatWasWritten) {
  RunFolderWriter writer(folder_, plan_, "echolab: 1\n");
  writer.node("server", true)
      .write_exit({.exit_code = 137, .out_of_memory = true, .killed_by_us = false, .error = "e"});
  EngineRecord record{.engine = "docker", .version = "v", .host = "h", .finished = true, .problems = {"p"}};
  record.captures = {{"lab", "captures/lab.pcapng", 7, 7, 7, 0, true, {}}};
  record.images = {{"server", "sha256:1"}};
  writer.write_engine(record);
  writer.finish(true);

  const RunFolder run = read_run_folder(folder_);
  EXPECT_TRUE(run.finished);
  EXPECT_THAT(run.damaged, IsEmpty());
  EXPECT_EQ(run.plan.run_id, plan_.run_id);
  EXPECT_EQ(run.engine.captures.at(0).packets, 7u);
  EXPECT_TRUE(run.engine.captures.at(0).complete);
  EXPECT_EQ(run.engine.images.at(0).second, "sha256:1");
  EXPECT_EQ(run.node_exit("server").exit_code, 137);
  EXPECT_TRUE(run.node_exit("server").out_of_memory);
  EXPECT_FALSE(run.node_exit("never-started").exit_code.has_value());
  EXPECT_EQ(content("scenario.yaml"), "echolab: 1\n");
}

TEST_F(RunFolderTest, SplitsEventsFromTextWhateverTheChunks) {
  RunFolderWriter writer(folder_, plan_, "");
  std::vector<std::string> seen;
  NodeWriter& node = writer.node("n", true, [&](std::string_view line) { seen.emplace_back(line); });
  const std::string all = "plain\n{\"v\":1,\"event\":\"a\"}\n{\"v\":2}\n{\"v\":1,\"event\":\"b\"}\nunfinished";
  for (const char byte : all) node.write_stderr(std::string_view(&byte, 1));
  node.write_exit({});
  EXPECT_THAT(seen, ElementsAre("{\"v\":1,\"event\":\"a\"}", "{\"v\":1,\"event\":\"b\"}"));
  EXPECT_EQ(content("nodes/n/events.jsonl"), "{\"v\":1,\"event\":\"a\"}\n{\"v\":1,\"event\":\"b\"}\n");
  EXPECT_EQ(content("nodes/n/stderr"), "plain\n{\"v\":2}\nunfinished");
}

TEST_F(RunFolderTest, ForeignProgramsCanNotForgeEvents) {
  RunFolderWriter writer(folder_, plan_, "");
  NodeWriter& node = writer.node("student", false, [](std::string_view) { FAIL() << "an event was taken"; });
  node.write_stderr("{\"v\":1,\"event\":\"totals\"}\n");
  node.write_exit({});
  EXPECT_EQ(content("nodes/student/events.jsonl"), "");
  EXPECT_EQ(content("nodes/student/stderr"), "{\"v\":1,\"event\":\"totals\"}\n");
}

TEST_F(RunFolderTest, KeepsBeginningAndEndOfAFloodAndCountsTheRest) {
  RunFolderWriter writer(folder_, plan_, "",
                         {.stdout_bytes = 1000, .stderr_bytes = 1000, .events_bytes = 100, .tail_bytes = 50});
  NodeWriter& node = writer.node("n", true);
  node.write_stdout("begin");
  for (int i = 0; i < 1000; ++i) node.write_stdout(std::string(100, 'x'));
  node.write_stdout("the end");
  const std::string event = "{\"v\":1,\"e\":\"" + std::string(28, 'e') + "\"}\n";
  for (int i = 0; i < 5; ++i) node.write_stderr(event);
  node.write_exit({.exit_code = 0});

  const std::string out = content("nodes/n/stdout");
  EXPECT_LT(out.size(), 1200u);
  EXPECT_TRUE(out.starts_with("begin"));
  EXPECT_TRUE(out.ends_with("the end"));
  EXPECT_THAT(out, HasSubstr("[echolab: 98962 bytes left out here]"));
  EXPECT_EQ(content("nodes/n/events.jsonl"), event + event);
  const NodeExit exit = nlohmann::json::parse(content("nodes/n/exit.json")).is_object()
                            ? [&] { writer.finish(true); return read_run_folder(folder_).node_exit("n"); }() : NodeExit{};
  EXPECT_EQ(exit.stdout_cut, 98'962u);
  EXPECT_EQ(exit.events_cut, 3 * event.size());
}

TEST_F(RunFolderTest, NoticesFilesThatWereChangedOrRemoved) {
  {
    RunFolderWriter writer(folder_, plan_, "");
    writer.write_file("captures/a", "one");
    writer.write_file("captures/b", "two");
    writer.finish(true);
  }
  write_file_atomically(folder_ / "captures/a", "0ne");
  std::filesystem::remove(folder_ / "captures/b");
  EXPECT_THAT(read_run_folder(folder_).damaged, ElementsAre("captures/a", "captures/b"));
}

TEST_F(RunFolderTest, ManifestListsDigestsAndIsWrittenLast) {
  RunFolderWriter writer(folder_, plan_, "source");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "manifest.json"));
  EXPECT_FALSE(read_run_folder(folder_).finished);
  writer.finish(false);
  const auto manifest = nlohmann::json::parse(content("manifest.json"));
  EXPECT_EQ(manifest["complete"], false);
  bool found = false;
  for (const auto& file : manifest["files"]) {
    if (file["path"] != "scenario.yaml") continue;
    found = true;
    EXPECT_EQ(file["size"], 6);
    EXPECT_EQ(file["sha256"], sha256_hex("source"));
  }
  EXPECT_TRUE(found);
  EXPECT_FALSE(read_run_folder(folder_).finished);
}

TEST_F(RunFolderTest, RefusesAFolderInUseAndAFolderThatIsNone) {
  std::filesystem::create_directories(folder_);
  write_file_atomically(folder_ / "mine", "x");
  EXPECT_THROW(RunFolderWriter(folder_, plan_, ""), EnvironmentError);
  EXPECT_EQ(content("mine"), "x");
  EXPECT_THROW(read_run_folder(folder_), EnvironmentError);
}

TEST_F(RunFolderTest, LastLinesAreThoseOfBothStreams) {
  RunFolderWriter writer(folder_, plan_, "");
  NodeWriter& node = writer.node("n", false);
  node.write_stdout("one\ntwo\n");
  node.write_stderr("three\n");
  EXPECT_EQ(node.last_lines(2), "two\nthree");
  EXPECT_EQ(node.last_lines(9), "one\ntwo\nthree");
}

}  // namespace
}  // namespace echolab::artifacts
