// Tests of the console between a guest that is a few lines of SystemC, a script and a keyboard.
#include "sim/console.h"

#include <deque>
#include <gtest/gtest.h>
#include <pty.h>
#include <string>

#include <systemc>

#include "sim/console_terminal.h"
#include "tests/sim/pipes.h"

namespace sc_memory::sim {
namespace {

using namespace sc_core;  // NOLINT: only the test's own few lines of model

constexpr size_t fifo_size = 4;

// Prints its prompt, then answers each line by printing it in brackets. Sleeps between characters and, at the end of
// its input, until it is given something.
struct Guest : sc_module {
  SC_HAS_PROCESS(Guest);
  Guest(sc_module_name name, std::string first) : sc_module(name), banner(std::move(first)) { SC_THREAD(run); }

  void say(const std::string& text) {
    for (const char c : text) {
      wait(10, SC_US);
      console->transmit(static_cast<uint8_t>(c));
    }
  }

  void run() {
    say(banner);
    while (true) {
      say("=> ");
      const std::string line = read_line();
      lines.push_back(line);
      if (line == "quit") break;
      say("[" + line + "]\r\n");
    }
    sc_stop();
  }

  std::string read_line() {
    std::string line;
    while (true) {
      while (fifo.empty()) {
        idle = true;
        wait(received);
        idle = false;
      }
      wait(5, SC_US);
      const char c = static_cast<char>(fifo.front());
      fifo.pop_front();
      console->space_freed();
      if (c == '\r') break;
      line += c;
      say(std::string(1, c));
    }
    say("\r\n");
    return line;
  }

  Console::Port port() {
    return {[this] { return fifo_size - fifo.size(); },
            [this](uint8_t byte) {
              EXPECT_LT(fifo.size(), fifo_size) << "a byte would be lost";
              fifo.push_back(byte);
              received.notify(SC_ZERO_TIME);
            }};
  }

  const std::string banner;
  Console* console = nullptr;
  std::deque<uint8_t> fifo;
  sc_event received;
  bool idle = false;
  std::vector<std::string> lines;
};

// A guest with its console; what it prints goes into a pipe.
struct Machine {
  Machine(ScriptFeeder* script, Keyboard* keyboard, const std::string& banner = "hello\r\n")
      : guest("guest", banner), output(pipe.writer()), console("console", guest.port(), user(script, keyboard)) {
    guest.console = &console;
  }

  Console::User user(ScriptFeeder* script, Keyboard* keyboard) {
    return {output, script, keyboard, [this] { return guest.idle; },
            [this](const std::string& why) {
              ended.push_back(why);
              sc_stop();
            }};
  }

