#include "lab/scenario/message_template.h"

#include <gtest/gtest.h>

namespace echolab::scenario {
namespace {

std::optional<std::string> value_of(std::string_view name) {
  if (name == "name") return "홍{길}동";
  if (name == "node") return "client-1";
  return std::nullopt;
}

TEST(MessageTemplate, FillsWhatIsKnownAndKeepsTheRest) {
  EXPECT_EQ(fill_template(parse_template("{node}: {message}"), false, value_of), "client-1: {message}");
}

TEST(MessageTemplate, DoubledBracesAreSingleOnes) {
  EXPECT_EQ(fill_template(parse_template("{{node}} }}{{"), false, value_of), "{node} }{");
}

TEST(MessageTemplate, EscapedResultIsATemplateAgain) {
  const std::string once = fill_template(parse_template("{{x}} {name} {message}"), true, value_of);
  EXPECT_EQ(once, "{{x}} 홍{{길}}동 {message}");
  EXPECT_EQ(
      fill_template(parse_template(once), false, [](std::string_view) { return std::optional<std::string>("7"); }),
      "{x} 홍{길}동 7");
}

TEST(MessageTemplate, SaysWhereABraceIsMissing) {
  EXPECT_EQ(parse_template("ab {c").mistake->offset, 3u);
  EXPECT_EQ(parse_template("ab }c").mistake->offset, 3u);
  EXPECT_EQ(parse_template("{a{b}").mistake->offset, 0u);
  EXPECT_FALSE(parse_template("{{}}").mistake);
}

TEST(MessageTemplate, PiecesKnowTheirPlace) {
  const MessageTemplate parsed = parse_template("한{{ {x}");
  ASSERT_EQ(parsed.pieces.size(), 2u);
  EXPECT_EQ(parsed.pieces[0].text, "한{ ");
  EXPECT_EQ(parsed.pieces[1].offset, 6u);
  EXPECT_EQ(parsed.pieces[1].length, 3u);
}

}  // namespace
}  // namespace echolab::scenario
