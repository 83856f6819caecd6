// Searching on the fly against searching the whole.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "lab/verify/wire_probes.h"

namespace echolab::verify {
namespace {

Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Few letters, so that texts are found often.
rc::Gen<std::string> letters() {
  return rc::gen::container<std::string>(rc::gen::element('a', 'b'));
}

RC_GTEST_PROP(TextSearch, FindsInAStreamWhatIsInTheWhole, ()) {
  const auto messages = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(letters()));
  const auto needles = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(rc::gen::nonEmpty(letters())));
  plan::Exchange exchange;
  exchange.payload = plan::TextPayload{messages};
  exchange.messages = static_cast<std::uint32_t>(messages.size());
  std::string stream;
  for (const std::string& message : messages) stream += message;
  TextSearch each(exchange, needles, true), whole(exchange, needles, false);
  for (std::size_t at = 0; at < stream.size();) {
    const std::string piece = stream.substr(at, *rc::gen::inRange<std::size_t>(1, 5));
    each.stream(bytes_of(piece), 1);
    whole.stream(bytes_of(piece), 1);
    at += piece.size();
  }
  const auto holds = [&](const std::string& text) {
    return std::any_of(needles.begin(), needles.end(),
                       [&](const std::string& needle) { return text.find(needle) != std::string::npos; });
  };
  RC_ASSERT((whole.facts().with > 0) == holds(stream));
  const auto with = static_cast<std::uint64_t>(std::count_if(messages.begin(), messages.end(), holds));
  RC_ASSERT(each.facts().with == with);
  if (!stream.empty()) RC_ASSERT(each.facts().without == messages.size() - with);
  RC_ASSERT(each.facts().unknown == 0u);
}

TEST(TextSearch, AGapSplitsTheText) {
  plan::Exchange exchange;
  exchange.payload = plan::TextPayload{{"abab", "abab"}};
  exchange.messages = 2;
  TextSearch each(exchange, {"ba"}, true), whole(exchange, {"ba"}, false);
  for (TextSearch* search : {&each, &whole}) {
    search->stream(bytes_of("ab"), 1);
    search->gap(1);
    search->stream(bytes_of("b"), 2);
  }
  EXPECT_EQ(each.facts().unknown, 1u);
  EXPECT_EQ(whole.facts().with, 0u);
  EXPECT_EQ(whole.facts().unknown, 1u);
  for (TextSearch* search : {&each, &whole}) search->stream(bytes_of("abab"), 3);
  EXPECT_EQ(each.facts().with, 1u);
  EXPECT_EQ(whole.facts().with, 1u);
  EXPECT_EQ(whole.facts().first_with, 3u);
}

}  // namespace
}  // namespace echolab::verify
