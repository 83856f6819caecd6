#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lab/submission/dockerfile.h"
#include "lab/submission/dockerfile_recipe.h"

namespace echolab::submission {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Words = std::vector<std::string>;

ChosenProgram followed(std::string_view text) {
  auto result = recipe_of_dockerfile(text, "Dockerfile", "");
  if (const auto* none = std::get_if<NoProgram>(&result)) {
    ADD_FAILURE() << none->reason;
    return {};
  }
  return std::get<ChosenProgram>(result);
}

std::string refusal(std::string_view text) {
  auto result = recipe_of_dockerfile(text, "Dockerfile", "");
  const auto* none = std::get_if<NoProgram>(&result);
  return none != nullptr ? none->reason : "followed";
}

TEST(Dockerfile, ToleratesCommentsContinuationsAndCase) {
  const Dockerfile file =
      parse_dockerfile("# syntax=x\nfrom python\n\nRUN a \\\n  # inside\n\n  b \\\n  c\r\nCMD [\"x\", \"y z\"]");
  ASSERT_EQ(file.instructions.size(), 3u);
  EXPECT_EQ(file.instructions[0].keyword, "FROM");
  EXPECT_EQ(file.instructions[1].text, "a b c");
  EXPECT_EQ(file.instructions[1].line, 4u);
  EXPECT_THAT(file.instructions[2].words, ElementsAre("x", "y z"));
  EXPECT_TRUE(file.instructions[2].json);
  EXPECT_EQ(file.instructions[2].line, 9u);
}

TEST(Dockerfile, SplitsWordsAsAShell) {
  EXPECT_THAT(split_words(R"(a "b c" 'd\e' f\ g "")"), ElementsAre("a", "b c", "d\\e", "f g", ""));
  EXPECT_THAT(split_words("a \"b"), IsEmpty());
}

TEST(Dockerfile, IsFollowed) {
  const ChosenProgram program = followed(
      "FROM gcc:13\n"
      "ARG DIR=/srv/echo\n"
      "WORKDIR $DIR\n"
      "COPY server.c Makefile ./\n"
      "ENV PORT=5000 HOME_DIR=${DIR}/data\n"
      "RUN cd /srv/echo && gcc -o server server.c\n"
      "EXPOSE 5000/udp\n"
      "USER nobody\n"
      "ENTRYPOINT [\"/srv/echo/server\"]\n"
      "CMD [\"--verbose\"]\n");
  EXPECT_THAT(program.build, ElementsAre(Words{"env", "PORT=5000", "HOME_DIR=./data", "/bin/sh", "-c",
                                               "cd . && gcc -o server server.c"}));
  EXPECT_THAT(program.start, ElementsAre("env", "PORT=5000", "HOME_DIR=./data", "./server", "--verbose"));
}

TEST(Dockerfile, TakesShellFormsApartWhenTheyArePlain) {
  EXPECT_THAT(followed("FROM x\nWORKDIR /app\nCOPY . /app\nCMD python3 -u /app/server.py").start,
              ElementsAre("python3", "-u", "./server.py"));
  EXPECT_THAT(followed("FROM x\nCMD python3 server.py > log").start,
              ElementsAre("/bin/sh", "-c", "python3 server.py > log", "sh"));
}

TEST(Dockerfile, CopiesTheWholeFolderOrFilesIntoOnePlace) {
  for (const char* copy :
       {"COPY . .", "COPY . /app", "COPY ./ /app/", "ADD server.py /app/", "COPY server.py /app/server.py",
        "COPY --chown=a:b *.py .", "COPY [\"a b.py\", \"./\"]", "COPY src .\nCOPY server.py ."}) {
    EXPECT_EQ(refusal(std::string("FROM x\nWORKDIR /app\n") + copy + "\nCMD [\"x\"]"), "followed") << copy;
  }
}

TEST(Dockerfile, IsRefusedWithItsLine) {
  const auto line = [](const std::string& instruction) {
    return refusal("FROM x\nWORKDIR /app\nCOPY . .\n" + instruction + "\nCMD x");
  };
  EXPECT_EQ(line("RUN apt-get install -y gcc"),
            "Dockerfile, line 4: apt-get needs a network and root, which builds of submissions do not have");
  EXPECT_THAT(line("RUN make && pip install x"), HasSubstr("line 4: pip needs a network"));
  EXPECT_THAT(line("RUN python3 -m pip install x"), HasSubstr("line 4: pip needs a network"));
  EXPECT_THAT(line("RUN A=1 /usr/bin/curl x"), HasSubstr("curl needs a network"));
  EXPECT_THAT(line("RUN [\"wget\", \"x\"]"), HasSubstr("wget needs a network"));
  EXPECT_THAT(line("RUN --mount=type=cache,target=/x make"), HasSubstr("options of RUN"));
  EXPECT_THAT(line("RUN <<EOF\nmake\nEOF"), HasSubstr("here-documents"));
  EXPECT_THAT(line("ADD https://example.org/x ."), HasSubstr("needs a network"));
  EXPECT_THAT(line("COPY --from=build /a /b"), HasSubstr("more than one stage"));
  EXPECT_THAT(line("FROM y"), HasSubstr("more than one stage"));
  EXPECT_THAT(line("COPY a /other/"), HasSubstr("copied to /app and to /other"));
  EXPECT_THAT(line("COPY a.py b.py"), HasSubstr("only the whole folder, or files at its top"));
  EXPECT_THAT(line("COPY src/a.py ."), HasSubstr("only the whole folder"));
  EXPECT_THAT(line("WORKDIR /else"), HasSubstr("all commands run there"));
  EXPECT_THAT(line("ENV 1x=2"), HasSubstr("is no name of a variable"));
  EXPECT_THAT(line("ONBUILD RUN x"), HasSubstr("ONBUILD is not understood"));
  EXPECT_THAT(line("\x1b[2J x"), HasSubstr("\\x1b[2J is not understood"));
}

TEST(Dockerfile, IsRefusedAsAWhole) {
  EXPECT_THAT(refusal(""), HasSubstr("has no FROM line"));
  EXPECT_THAT(refusal("RUN x"), HasSubstr("line 1: FROM must come first"));
  EXPECT_THAT(refusal("FROM x"), HasSubstr("neither CMD nor ENTRYPOINT"));
  EXPECT_THAT(refusal(std::string(70'000, 'x')), HasSubstr("larger than 64 KiB"));
  EXPECT_THAT(refusal("FROM \xff"), HasSubstr("no UTF-8 text"));
}

TEST(Dockerfile, DoesNotGrowWithoutBound) {
  std::string text = "FROM x\nENV A=0123456789\n";
  for (int i = 0; i < 100; ++i) text += "ENV A=$A$A$A$A\n";
  text += "CMD [\"x\"]";
  EXPECT_LT(followed(text).start[1].size(), 100'000u);
}

}  // namespace
}  // namespace echolab::submission
