// Tests of raw mode: a child process makes a pseudo-terminal raw and leaves in one of the ways there are; afterwards
// the terminal must be as it was.
#include "sim/console_terminal.h"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <gtest/gtest.h>
#include <pty.h>
#include <stdexcept>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tests/sim/pipes.h"

namespace sc_memory::sim {
namespace {

class TerminalTest : public testing::Test {
 protected:
  TerminalTest() {
    if (openpty(&master_, &slave_, nullptr, nullptr, nullptr) != 0) throw std::runtime_error("no pseudo-terminal");
  }
  ~TerminalTest() override {
    close(master_);
    close(slave_);
  }

  termios settings() const {
    termios now{};
    tcgetattr(slave_, &now);
    return now;
  }
  bool is_raw() const { return (settings().c_lflag & (ICANON | ECHO | ISIG)) == 0; }

  // Runs `leave` in a child, on a terminal that it has made raw; returns how the child ended.
  int status_of(const std::function<void(RawTerminal&)>& leave) {
    const pid_t child = fork();
    if (child == 0) {
      // Sanitizers would print a report and exit on these; here they are to end the process as the host does.
      for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) std::signal(signal, SIG_DFL);
      RawTerminal terminal(slave_);
      if (!is_raw()) _exit(99);
      leave(terminal);
      _exit(98);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status;
  }

  void expect_unchanged(const termios& before) const {
    const termios now = settings();
    EXPECT_EQ(now.c_iflag, before.c_iflag);
    EXPECT_EQ(now.c_oflag, before.c_oflag);
    EXPECT_EQ(now.c_cflag, before.c_cflag);
    EXPECT_EQ(now.c_lflag, before.c_lflag);
    EXPECT_EQ(std::memcmp(now.c_cc, before.c_cc, sizeof now.c_cc), 0);
  }

  int master_ = -1;
  int slave_ = -1;
};

TEST_F(TerminalTest, IsRawWhileTheObjectExists) {
  const termios before = settings();
  EXPECT_FALSE(is_raw());
  {
    const RawTerminal terminal(slave_);
    EXPECT_TRUE(terminal.active());
    EXPECT_TRUE(is_raw());
    EXPECT_EQ(settings().c_oflag, before.c_oflag) << "the program's own messages still begin at the left";
  }
  expect_unchanged(before);
}

TEST_F(TerminalTest, KeysArriveAtOnceAndUnchanged) {
  const RawTerminal terminal(slave_);
  const std::string keys = "a\r\x03\x04\x1a\x7f";
  ASSERT_EQ(write(master_, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  std::string got;
  while (got.size() < keys.size()) {
    char key = 0;
    ASSERT_EQ(read(slave_, &key, 1), 1);
    got += key;
  }
  EXPECT_EQ(got, keys);
}

TEST_F(TerminalTest, CanBeMadeRawAgain) {
  const termios before = settings();
  { const RawTerminal first(slave_); }
  { const RawTerminal second(slave_); }
  expect_unchanged(before);
}

TEST_F(TerminalTest, OnlyOneObjectAtATime) {
  const RawTerminal first(slave_);
  EXPECT_THROW(RawTerminal second(slave_), std::logic_error);
  EXPECT_TRUE(is_raw());
}

TEST_F(TerminalTest, LeavesWhatIsNoTerminalAlone) {
  const test::Pipe pipe;
  const RawTerminal terminal(pipe.reader());
  EXPECT_FALSE(terminal.active());
}

TEST_F(TerminalTest, IsPutBackByExit) {
  const termios before = settings();
  const int status = status_of([](RawTerminal&) { std::exit(7); });
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
  expect_unchanged(before);
}

TEST_F(TerminalTest, IsPutBackByAnExceptionThatIsCaught) {
  const termios before = settings();
  try {
    const RawTerminal terminal(slave_);
    throw std::runtime_error("something");
  } catch (const std::runtime_error&) {
    expect_unchanged(before);
  }
}

TEST_F(TerminalTest, IsPutBackByAnExceptionThatNobodyCatches) {
  const termios before = settings();
  const int status = status_of([](RawTerminal&) { std::terminate(); });
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGABRT);
  expect_unchanged(before);
}

TEST_F(TerminalTest, IsPutBackBySignalsThatEndTheProcess) {
  const termios before = settings();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
    SCOPED_TRACE(strsignal(signal));
    const int status = status_of([&](RawTerminal&) { kill(getpid(), signal); });
    EXPECT_TRUE(WIFSIGNALED(status)) << "the signal itself ends the process";
    EXPECT_EQ(WTERMSIG(status), signal);
    expect_unchanged(before);
  }
}

TEST_F(TerminalTest, LeavesSignalsToHandlersThatWereThereBefore) {
  const termios before = settings();
  static volatile std::sig_atomic_t handled = 0;
  std::signal(SIGTERM, [](int) { handled = 1; });
  {
    const RawTerminal terminal(slave_);
    raise(SIGTERM);
    EXPECT_EQ(handled, 1) << "the program decides what a signal means";
    expect_unchanged(before);
  }
  std::signal(SIGTERM, SIG_DFL);
}

TEST_F(TerminalTest, LeavesIgnoredSignalsIgnored) {
  std::signal(SIGHUP, SIG_IGN);
  const RawTerminal terminal(slave_);
  raise(SIGHUP);
  EXPECT_TRUE(is_raw());
  std::signal(SIGHUP, SIG_DFL);
}

TEST_F(TerminalTest, PutsSignalHandlersBack) {
  struct sigaction before {};
  struct sigaction after {};
  sigaction(SIGINT, nullptr, &before);
  { const RawTerminal terminal(slave_); }
  sigaction(SIGINT, nullptr, &after);
  EXPECT_EQ(before.sa_handler, after.sa_handler);
}

}  // namespace
}  // namespace sc_memory::sim