  test::Pipe pipe;
  Guest guest;
  ConsoleOutput output;
  std::vector<std::string> ended;
  Console console;
};

using Lines = std::vector<std::string>;

TEST(IdlePause, IsWhatSimulatedTimeIsAhead) {
  using std::chrono::milliseconds;
  EXPECT_EQ(idle_pause(sc_time(10, SC_MS), milliseconds(4)), milliseconds(6));
  EXPECT_EQ(idle_pause(sc_time(10, SC_MS), milliseconds(10)), milliseconds(0));
  EXPECT_EQ(idle_pause(sc_time(10, SC_MS), milliseconds(400)), milliseconds(0));
}

TEST(Console, FeedsAScriptAndShowsWhatTheGuestPrints) {
  ScriptFeeder script(
      Script::parse("a long line that the port takes in pieces\n@expect pieces]\necho =>\nquit\n", "demo.txt"));
  Machine machine(&script, nullptr);
  sc_start();
  EXPECT_EQ(machine.guest.lines, (Lines{"a long line that the port takes in pieces", "echo =>", "quit"}));
  EXPECT_TRUE(script.finished());
  EXPECT_TRUE(machine.ended.empty());
  machine.output.flush();
  EXPECT_EQ(machine.pipe.take_all(),
            "hello\r\n=> a long line that the port takes in pieces\r\n[a long line that the port takes in pieces]\r\n"
            "=> echo =>\r\n[echo =>]\r\n=> quit\r\n");
}

TEST(Console, AScriptDoesNotKeepASleepingGuestGoing) {
  ScriptFeeder script(Script::parse("@expect never\nquit\n", "demo.txt"));
  Machine machine(&script, nullptr);
  sc_start(sc_time(1000, SC_SEC), SC_EXIT_ON_STARVATION);
  EXPECT_LT(sc_time_stamp(), sc_time(1, SC_SEC)) << "nothing was left to do";
  EXPECT_EQ(script.waiting_for(), "demo.txt:1: still waiting for the text \"never\"");
  EXPECT_EQ(machine.pipe.take_all(), "hello\r\n=> ") << "the prompt is shown without an end of line";
}

TEST(Console, APromptInTheMiddleOfOutputIsNone) {
  ScriptFeeder script(Script::parse("quit\n", "demo.txt"));
  Machine machine(&script, nullptr, "a => b => c\r\n");
  sc_start();
  EXPECT_EQ(machine.guest.lines, Lines{"quit"});
  EXPECT_EQ(machine.pipe.take_all(), "a => b => c\r\n=> quit\r\n");
}

TEST(Console, AKeyOfAScriptDoesNotWaitForOutputToRest) {
  ScriptFeeder script(Script::parse("@expect x\n@key quit\\r\n", "demo.txt"));
  Machine machine(&script, nullptr, std::string(5000, 'x'));
  sc_start(sc_time(25, SC_MS));  // half of what the guest prints without a pause
  EXPECT_TRUE(script.waiting_for().find("has taken only 4 of the 5") != std::string::npos) << script.waiting_for();
  sc_start();
  EXPECT_EQ(machine.guest.lines, Lines{"quit"});
}

TEST(Console, PassesOnWhatIsTyped) {
  test::Pipe typed;
  Keyboard keyboard(typed.reader(), true);
  Machine machine(nullptr, &keyboard);
  typed.write_all("first\rquit\r");
  sc_start();
  EXPECT_EQ(machine.guest.lines, (Lines{"first", "quit"}));
}

TEST(Console, AKeyWakesAnIdleGuest) {
  test::Pipe typed;
  Keyboard keyboard(typed.reader(), true);
  Machine machine(nullptr, &keyboard);
  std::thread typist([&] {
    // Types when the prompt is there and the guest sleeps.
    std::string seen;
    while (seen.find("=> ") == std::string::npos) seen += machine.pipe.take_all();
    typed.write_all("quit\r");
  });
  sc_start();
  typist.join();
  EXPECT_EQ(machine.guest.lines, Lines{"quit"});
}

TEST(Console, ControlAXEndsTheSimulation) {
  test::Pipe typed;
  Keyboard keyboard(typed.reader(), true);
  Machine machine(nullptr, &keyboard);
  typed.write_all("\x01h\x01x");
  sc_start();
  EXPECT_EQ(machine.ended, Lines{"ended by Ctrl-A x"});
  EXPECT_NE(machine.pipe.take_all().find("Ctrl-A x   ends the simulation"), std::string::npos);
}

TEST(Console, TheEndOfTheInputIsNotTheEndOfTheGuest) {
  test::Pipe typed;
  Keyboard keyboard(typed.reader(), false);
  Machine machine(nullptr, &keyboard);
  typed.write_all("one\r");
  typed.close_writer();
  sc_start(sc_time(1000, SC_SEC), SC_EXIT_ON_STARVATION);
  EXPECT_EQ(machine.guest.lines, Lines{"one"});
  EXPECT_LT(sc_time_stamp(), sc_time(100, SC_SEC)) << "a closed keyboard does not keep the simulation alive";
}

TEST(Console, TheScriptComesBeforeTheKeyboard) {
  test::Pipe typed;
  Keyboard keyboard(typed.reader(), true);
  ScriptFeeder script(Script::parse("one\ntwo\n", "demo.txt"));
  Machine machine(&script, &keyboard);
  typed.write_all("three\rquit\r");
  sc_start();
  EXPECT_EQ(machine.guest.lines, (Lines{"one", "two", "three", "quit"}));
}

TEST(Console, OutputThatNobodyTakesEndsTheSimulation) {
  ScriptFeeder script(Script::parse("@expect never\n", "demo.txt"));
  Machine machine(&script, nullptr);
  machine.pipe.close_reader();
  sc_start(sc_time(1, SC_SEC), SC_EXIT_ON_STARVATION);
  EXPECT_EQ(machine.ended, Lines{"the console's output cannot be written: Broken pipe"});
}

TEST(Console, WorksOnATerminal) {
  int master = -1;
  int slave = -1;
  ASSERT_EQ(openpty(&master, &slave, nullptr, nullptr, nullptr), 0);
  std::string screen;
  {
    const RawTerminal terminal(slave);
    Keyboard keyboard(slave, terminal.active());
    Guest guest("guest", "hello\r\n");
    ConsoleOutput output(slave);
    std::vector<std::string> ended;
    const Console::User user{output, nullptr, &keyboard, [&] { return guest.idle; },
                             [&](const std::string& why) {
                               ended.push_back(why);
                               sc_stop();
                             }};
    Console console("console", guest.port(), user);
    guest.console = &console;
    std::thread typist([&] {
      const auto type_after = [&](const std::string& text, const std::string& keys) {
        const size_t start = screen.size();
        while (screen.find(text, start) == std::string::npos) {
          char shown[256];
          const ssize_t count = read(master, shown, sizeof shown);
          if (count <= 0) return;
          screen.append(shown, static_cast<size_t>(count));
        }
        EXPECT_EQ(write(master, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
      };
      type_after("=> ",
                 "\x03"
                 "a\r");
      type_after("=> ", "\x01x");
    });
    sc_start();
    typist.join();
    EXPECT_EQ(guest.lines, Lines{"\x03"
                                 "a"})
        << "Ctrl-C is a key for the guest";
    EXPECT_EQ(ended, Lines{"ended by Ctrl-A x"});
  }
  EXPECT_NE(screen.find("[\x03"
                        "a]"),
            std::string::npos);
  close(master);
  close(slave);
}

}  // namespace
}  // namespace sc_memory::sim
