// Tests of scripts: how they are read, and when they type.
#include "sim/script.h"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

#include "models/boot/load_error.h"

namespace sc_memory::sim {
namespace {

using testing::HasSubstr;

// A feeder with a guest that prints what it is told to.
struct Session {
  explicit Session(const std::string& text) : feeder(Script::parse(text, "demo.txt")) {}

  // The guest prints; what the script types then.
  std::string after(std::string_view printed) {
    for (const char c : printed) feeder.output(static_cast<uint8_t>(c));
    std::string typed;
    while (const auto byte = feeder.next_byte()) typed += static_cast<char>(*byte);
    return typed;
  }

  ScriptFeeder feeder;
};

std::string error_of(const std::string& text) {
  try {
    Script::parse(text, "demo.txt");
  } catch (const models::LoadError& error) {
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    return error.what();
  }
  ADD_FAILURE() << "no LoadError was thrown";
  return "";
}

TEST(Script, HasAStepForEachLineThatDoesSomething) {
  const Script script =
      Script::parse("# comment\n\nversion\r\n@expect U-Boot\n@key \\x20\n@wait\n@prompt \"# \"\nls\n", "demo.txt");
  ASSERT_EQ(script.steps().size(), 5U);
  const auto& steps = script.steps();
  EXPECT_EQ(steps[0].action, Script::Action::type_at_prompt);
  EXPECT_EQ(steps[0].awaited, "=> ");
  EXPECT_EQ(steps[0].typed, "version\r");
  EXPECT_EQ(steps[0].line, 3U);
  EXPECT_EQ(steps[1].action, Script::Action::expect_text);
  EXPECT_EQ(steps[1].awaited, "U-Boot");
  EXPECT_EQ(steps[2].action, Script::Action::type_at_once);
  EXPECT_EQ(steps[2].typed, " ");
  EXPECT_EQ(steps[3].action, Script::Action::type_at_prompt);
  EXPECT_EQ(steps[3].typed, "");
  EXPECT_EQ(steps[4].awaited, "# ");
  EXPECT_EQ(steps[4].typed, "ls\r");
  EXPECT_EQ(steps[4].line, 8U);
}

TEST(Script, TypedLinesReachTheGuestAsTheyAre) {
  const auto typed = [](const std::string& line) { return Script::parse(line, "demo.txt").steps()[0].typed; };
  EXPECT_EQ(typed(R"(echo "\x41" \\)"), R"(echo "\x41" \\)" + std::string("\r"));
  EXPECT_EQ(typed("  two blanks  "), "  two blanks  \r");
  EXPECT_EQ(typed("\\# no comment"), "# no comment\r");
  EXPECT_EQ(typed("\\@wait"), "@wait\r");
  EXPECT_EQ(typed("\\\\x"), "\\x\r");
  EXPECT_EQ(typed("\\"), "\r") << "a way to type nothing but Enter";
  EXPECT_EQ(typed("größe"), "größe\r");
}

TEST(Script, TextMayBeQuotedAndEscaped) {
  const auto key = [](const std::string& text) { return Script::parse("@key " + text, "demo.txt").steps()[0].typed; };
  EXPECT_EQ(key("  a b  "), "a b");
  EXPECT_EQ(key("\" a b \""), " a b ");
  EXPECT_EQ(key(R"(\\\"\r\n\t\e\x00\x7F\xfa)"), std::string("\\\"\r\n\t\x1b\0\x7f\xfa", 9));
  EXPECT_EQ(key(R"("say \"x\"")"), "say \"x\"");
  EXPECT_EQ(key(R"(a"b")"), "a\"b\"") << "quotes count only at the beginning";
}

TEST(Script, RefusesWhatItDoesNotUnderstand) {
  EXPECT_EQ(error_of("version\n@pause 3\n"),
            "demo.txt:2: unknown directive @pause; expected @prompt, @expect, @key or @wait (a line that begins with "
            "\\ is typed)");
  EXPECT_EQ(error_of("@prompt"), "demo.txt:1: @prompt without text; expected @prompt TEXT");
  EXPECT_EQ(error_of("\n\n@expect \"\"\n"), "demo.txt:3: @expect without text; expected @expect TEXT");
  EXPECT_EQ(error_of("@wait 5"), "demo.txt:1: @wait 5; expected @wait alone: it waits for the prompt");
  EXPECT_THAT(error_of("@key \"a"), HasSubstr("demo.txt:1: @key with quotes that do not enclose all of its text"));
  EXPECT_THAT(error_of("@key \"a\" b"), HasSubstr("with quotes that do not enclose"));
  EXPECT_THAT(error_of("@key \"a\\\""), HasSubstr("with quotes that do not enclose"));
  EXPECT_THAT(error_of("@key \\q"), HasSubstr("begins no escape; expected"));
  EXPECT_THAT(error_of("@key \\"), HasSubstr("begins no escape"));
  EXPECT_THAT(error_of("@key \\x1"), HasSubstr("without two hexadecimal digits"));
  EXPECT_THAT(error_of("@key \\xg0"), HasSubstr("without two hexadecimal digits"));
  EXPECT_THAT(error_of("@key \\x\x10\x10"), HasSubstr("without two hexadecimal digits"));
  EXPECT_THAT(error_of("a\n\tb"),
              HasSubstr("demo.txt:2: a line with the control character \\x09; expected printable text"));
  EXPECT_THAT(error_of(std::string("a\0b", 3)), HasSubstr("control character \\x00"));
  EXPECT_THAT(error_of("\x7f"), HasSubstr("control character \\x7f"));
  EXPECT_THAT(error_of("@"), HasSubstr("unknown directive @;"));
  EXPECT_EQ(error_of("# only a comment\n"),
            "demo.txt: has nothing to type or to wait for; expected a script with lines for the console");
  EXPECT_THAT(error_of(""), HasSubstr("has nothing to type"));
}

TEST(Script, ReadsFilesAndNamesThoseItCannotRead) {
  const std::string path = testing::TempDir() + "script_test_demo.txt";
  std::ofstream(path) << "version\nbdinfo";
  EXPECT_EQ(Script::read(path).steps().size(), 2U);
  EXPECT_EQ(Script::read(path).name(), path);
  std::remove(path.c_str());
  try {
    Script::read(path);
    FAIL() << "the file is gone";
  } catch (const models::LoadError& error) {
    EXPECT_EQ(std::string(error.what()),
              path + ": cannot be opened (No such file or directory); expected a script with lines for the console");
  }
}

TEST(ScriptFeeder, TypesEachLineAtItsPrompt) {
  Session session("version\nbdinfo\n");
  EXPECT_EQ(session.after(""), "");
  EXPECT_EQ(session.after("U-Boot 2023\r\n"), "");
  EXPECT_EQ(session.after("=> "), "version\r");
  EXPECT_EQ(session.after("version\r\nU-Boot\r\n"), "");
  EXPECT_FALSE(session.feeder.finished());
  EXPECT_EQ(session.after("=> "), "bdinfo\r");
  EXPECT_TRUE(session.feeder.finished());
  EXPECT_EQ(session.after("=> "), "");
}

TEST(ScriptFeeder, APromptCountsOnlyAtTheEndAndOnlyOnce) {
  Session session("a\nb\n");
  EXPECT_EQ(session.after("x => y"), "");
  EXPECT_EQ(session.after("=> "), "a\r");
  EXPECT_EQ(session.after(""), "") << "the same prompt does not serve again";
  EXPECT_EQ(session.after("= > =>"), "");
  EXPECT_EQ(session.after(" "), "b\r");
}

TEST(ScriptFeeder, HandsOverByteByByteAndGoesOnWhenAskedAgain) {
  Session session("abc\n");
  session.feeder.output('=');
  session.feeder.output('>');
  EXPECT_EQ(session.feeder.next_byte(), std::nullopt);
  session.feeder.output(' ');
  EXPECT_TRUE(session.feeder.needs_quiet());
  EXPECT_EQ(session.feeder.next_byte(), 'a');
  EXPECT_FALSE(session.feeder.needs_quiet()) << "a line once begun is typed to its end";
  session.feeder.output('a');
  EXPECT_EQ(session.feeder.next_byte(), 'b');
  session.feeder.output('!');
  EXPECT_EQ(session.feeder.next_byte(), 'c');
  EXPECT_EQ(session.feeder.next_byte(), '\r');
  EXPECT_FALSE(session.feeder.needs_quiet());
  EXPECT_TRUE(session.feeder.finished());
}

TEST(ScriptFeeder, TheEchoOfALineIsNeitherPromptNorExpectedText) {
  Session session("echo => \n@expect DONE\nlast\n");
  EXPECT_EQ(session.after("=> "), "echo => \r");
  EXPECT_EQ(session.after("echo => "), "");
  EXPECT_EQ(session.after("\r\n=> \r\n=> "), "") << "waits for the text";
  EXPECT_EQ(session.after("DONE\r\n=> "), "last\r");

  Session again("echo DONE\n@expect DONE\n@wait");
  EXPECT_EQ(again.after("=> "), "echo DONE\r");
  EXPECT_EQ(again.after("echo DONE\r\n"), "");
  EXPECT_THAT(again.feeder.waiting_for(), HasSubstr("the text \"DONE\""));
  EXPECT_EQ(again.after("DONE\r\n"), "");
  EXPECT_THAT(again.feeder.waiting_for(), HasSubstr("the prompt"));
}

TEST(ScriptFeeder, WorksWithGuestsThatDoNotEcho) {
  Session session("secret\n@expect ok\nnext\n");
  EXPECT_EQ(session.after("=> "), "secret\r");
  EXPECT_EQ(session.after("\r\nok\r\n=> "), "next\r");
}

TEST(ScriptFeeder, KeysWaitForNothing) {
  Session session("@key x\n@expect stop autoboot\n@key \\x20\nversion\n");
  EXPECT_FALSE(session.feeder.needs_quiet());
  EXPECT_EQ(session.after(""), "x");
  EXPECT_EQ(session.after("Hit any key to stop auto"), "");
  EXPECT_EQ(session.after("boot:  2 "), " ");
  EXPECT_EQ(session.after("\b\b\b 0 \r\n=> "), "version\r");
  EXPECT_TRUE(session.feeder.finished());
}

TEST(ScriptFeeder, ExpectedTextMayComeInPiecesAndOnceForEachDirective) {
  Session session("@expect aab\n@expect aab\n@key z\n");
  EXPECT_EQ(session.after("a"), "");
  EXPECT_EQ(session.after("aab"), "") << "an overlap with what did not match is seen";
  EXPECT_EQ(session.after("xaa"), "");
  EXPECT_EQ(session.after("b"), "z");
}

TEST(ScriptFeeder, ExpectedTextMayIncludeThePromptThatALineThenUses) {
  Session session("@expect \"ready\\n=> \"\ngo\n");
  EXPECT_EQ(session.after("ready\n=> "), "go\r");
}

TEST(ScriptFeeder, WaitTypesNothingAndLeavesThePromptToTheNextLine) {
  Session session("a\n@wait\nb\n");
  EXPECT_EQ(session.after("=> "), "a\r");
  EXPECT_EQ(session.after("a\r\nworking"), "");
  EXPECT_EQ(session.after("\r\n=> "), "b\r");
  Session last("a\n@wait\n");
  last.after("=> ");
  EXPECT_FALSE(last.feeder.finished());
  last.after("=> ");
  EXPECT_TRUE(last.feeder.finished());
}

TEST(ScriptFeeder, ThePromptCanChangeOnTheWay) {
  Session session("boot\n@prompt \"~ # \"\nls\n");
  EXPECT_EQ(session.after("=> "), "boot\r");
  EXPECT_EQ(session.after("boot\r\nLinux\r\n=> "), "");
  EXPECT_EQ(session.after("\r\n~ # "), "ls\r");
}

TEST(ScriptFeeder, SaysWhatItWaitsFor) {
  Session session("# first\nversion\n@expect \"a\\n\"\n@key xyz\n@wait\n");
  EXPECT_EQ(session.feeder.waiting_for(), "demo.txt:2: still waiting for the prompt \"=> \" to type \"version\"");
  for (const char c : std::string_view("=> ")) session.feeder.output(static_cast<uint8_t>(c));
  session.feeder.next_byte();
  EXPECT_EQ(session.feeder.waiting_for(),
            "demo.txt:2: the guest has taken only 1 of the 8 bytes to type, \"version\\x0d\"");
  session.after("");
  EXPECT_EQ(session.feeder.waiting_for(), "demo.txt:3: still waiting for the text \"a\\x0a\"");
  for (const char c : std::string_view("version\r\na\n")) session.feeder.output(static_cast<uint8_t>(c));
  EXPECT_EQ(session.feeder.waiting_for(), "demo.txt:4: the guest has taken only 0 of the 3 bytes to type, \"xyz\"");
  session.after("");
  EXPECT_EQ(session.feeder.waiting_for(), "demo.txt:5: still waiting for the prompt \"=> \"");
  session.after("=> ");
  EXPECT_EQ(session.feeder.waiting_for(), "");
}

TEST(ScriptFeeder, SeesPromptsAfterAnyAmountOfOutput) {
  Session session("a\n@expect needle\n@key b");
  EXPECT_EQ(session.after(std::string(1'000'000, '=') + "> "), "a\r");
  EXPECT_EQ(session.after(std::string(1'000'001, 'n') + "eedle"), "b");
}

// However the output is cut into pieces and whenever it is asked, a script types its lines in order, each at a prompt.
TEST(ScriptFeeder, DoesNotDependOnWhenItIsAsked) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    ScriptFeeder feeder(Script::parse("one\n@expect ok\ntwo\nthree\n@wait\n", "demo.txt"));
    std::string typed;
    std::string to_print = "hello\r\n=> ";
    size_t lines = 0;
    for (int turn = 0; turn < 2000 && !feeder.finished(); ++turn) {
      // The guest prints some bytes, never resting in the middle of a prompt-like text, and echoes what it gets.
      for (size_t count = random() % 5; count > 0 && !to_print.empty(); --count) {
        feeder.output(static_cast<uint8_t>(to_print.front()));
        to_print.erase(0, 1);
      }
      for (size_t count = random() % 3; count > 0; --count) {
        const auto byte = feeder.next_byte();
        if (!byte) continue;
        typed += static_cast<char>(*byte);
        to_print += static_cast<char>(*byte);
        if (*byte == '\r') {
          to_print += ++lines == 1 ? "\nok\r\n=> " : "\n=> ";
        }
      }
    }
    ASSERT_TRUE(feeder.finished()) << feeder.waiting_for();
    ASSERT_EQ(typed, "one\rtwo\rthree\r");
  }
}

}  // namespace
}  // namespace sc_memory::sim
