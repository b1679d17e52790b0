// Ctrl-C, SIGTERM and SIGHUP while vpsim runs, on a terminal and on pipes: it ends in good order, says why, and the
// exit code tells which it was.
#include <array>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/stat.h>
#include <termios.h>
#include <thread>
#include <utmp.h>

#include "tests/sim/pipes.h"
#include "tests/sim/vpsim_process.h"

namespace sc_memory::sim::test {
namespace {

using models::test::TemporaryDirectory;
using testing::HasSubstr;

/// Replaces this process.
[[noreturn]] void become_vpsim(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), VPSIM_PROGRAM);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

/// Reads until `text` has come, the other end is gone, or nothing came for a minute; returns all that was read.
std::string read_until(int descriptor, const std::string& text) {
  std::string all;
  std::array<char, 4096> buffer{};
  pollfd wait{descriptor, POLLIN, 0};
  while (all.find(text) == std::string::npos && ::poll(&wait, 1, 60'000) == 1) {
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count <= 0) break;
    all.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return all;
}

/// vpsim at the countdown of U-Boot, which goes on into a boot that finds nothing: without an interruption it runs on.
class OnPipes {
 public:
  explicit OnPipes(std::vector<std::string> arguments) {
    process_ = fork();
    if (process_ != 0) {
      out_.close_writer();
      return;
    }
    ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
    ::dup2(out_.writer(), STDOUT_FILENO);
    ::dup2(::open(errors_.c_str(), O_WRONLY | O_CREAT, 0600), STDERR_FILENO);
    become_vpsim(std::move(arguments));
  }

  pid_t process() const { return process_; }
  std::string read_until(const std::string& text) { return test::read_until(out_.reader(), text); }
  std::string errors() const { return contents_of(errors_); }

 private:
  const TemporaryDirectory directory_;
  const std::string errors_ = directory_.path("err");
  Pipe out_;
  pid_t process_ = 0;
};

class VpsimInterruption : public testing::Test {
 protected:
  VpsimInterruption() : script_(directory_.file("waits.script", bytes_of("@expect \"nobody prints this\"\n"))) {}

  std::vector<std::string> arguments() const { return {"run", "--script", script_}; }

  const TemporaryDirectory directory_;
  const std::string script_;
};

TEST_F(VpsimInterruption, EachSignalHasItsExitCodeAndIsNamed) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    SCOPED_TRACE(strsignal(signal));
    OnPipes vpsim(arguments());
    ASSERT_THAT(vpsim.read_until("U-Boot"), HasSubstr("U-Boot"));
    ::kill(vpsim.process(), signal);
    EXPECT_EQ(wait_for_exit_code(vpsim.process()), 128 + signal);
    EXPECT_THAT(vpsim.errors(), HasSubstr("instructions")) << "the summary comes all the same";
    expect_in_order(last_line(vpsim.errors()), {"vpsim: SIG", sigabbrev_np(signal), " ended the simulation at "});
  }
}

TEST_F(VpsimInterruption, AReaderThatHasStoppedReadingHoldsNothingUpForLong) {
  // Nobody reads the pipe: the simulation is caught in a write, and ended by the signal itself.
  const std::string script = directory_.file(
      "floods.script", bytes_of("@expect \"Hit any key to stop autoboot\"\n@key \" \"\nmd.l 80000000 100000\n"));
  OnPipes vpsim({"run", "--script", script});
  ASSERT_THAT(vpsim.read_until("=> md.l"), HasSubstr("=> md.l"));
  ::kill(vpsim.process(), SIGTERM);
  const int code = wait_for_exit_code(vpsim.process());
  EXPECT_TRUE(code == -SIGTERM || code == 128 + SIGTERM) << code;
}

TEST_F(VpsimInterruption, WhatTheGuestWroteIsOnItsDisk) {
  const std::string disk = directory_.file("disk.img", models::Bytes(1 << 20));
  const std::string script =
      directory_.file("writes.script", bytes_of("@expect \"Hit any key to stop autoboot\"\n@key \" \"\n"
                                                "virtio scan\nmw.l 84000000 600dcafe 80\nvirtio write 84000000 7 1\n"
                                                "@wait\n@expect \"nobody prints this\"\n"));
  OnPipes vpsim({"run", "--disk", disk, "--script", script});
  ASSERT_THAT(vpsim.read_until("blocks written: OK"), HasSubstr("blocks written: OK"));
  ::kill(vpsim.process(), SIGTERM);
  EXPECT_EQ(wait_for_exit_code(vpsim.process()), 128 + SIGTERM);
  const std::string bytes = contents_of(disk);
  EXPECT_EQ(bytes.substr(7 * 512, 4), "\xfe\xca\x0d\x60");
  EXPECT_EQ(bytes.size(), 1U << 20);
}

