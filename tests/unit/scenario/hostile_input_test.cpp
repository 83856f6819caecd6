// Input made to hurt: each ends in one clear mistake, without running out of stack or memory.
#include <gtest/gtest.h>

#include <string>

#include "lab/base/diagnostic.h"
#include "lab/scenario/load.h"

namespace echolab::scenario {
namespace {

constexpr std::size_t limit = 256 * 1024;

std::string first_message(const std::string& text) {
  try {
    load_text("hostile.yaml", text);
  } catch (const InvalidInput& error) {
    EXPECT_FALSE(render(error.file(), error.source(), error.diagnostics()).empty());
    return error.diagnostics().empty() ? "no diagnostics" : error.diagnostics().front().message;
  }
  return "accepted";
}

std::string repeat(std::string_view piece, std::size_t bytes) {
  std::string text;
  while (text.size() + piece.size() <= bytes) text += piece;
  return text;
}

TEST(HostileInput, TooManyBytes) {
  EXPECT_EQ(first_message(std::string(limit + 1, '#')),
            "the file has 262,145 bytes; a scenario has at most 262,144 (256 KiB)");
  EXPECT_EQ(first_message(std::string(limit, '#')), "the file holds no scenario");
}

TEST(HostileInput, DeepFlowNesting) {
  EXPECT_EQ(first_message(repeat("[", limit)), "nested more than 32 levels deep");
  EXPECT_EQ(first_message(repeat("{a: ", limit)), "nested more than 32 levels deep");
  EXPECT_EQ(first_message(repeat("[", 1000) + repeat("]", 1000)), "nested more than 32 levels deep");
}

TEST(HostileInput, DeepBlockNesting) {
  std::string text;
  for (std::size_t depth = 0; depth < 500; ++depth) text += std::string(depth, ' ') + "a:\n";
  EXPECT_EQ(first_message(text), "nested more than 32 levels deep");
  EXPECT_EQ(first_message(repeat("- ", limit)), "nested more than 32 levels deep");
  EXPECT_EQ(first_message(repeat("? ", limit)), "nested more than 32 levels deep");
}

TEST(HostileInput, TooManyValues) {
  EXPECT_EQ(first_message("a: [" + repeat("x, ", limit - 10) + "]\n"), "more than 10,000 values");
  EXPECT_EQ(first_message(repeat("- x\n", limit)), "more than 10,000 values");
}

TEST(HostileInput, TooManyKeys) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "key" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(first_message(text), "more than 256 keys in one map");
}

TEST(HostileInput, ManyMistakesOnOneLongLine) {
  std::string text = "{";
  for (int i = 0; i < 250; ++i) text += "k" + std::to_string(i) + std::string(900, 'x') + ": 1, ";
  EXPECT_TRUE(first_message(text + "}").starts_with("the scenario has no")) << first_message(text + "}");
}

TEST(HostileInput, LongWords) {
  const std::string word(200'000, 'z');
  EXPECT_TRUE(first_message(word + ": 1\n") != "accepted");
  EXPECT_TRUE(first_message("echolab: " + word + "\n") != "accepted");
  EXPECT_TRUE(first_message("name: " + word + "\n") != "accepted");
  EXPECT_TRUE(first_message("limits: {run: " + std::string(200'000, '9') + "s}\n") != "accepted");
  EXPECT_TRUE(first_message("seed: " + std::string(200'000, '9') + "\n") != "accepted");
}

TEST(HostileInput, ManyBracesInAText) {
  const std::string head =
      "echolab: 1\nname: x\nservers: [{name: s, protocol: udp}]\nclients: [{name: c, messages: {text: \"";
  const std::string text = head + repeat("{x}", 60'000) + "\"}}]\n";
  EXPECT_EQ(first_message(text), "unknown variable 'x'");
}

TEST(HostileInput, QuotedTextsThatNeverEnd) {
  EXPECT_EQ(first_message("a: \"" + repeat("x\\\"", limit - 100)), "a quoted text is never closed");
  EXPECT_EQ(first_message("a: '" + repeat("''", limit - 100)), "a quoted text is never closed");
}

}  // namespace
}  // namespace echolab::scenario
