// vpsim run --gdb with a real GDB, and with clients that are none.
#include <arpa/inet.h>
#include <chrono>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <random>
#include <regex>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "sim/gdb/packet.h"
#include "tests/models/riscv/hart_assembler.h"
#include "tests/sim/vpsim_process.h"
#include "tests/support/seed.h"

namespace sc_memory::sim::test {
namespace {

using models::test::TemporaryDirectory;
using ::testing::HasSubstr;

const std::string kProgram = GUEST_PROGRAMS "/debugged.elf";

/// vpsim with a program, waiting for a debugger at a port of the host's choice.
class DebuggedVpsim {
 public:
  explicit DebuggedVpsim(const std::vector<std::string>& more = {}, const std::string& program = kProgram) {
    std::vector<std::string> arguments = {VPSIM_PROGRAM, "run", "--bios", program, "--gdb", "0"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    process_ = start(arguments, err_);
    const std::regex port("127\\.0\\.0\\.1:([0-9]+)");
    std::smatch match;
    std::string text;
    const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (text = contents_of(err_), !std::regex_search(text, match, port)) {
      if (std::chrono::steady_clock::now() > limit) throw std::runtime_error("no port in: " + text);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    port_ = static_cast<std::uint16_t>(std::stoul(match[1]));
  }
  ~DebuggedVpsim() {
    if (process_ != 0) ::kill(process_, SIGKILL);
    wait();
  }
  DebuggedVpsim(const DebuggedVpsim&) = delete;
  DebuggedVpsim& operator=(const DebuggedVpsim&) = delete;

  std::uint16_t port() const { return port_; }
  std::string errors() const { return contents_of(err_); }
  /// The exit code, once the process has ended.
  int wait() {
    if (process_ != 0) exit_code_ = wait_for_exit_code(process_);
    process_ = 0;
    return exit_code_;
  }

  /// Runs a program with both outputs in one file.
  static pid_t start(std::vector<std::string>& arguments, const std::string& output) {
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    const pid_t process = fork();
    if (process != 0) return process;
    ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
    ::dup2(::open(output.c_str(), O_WRONLY | O_CREAT, 0600), STDOUT_FILENO);
    ::dup2(STDOUT_FILENO, STDERR_FILENO);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }

 private:
  TemporaryDirectory directory_;
  std::string err_ = directory_.path("err");
  pid_t process_ = 0;
  int exit_code_ = -1;
  std::uint16_t port_ = 0;
};

/// What GDB prints for these commands, connected to the machine.
std::string run_gdb(const DebuggedVpsim& vpsim, const std::string& commands) {
  const TemporaryDirectory directory;
  const std::string script = directory.file(
      "commands", bytes_of("set confirm off\nset width 0\ntarget remote 127.0.0.1:" + std::to_string(vpsim.port()) +
                           "\n" + commands));
  const std::string output = directory.path("out");
  std::vector<std::string> arguments = {GDB_MULTIARCH, "-nx", "-batch", "-x", script, kProgram};
  EXPECT_EQ(wait_for_exit_code(DebuggedVpsim::start(arguments, output)), 0);
  return contents_of(output);
}

TEST(VpsimGdb, BreakpointsStepsAndRegisters) {
  DebuggedVpsim vpsim;
  const std::string said =
      run_gdb(vpsim,
              "break square\ncontinue\nprint $a0\nbacktrace 1\nstepi\nprint $a0\nprint $pc == (long)&square + 4\n"
              "set var $s0 = 5\ndelete\nhbreak done\ncontinue\nprint (long)$s0\nprint *(long*)&result\n"
              "info registers priv\nprint/x $mstatus & 0x1800\nset var $fa0 = 2.5\nprint $fa0\nprint $fcsr\n"
              "continue\n");
  expect_in_order(said, {"Breakpoint 1, square", "= 3", "square ()", "= 9", "= 1", "Breakpoint 2, done", "= 6", "= 9",
                         "[Machine]", "= 0x0", "2.5", "exited normally"});
  EXPECT_EQ(vpsim.wait(), 0);
}

TEST(VpsimGdb, WatchpointsSeeEveryAccess) {
  DebuggedVpsim vpsim;
  const std::string said = run_gdb(vpsim, "watch *(long*)&result\ncontinue\ncontinue\ncontinue\ncontinue\n");
  expect_in_order(said, {"Hardware watchpoint 1", "Old value = 0", "New value = 9", "New value = 16", "New value = 25",
                         "exited normally"});
  EXPECT_EQ(vpsim.wait(), 0);
}

TEST(VpsimGdb, MemoryCanBeWrittenCodeIncluded) {
  DebuggedVpsim vpsim;
  // The function becomes `li a0, 7; ret`, after it has been executed once.
  const std::string said =
      run_gdb(vpsim,
              "break square\ncontinue\ndelete\ntbreak again if $s0 == 4\ncontinue\n"
              "set var *(int*)&square = 0x00700513\nbreak done\ncontinue\nprint *(long*)&result\nx/2i &square\n"
              "set var *(long*)&result = -3\nprint *(long*)&result\nkill\n");
  expect_in_order(said, {"square", "again", "done", "= 7", "li\ta0,7", "= -3"});
  EXPECT_EQ(vpsim.wait(), 1);
  EXPECT_EQ(last_line(vpsim.errors()), "vpsim: ended by the debugger");
}

TEST(VpsimGdb, HartsAreThreads) {
  DebuggedVpsim vpsim({"--cpus", "3"});
  const std::string said = run_gdb(vpsim,
                                   "break square\ncontinue\ninfo threads\nset scheduler-locking on\n"
                                   "thread 3\nprint $mhartid\nbreak others\ncontinue\n"
                                   "thread 1\nstepi\nprint $a0\nset scheduler-locking off\ndelete\ncontinue\n");
  expect_in_order(said, {"Thread 1 hit Breakpoint 1, square", "hart 0, machine mode", "hart 1, machine mode",
                         "hart 2, machine mode", "= 2", "Thread 3 hit Breakpoint 2, others", "= 9", "exited normally"});
  EXPECT_EQ(vpsim.wait(), 0);
}

TEST(VpsimGdb, MonitorCommandsShowTheMachine) {
  DebuggedVpsim vpsim;
  const std::string said = run_gdb(vpsim, "monitor help\nmonitor map\nmonitor time\nmonitor dance\nkill\n");
  expect_in_order(said,
                  {"map ", "address-space: memory", "FlatView", "0 s", "hart 0: 0 instructions", "no command here"});
}

TEST(VpsimGdb, ADetachedMachineRunsOn) {
  DebuggedVpsim vpsim;
  const std::string said = run_gdb(vpsim, "break square\ncontinue\ndetach\n");
  expect_in_order(said, {"Breakpoint 1, square", "detached"});
  EXPECT_EQ(vpsim.wait(), 0) << vpsim.errors();
}

TEST(VpsimGdb, APortThatIsTakenIsBadInput) {
  DebuggedVpsim vpsim;
  const VpsimResult result = run_vpsim({"run", "--bios", kProgram, "--gdb", std::to_string(vpsim.port())});
  EXPECT_EQ(result.exit_code, 2);
  expect_in_order(result.errors, {"vpsim: --gdb: ", std::to_string(vpsim.port()), "another port"});
  EXPECT_EQ(run_vpsim({"run", "--gdb", "70000"}).exit_code, 2);
}

/// A client that sends what it likes.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send(const std::string& bytes) const { ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  /// The payload of the next packet that comes back.
  std::string receive() {
    std::uint8_t byte = 0;
    while (::recv(socket_, &byte, 1, 0) == 1) {
      const auto message = reader_.take(byte);
      if (message && message->kind == gdb::Message::Kind::packet) return message->payload;
    }
    return "(closed)";
  }
  std::string ask(const std::string& payload) {
    send(gdb::frame(payload));
    return receive();
  }

 private:
  int socket_;
  gdb::PacketReader reader_;
};

TEST(VpsimGdb, AClientThatGoesAwayLetsTheMachineRun) {
  DebuggedVpsim vpsim;
  {
    Client client(vpsim.port());
    EXPECT_THAT(client.ask("?"), HasSubstr("T02"));
  }
  EXPECT_EQ(vpsim.wait(), 0) << vpsim.errors();
}

TEST(VpsimGdb, MemoryThatIsNotThereIsAnError) {
  DebuggedVpsim vpsim;
  Client client(vpsim.port());
  EXPECT_EQ(client.ask("m80000000,4").size(), 8U);
  EXPECT_THAT(client.ask("m18000000,4"), HasSubstr("E"));
  EXPECT_THAT(client.ask("M18000000,1:00"), HasSubstr("E"));
  client.send(gdb::frame("k"));
  EXPECT_EQ(vpsim.wait(), 1);
}

/// A program that never ends: every hart runs in a circle.
class EndlessProgram {
 public:
  std::string file() const {
    models::riscv::test::Program program(0x80000000);
    program.put(models::riscv::test::as::jal(0, 0));
    return directory_.file("endless", program.bytes());
  }

