// Tests of reading keys.
#include "sim/console_keyboard.h"

#include <csignal>
#include <gtest/gtest.h>
#include <string>
#include <utility>

#include "tests/sim/pipes.h"

namespace sc_memory::sim {
namespace {

using Kind = EscapeDecoder::Kind;
using std::chrono::hours;

// All that comes, up to the end of the input or a command to end.
std::string read_all(Keyboard& keyboard) {
  std::string text;
  for (bool last = false; !last;) {
    keyboard.wait(hours(1));
    last = keyboard.end_requested();  // asked before the bytes are taken: those typed before the command are all there
    while (const auto byte = keyboard.next_byte()) text += static_cast<char>(*byte);
    last |= keyboard.at_end();
  }
  return text;
}

TEST(EscapeDecoder, PassesOrdinaryKeysAndFindsCommands) {
  EscapeDecoder decoder;
  const auto decode = [&](uint8_t key) {
    const Kind kind = decoder.decode(key);
    return std::pair(kind, key);
  };
  for (unsigned key = 0; key < 256; ++key) {
    if (key == 1) continue;
    EXPECT_EQ(decode(static_cast<uint8_t>(key)), std::pair(Kind::byte, static_cast<uint8_t>(key)));
  }
  const auto escaped = [&](uint8_t key) {
    EXPECT_EQ(decode(1).first, Kind::nothing);
    return decode(key);
  };
  EXPECT_EQ(escaped('x').first, Kind::end);
  EXPECT_EQ(escaped('h').first, Kind::help);
  EXPECT_EQ(escaped('a'), std::pair(Kind::byte, uint8_t{1}));
  EXPECT_EQ(escaped(1), std::pair(Kind::byte, uint8_t{1}));
  EXPECT_EQ(escaped('q').first, Kind::nothing);
  EXPECT_EQ(decode('x'), std::pair(Kind::byte, uint8_t{'x'})) << "an escape holds for one key";
}

TEST(Keyboard, HandsOverWhatIsTypedInOrder) {
  test::Pipe pipe;
  Keyboard keyboard(pipe.reader(), true);
  EXPECT_EQ(keyboard.next_byte(), std::nullopt);
  EXPECT_FALSE(keyboard.at_end());
  pipe.write_all(
      "abc\x01\x01"
      "d\x01q"
      "e");
  pipe.close_writer();
  EXPECT_EQ(read_all(keyboard),
            "abc\x01"
            "de");
  EXPECT_TRUE(keyboard.at_end());
  EXPECT_FALSE(keyboard.end_requested());
}

TEST(Keyboard, WakesForAKey) {
  const test::Pipe pipe;
  Keyboard keyboard(pipe.reader(), true);
  std::thread typist([&] { pipe.write_all("k"); });
  keyboard.wait(hours(1));
  EXPECT_EQ(keyboard.next_byte(), 'k');
  typist.join();
}

TEST(Keyboard, ReportsCommands) {
  const test::Pipe pipe;
  Keyboard keyboard(pipe.reader(), true);
  pipe.write_all("\x01h");
  keyboard.wait(hours(1));
  EXPECT_TRUE(keyboard.take_help_request());
  EXPECT_FALSE(keyboard.take_help_request());
  EXPECT_FALSE(keyboard.end_requested());
  pipe.write_all("ok\x01x");
  EXPECT_EQ(read_all(keyboard), "ok");
  EXPECT_TRUE(keyboard.end_requested());
  EXPECT_FALSE(keyboard.at_end());
}

TEST(Keyboard, LeavesOtherInputThanTerminalsAsItIs) {
  test::Pipe pipe;
  Keyboard keyboard(pipe.reader(), false);
  pipe.write_all("\x01xy\x01\x01");
  pipe.close_writer();
  EXPECT_EQ(read_all(keyboard), "\x01xy\x01\x01");
  EXPECT_FALSE(keyboard.end_requested());
}

TEST(Keyboard, TakesAnEmptyInputAsItsEnd) {
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  Keyboard keyboard(nothing, false);
  EXPECT_EQ(read_all(keyboard), "");
  EXPECT_TRUE(keyboard.at_end());
  close(nothing);
}

TEST(Keyboard, TakesADescriptorThatCannotBeReadAsItsEnd) {
  const int directory = open("/", O_RDONLY | O_CLOEXEC);
  Keyboard keyboard(directory, false);
  EXPECT_EQ(read_all(keyboard), "");
  EXPECT_TRUE(keyboard.at_end());
  close(directory);
}

TEST(Keyboard, LosesNothingOfALongInput) {
  test::Pipe pipe;
  Keyboard keyboard(pipe.reader(), false);
  std::string sent;
  for (int i = 0; i < 100'000; ++i) sent += std::to_string(i) + ' ';
  std::thread sender([&] {
    pipe.write_all(sent);
    pipe.close_writer();
  });
  EXPECT_EQ(read_all(keyboard), sent);
  sender.join();
}

TEST(Keyboard, CanBeTakenDownAtAnyTime) {
  test::Pipe pipe;
  { const Keyboard unused(pipe.reader(), true); }
  const std::string much(1 << 20, 'x');
  std::thread sender([&] { pipe.write_all(much); });
  { const Keyboard full(pipe.reader(), true); }
  pipe.take_all();
  std::signal(SIGPIPE, SIG_IGN);
  pipe.close_reader();
  sender.join();
}

}  // namespace
}  // namespace sc_memory::sim