TEST_F(VpsimInterruption, WhatTheGuestProgrammedIsInItsFlashImage) {
  const models::Bytes erased(32 << 20, 0xff);
  const std::string first = directory_.file("first.img", erased);
  const std::string second = directory_.file("second.img", erased);
  const std::string script =
      directory_.file("programs.script", bytes_of("@expect \"Hit any key to stop autoboot\"\n@key \" \"\n"
                                                  "mw.l 84000000 600dcafe\ncp.b 84000000 22040000 4\n"
                                                  "@wait\n@expect \"nobody prints this\"\n"));
  OnPipes vpsim({"run", "--flash", first, "--flash", second, "--script", script});
  ASSERT_THAT(vpsim.read_until("Copy to Flash... done"), HasSubstr("Copy to Flash... done"));
  ::kill(vpsim.process(), SIGTERM);
  EXPECT_EQ(wait_for_exit_code(vpsim.process()), 128 + SIGTERM);
  EXPECT_TRUE(bytes_of(contents_of(first)) == erased);
  const std::string bytes = contents_of(second);
  EXPECT_EQ(bytes.size(), erased.size());
  EXPECT_EQ(bytes.substr(0x40000, 4), "\xfe\xca\x0d\x60");
}

TEST_F(VpsimInterruption, AFlashImageThatCannotBeWrittenBackLosesNothingElse) {
  const models::Bytes erased(32 << 20, 0xff);
  const std::string gone = directory_.path("gone");
  ASSERT_EQ(::mkdir(gone.c_str(), 0700), 0);
  const std::string first = gone + "/first.img";
  std::filesystem::copy_file(directory_.file("erased.img", erased), first);
  const std::string second = directory_.file("second.img", erased);
  const std::string report = directory_.path("report.html");
  const std::string statistics = directory_.path("statistics.txt");
  const std::string script =
      directory_.file("programs.script", bytes_of("@expect \"Hit any key to stop autoboot\"\n@key \" \"\n"
                                                  "mw.l 84000000 600dcafe\ncp.b 84000000 20040000 4\n"
                                                  "cp.b 84000000 22040000 4\n"
                                                  "echo both ba\"\"nks\n@wait\n@expect \"nobody prints this\"\n"));
  OnPipes vpsim({"run", "--flash", first, "--flash", second, "--script", script, "--report", report, "--stats", "text",
                 "--stats-file", statistics});
  ASSERT_THAT(vpsim.read_until("both banks"), HasSubstr("both banks"));
  std::filesystem::rename(gone, directory_.path("elsewhere"));
  ::kill(vpsim.process(), SIGTERM);
  EXPECT_EQ(wait_for_exit_code(vpsim.process()), 128 + SIGTERM);
  EXPECT_THAT(vpsim.errors(), HasSubstr(first + ": cannot be written back"));
  EXPECT_THAT(vpsim.errors(), HasSubstr("transactions by region"));
  EXPECT_EQ(contents_of(second).substr(0x40000, 4), "\xfe\xca\x0d\x60");
  EXPECT_THAT(contents_of(report), HasSubstr("</html>"));
  EXPECT_THAT(contents_of(statistics), HasSubstr("flash"));
}

TEST_F(VpsimInterruption, TrafficEndsInGoodOrderToo) {
  const std::string report = directory_.path("report.html");
  const std::string plan =
      directory_.file("endless.json", bytes_of(R"({"regions": [{"name": "sram", "address": "0x0", "size": "64K"}],
        "initiators": [{"name": "cpu", "interval": "10ns", "traffic": {"kind": "random", "region": "sram"}}]})"));
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    SCOPED_TRACE(strsignal(signal));
    std::filesystem::remove(report);
    OnPipes vpsim({"run", "--traffic", plan, "--max-time", "10000s", "--report", report});
    while (!std::filesystem::exists(report)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ::kill(vpsim.process(), signal);
    EXPECT_EQ(wait_for_exit_code(vpsim.process()), 128 + signal);
    EXPECT_THAT(vpsim.errors(), HasSubstr("initiator"));
    EXPECT_THAT(last_line(vpsim.errors()), HasSubstr(sigabbrev_np(signal)));
    EXPECT_THAT(contents_of(report), HasSubstr("</html>"));
  }
}

TEST_F(VpsimInterruption, TheTerminalIsPutBack) {
  int master = -1;
  int slave = -1;
  ASSERT_EQ(::openpty(&master, &slave, nullptr, nullptr, nullptr), 0);
  termios before{};
  ::tcgetattr(slave, &before);
  const pid_t process = fork();
  if (process == 0) {
    ::login_tty(slave);
    become_vpsim({"run"});
  }
  ASSERT_THAT(read_until(master, "U-Boot"), HasSubstr("U-Boot"));
  termios raw{};
  ::tcgetattr(slave, &raw);
  EXPECT_EQ(raw.c_lflag & ICANON, 0U);
  // Ctrl-C is a key of the guest's: it stops U-Boot's countdown, and vpsim goes on.
  ASSERT_EQ(::write(master, "\x03", 1), 1);
  ASSERT_THAT(read_until(master, "=> "), HasSubstr("=> "));
  ::kill(process, SIGTERM);
  EXPECT_THAT(read_until(master, "vpsim: SIGTERM ended"), HasSubstr("vpsim: SIGTERM ended"));
  EXPECT_EQ(wait_for_exit_code(process), 128 + SIGTERM);
  termios after{};
  ::tcgetattr(slave, &after);
  EXPECT_EQ(after.c_lflag, before.c_lflag);
  EXPECT_EQ(after.c_iflag, before.c_iflag);
  EXPECT_EQ(std::memcmp(after.c_cc, before.c_cc, sizeof after.c_cc), 0);
  ::close(master);
  ::close(slave);
}

}  // namespace
}  // namespace sc_memory::sim::test