 private:
  TemporaryDirectory directory_;
};

TEST(VpsimGdb, ARunningMachineCanBeInterruptedAgainAndAgain) {
  const EndlessProgram program;
  DebuggedVpsim vpsim({"--cpus", "2"}, program.file());
  Client client(vpsim.port());
  for (int i = 0; i < 5; ++i) {
    client.send(gdb::frame(i % 2 == 0 ? "vCont;c" : "vCont;c:2"));
    client.send("\x03");
    EXPECT_THAT(client.receive(), HasSubstr("T02thread:"));
  }
  EXPECT_EQ(client.ask("P2d=00"), "E03") << "a size that is none";
  client.send(gdb::frame("k"));
  EXPECT_EQ(vpsim.wait(), 1);
}

TEST(VpsimGdb, RandomBytesDoNotDisturbIt) {
  std::mt19937_64 random(sc_memory::testing::seed());
  const EndlessProgram program;
  DebuggedVpsim vpsim({"--cpus", "2"}, program.file());
  // No steps: one to a random address sends the program where it faults for ever, which ends the machine rightly.
  const std::string starts = "?gGpPmMXZzHTvqQ";
  for (int round = 0; round < 20; ++round) {
    Client client(vpsim.port());
    for (int i = 0; i < 50; ++i) {
      std::string bytes(random() % 60, ' ');
      for (char& byte : bytes) byte = static_cast<char>(random());
      client.send(bytes);
      bytes.insert(0, 1, starts[random() % starts.size()]);
      client.send(gdb::frame(bytes));
    }
    // Whatever was made of it, the server still answers.
    client.send("#00#00\x03");
    std::string answer;
    while (answer != "1") {
      answer = client.ask("qAttached");
      ASSERT_NE(answer, "(closed)") << vpsim.errors();
    }
  }
  Client client(vpsim.port());
  client.send(gdb::frame("k"));
  EXPECT_EQ(vpsim.wait(), 1) << vpsim.errors();
  EXPECT_THAT(vpsim.errors(), HasSubstr("ended by the debugger"));
}

}  // namespace
}  // namespace sc_memory::sim::test
