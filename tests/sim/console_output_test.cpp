// Tests of writing what the guest prints.
#include "sim/console_output.h"

#include <csignal>
#include <gtest/gtest.h>
#include <thread>

#include "tests/sim/pipes.h"

namespace sc_memory::sim {
namespace {

TEST(ConsoleOutput, WritesLinesAtOnceAndTheRestWhenFlushed) {
  const test::Pipe pipe;
  ConsoleOutput output(pipe.writer());
  output.put("line\r\nprompt");
  EXPECT_EQ(pipe.take_all(), "line\r\n");
  output.flush();
  EXPECT_EQ(pipe.take_all(), "prompt");
  output.flush();
  EXPECT_EQ(pipe.take_all(), "");
  EXPECT_EQ(output.error(), "");
}

TEST(ConsoleOutput, PassesEveryByteAndWritesTheRestWhenDestroyed) {
  const test::Pipe pipe;
  std::string all;
  {
    ConsoleOutput output(pipe.writer());
    for (int byte = 0; byte < 256; ++byte) {
      output.put(static_cast<uint8_t>(byte));
      all += static_cast<char>(byte);
    }
  }
  EXPECT_EQ(pipe.take_all(), all);
}

TEST(ConsoleOutput, GoesOnAfterPartialWritesAndFullPipes) {
  test::Pipe pipe;
  fcntl(pipe.writer(), F_SETPIPE_SZ, 4096);
  fcntl(pipe.writer(), F_SETFL, O_NONBLOCK);  // as another program may have left a shared terminal
  std::string read_back;
  std::thread reader([&] {
    char buffer[777];
    for (ssize_t count; (count = read(pipe.reader(), buffer, sizeof buffer)) > 0;) {
      read_back.append(buffer, static_cast<size_t>(count));
    }
  });
  std::string written;
  {
    ConsoleOutput output(pipe.writer());
    for (int line = 0; line < 20'000; ++line) {
      const std::string text = "line " + std::to_string(line) + "\n";
      output.put(text);
      written += text;
    }
    EXPECT_EQ(output.error(), "");
  }
  pipe.close_writer();
  reader.join();
  EXPECT_EQ(read_back, written);
}

TEST(ConsoleOutput, ReportsAnOtherEndThatIsGoneAndSurvivesIt) {
  test::Pipe pipe;
  ConsoleOutput output(pipe.writer());
  pipe.close_reader();
  output.put("lost\n");
  EXPECT_EQ(output.error(), "Broken pipe");
  output.put("more\n");
  output.flush();
  EXPECT_EQ(output.error(), "Broken pipe");
}

TEST(ConsoleOutput, ReportsADescriptorThatTakesNothing) {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  ConsoleOutput output(full);
  output.put("lost\n");
  EXPECT_EQ(output.error(), "No space left on device");
  close(full);
}

}  // namespace
}  // namespace sc_memory::sim
