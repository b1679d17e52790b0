// How a run ends, seen from the shell: small programs of our own in the place of firmware.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/boot/elf_builder.h"
#include "tests/models/riscv/hart_assembler.h"
#include "tests/sim/vpsim_process.h"

namespace sc_memory::sim::test {
namespace {

using models::riscv::test::Program;
using models::test::ElfBuilder;
using models::test::TemporaryDirectory;
using testing::HasSubstr;
using testing::Not;
using namespace models::riscv::test;  // NOLINT: register names
namespace as = models::riscv::test::as;

constexpr std::uint64_t kRam = 0x8000'0000;
constexpr std::uint64_t kTestFinisher = 0x10'0000;
constexpr std::uint64_t kUart = 0x1000'0000;
constexpr std::uint64_t kHole = 0x1800'0000;
constexpr std::uint32_t kPass = 0x5555;
constexpr std::uint32_t kFail = 0x3333;
constexpr std::uint32_t kReset = 0x7777;
constexpr std::uint32_t kMtvec = 0x305;
constexpr std::uint32_t kMcause = 0x342;
constexpr std::uint32_t kMtval = 0x343;

/// Appends the end: what is written to the test finisher, and a loop should it return.
Program& finish(Program& program, std::uint32_t value) {
  return program.li(t0, kTestFinisher).li(t1, value).put({as::sw(t1, t0, 0), as::jal(zero, 0)});
}

VpsimResult run_program(const Program& program, std::vector<std::string> more = {}, const std::string& input = {}) {
  const TemporaryDirectory directory;
  std::vector<std::string> arguments = {"run", "--bios", directory.file("program.bin", program.bytes())};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_vpsim(arguments, input);
}

TEST(VpsimGuestPrograms, APassIsZero) {
  Program program(kRam);
  const VpsimResult result = run_program(finish(program, kPass));
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.output, "");
  EXPECT_THAT(result.errors, HasSubstr("instructions"));
  EXPECT_THAT(result.errors, Not(HasSubstr("vpsim:")));
}

TEST(VpsimGuestPrograms, AFailureIsTheGuestsCode) {
  for (const unsigned code : {1U, 7U, 255U}) {
    Program program(kRam);
    const VpsimResult result = run_program(finish(program, kFail | code << 16));
    EXPECT_EQ(result.exit_code, static_cast<int>(code));
    EXPECT_EQ(last_line(result.errors), "vpsim: the guest reported failure " + std::to_string(code));
  }
}

TEST(VpsimGuestPrograms, AFailureIsNeverTakenForSuccess) {
  for (const unsigned code : {0U, 256U}) {
    Program program(kRam);
    EXPECT_EQ(run_program(finish(program, kFail | code << 16)).exit_code, 1);
  }
}

TEST(VpsimGuestPrograms, TheFirstOutcomeCounts) {
  Program program(kRam);
  program.li(t0, kTestFinisher).li(t1, kFail | 3U << 16).put(as::sw(t1, t0, 0)).li(t1, kPass).put(as::sw(t1, t0, 0));
  EXPECT_EQ(run_program(program.put(0)).exit_code, 3);  // Even a fault loop changes nothing more.
}

TEST(VpsimGuestPrograms, AResetEndsTheSimulation) {
  Program program(kRam);
  const VpsimResult result = run_program(finish(program, kReset));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(last_line(result.errors), HasSubstr("reset"));
}

TEST(VpsimGuestPrograms, AnElfProgramStartsAtItsEntry) {
  Program program(kRam + 0x1000);
  finish(program, kFail | 9U << 16);
  const std::uint64_t entry = program.here();
  finish(program, kPass);
  ElfBuilder elf;
  elf.entry = entry;
  elf.segments.push_back({program.start(), program.start(), program.bytes(), program.bytes().size()});
  const TemporaryDirectory directory;
  EXPECT_EQ(run_vpsim({"run", "--bios", directory.file("program.elf", elf.build())}).exit_code, 0);
}

constexpr std::uint64_t kToHost = kRam + 0x1000;
constexpr std::uint64_t kFromHost = kRam + 0x1040;
constexpr std::uint64_t kPutByte = UINT64_C(0x0101) << 48;
constexpr std::uint64_t kGetByte = UINT64_C(0x0100) << 48;

/// `program` as an ELF with HTIF's variables, as the programs of riscv-tests have them.
models::Bytes htif_elf(const Program& program, bool with_symbols = true) {
  ElfBuilder elf;
  elf.entry = kRam;
  elf.segments.push_back({kRam, kRam, program.bytes(), program.bytes().size()});
  elf.segments.push_back({kToHost, kToHost, models::Bytes(0x80), 0x80});
  if (with_symbols) elf.symbols = {{"tohost", kToHost}, {"fromhost", kFromHost}};
  return elf.build();
}

/// Writes `value` to tohost in two halves, as code for both widths of registers does, and loops.
models::Bytes reporting_elf(std::uint64_t value, bool with_symbols = true) {
  Program program(kRam);
  program.li(t0, kToHost).li(t1, value).li(t2, value >> 32);
  program.put({as::sw(t1, t0, 0), as::sw(t2, t0, 4), as::jal(zero, 0)});
  return htif_elf(program, with_symbols);
}

/// Appends a command to the host in one write.
Program& tell_host(Program& program, std::uint64_t command) {
  return program.li(t0, kToHost).li(t1, command).put(as::sd(t1, t0, 0));
}

VpsimResult run_htif(const models::Bytes& elf, std::vector<std::string> more = {}, const std::string& input = {}) {
  const TemporaryDirectory directory;
  std::vector<std::string> arguments = {"run", "--bios", directory.file("program.elf", elf), "--max-time", "100ms"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_vpsim(arguments, input);
}

TEST(VpsimGuestPrograms, AVerdictByToHostIsTheExitCode) {
  const VpsimResult pass = run_htif(reporting_elf(1));
  EXPECT_EQ(pass.exit_code, 0);
  EXPECT_THAT(pass.errors, Not(HasSubstr("vpsim:")));
  const VpsimResult fail = run_htif(reporting_elf(2 * 23 + 1));
  EXPECT_EQ(fail.exit_code, 23);
  EXPECT_EQ(last_line(fail.errors), "vpsim: the program failed its test 23");
}

TEST(VpsimGuestPrograms, BytesPrintedByToHostAreTheConsole) {
  Program program(kRam);
  for (const char c : std::string("ABC\n")) tell_host(program, kPutByte | static_cast<unsigned char>(c));
  tell_host(program, 1).put(as::jal(zero, 0));
  const VpsimResult result = run_htif(htif_elf(program));
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_EQ(result.output, "ABC\n");
  const VpsimResult halves = run_htif(reporting_elf(kPutByte | 'A'));
  EXPECT_EQ(halves.output, "A");
  EXPECT_THAT(last_line(halves.errors), HasSubstr("--max-time"));
}

TEST(VpsimGuestPrograms, BytesAskedForByToHostComeFromStandardInput) {
  // Prints what it gets, one up, until it gets a full stop.
  Program program(kRam);
  program.li(s0, kToHost).li(s1, kFromHost).li(s2, kGetByte).li(s3, kPutByte).li(s4, '.');
  const std::uint64_t loop = program.here();
  program.put({as::sd(s2, s0, 0), as::ld(t0, s1, 0), as::beq(t0, zero, -4), as::sd(zero, s1, 0)});
  program.put({as::op_imm(7, t0, t0, 0xff), as::beq(t0, s4, 20), as::addi(t0, t0, 1), as::add(t0, t0, s3)});
  program.put(as::sd(t0, s0, 0));
  program.put(as::jal(zero, static_cast<std::int64_t>(loop) - static_cast<std::int64_t>(program.here())));
  tell_host(program, 1).put(as::jal(zero, 0));
  const VpsimResult result = run_htif(htif_elf(program), {}, "GDKKN the rest, too long for a FIFO.");
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_EQ(result.output, "HELLO!uif!sftu-!upp!mpoh!gps!b!GJGP");
}

TEST(VpsimGuestPrograms, UnknownRequestsToTheHostAreNamedOnce) {
  Program program(kRam);
  for (int i = 0; i < 3; ++i) tell_host(program, kRam + 0x2000);  // System call 0.
  tell_host(program, UINT64_C(0x0304) << 48 | 1);
  tell_host(program, 1).put(as::jal(zero, 0));
  const VpsimResult result = run_htif(htif_elf(program));
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  expect_in_order(result.errors, {"system call 0", "command 4 of device 3"});
  EXPECT_EQ(result.errors.find("system call 0"), result.errors.rfind("system call 0"));
}

TEST(VpsimGuestPrograms, WithoutTheSymbolsToHostIsMemoryLikeAnyOther) {
  const TemporaryDirectory directory;
  const std::string elf = directory.file("program.elf", reporting_elf(1, false));
  const VpsimResult result = run_vpsim({"run", "--bios", elf, "--max-time", "1ms"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(last_line(result.errors), HasSubstr("--max-time"));
}

TEST(VpsimGuestPrograms, APositionIndependentElfIsPutAtTheStartOfRamAndRelocated) {
  // Takes what it reports from where a word of its own points.
  constexpr std::uint32_t kPointer = 0x40;
  constexpr std::uint32_t kValue = 0x48;
  Program program(0);
  program.put({as::auipc(t2, 0), as::ld(t2, t2, kPointer), as::lw(t1, t2, 0)}).li(t0, kTestFinisher);
  program.put({as::sw(t1, t0, 0), as::jal(zero, 0)}).skip_to(kValue).put(kPass);
  ElfBuilder elf;
  elf.type = ET_DYN;
  elf.entry = 0;
  elf.segments.push_back({0, 0, program.bytes(), program.bytes().size()});
  elf.relocations = {{kPointer, R_RISCV_RELATIVE, kValue}};
  const TemporaryDirectory directory;
  EXPECT_EQ(run_vpsim({"run", "--bios", directory.file("pie.elf", elf.build())}).exit_code, 0);
}

/// A program whose handler compares mcause and mtval and passes when they are right, else fails with mcause.
Program trapping_program(std::uint32_t access, std::uint32_t cause) {
  constexpr std::uint64_t kHandler = kRam + 0x100;
  Program program(kRam);
  program.li(t0, kHandler).put(as::csrw(kMtvec, t0)).li(a0, kHole).put({access, as::nop()});
  finish(program, kFail | 200U << 16);
  program.skip_to(kHandler);
  program.put({as::csrr(a1, kMcause), as::csrr(a2, kMtval)});
  program.li(a3, cause).li(t0, kTestFinisher).li(t1, kPass);
  program.put({as::bne(a1, a3, 16), as::bne(a2, a0, 12), as::sw(t1, t0, 0), as::jal(zero, 0)});
  program.put({as::slli(a1, a1, 16)}).li(t1, kFail).put({as::add(t1, t1, a1), as::sw(t1, t0, 0), as::jal(zero, 0)});
  return program;
}

TEST(VpsimGuestPrograms, UnmappedAddressesAreAccessFaultsInTheGuest) {
  constexpr std::uint32_t kFetchFault = 1;
  constexpr std::uint32_t kLoadFault = 5;
  constexpr std::uint32_t kStoreFault = 7;
  EXPECT_EQ(run_program(trapping_program(as::ld(t2, a0, 0), kLoadFault)).exit_code, 0);
  EXPECT_EQ(run_program(trapping_program(as::lbu(t2, a0, 0), kLoadFault)).exit_code, 0);
  EXPECT_EQ(run_program(trapping_program(as::sd(t2, a0, 0), kStoreFault)).exit_code, 0);
  EXPECT_EQ(run_program(trapping_program(as::amo(0, 3, t2, t2, a0), kStoreFault)).exit_code, 0);
  EXPECT_EQ(run_program(trapping_program(as::jalr(ra, a0, 0), kFetchFault)).exit_code, 0);
}

TEST(VpsimGuestPrograms, TransactionsInHolesAreCounted) {
  const VpsimResult result = run_program(trapping_program(as::ld(t2, a0, 0), 5));
  EXPECT_TRUE(has_match(result.errors, R"(\(unmapped\) +1 +0 +8 )")) << result.errors;
}

TEST(VpsimGuestPrograms, AFaultLoopIsEndedWithAReport) {
  Program nowhere(kRam);  // The trap handler itself lies in a hole.
  nowhere.li(t0, kHole).put({as::csrw(kMtvec, t0), as::ld(t1, t0, 0), as::jal(zero, 0)});
  Program faulting(kRam);  // The handler faults after some instructions, again and again.
  faulting.li(t0, kRam + 0x40).put({as::csrw(kMtvec, t0), as::ecall()}).skip_to(kRam + 0x40);
  faulting.put({as::nop(), as::nop(), as::ebreak()});
  for (const Program& program : {nowhere, faulting}) {
    const VpsimResult result = run_program(program);
    EXPECT_EQ(result.exit_code, 1);
    expect_in_order(last_line(result.errors), {"vpsim: hart 0", "fault loop", "pc 0x", "cause"});
    EXPECT_THAT(result.errors, HasSubstr("instructions"));
  }
}

TEST(VpsimGuestPrograms, AMachineThatSleepsForEverIsNoticed) {
  Program program(kRam);
  const VpsimResult result = run_program(program.put({as::wfi(), as::jal(zero, -4)}));
  EXPECT_EQ(result.exit_code, 1);
  expect_in_order(last_line(result.errors), {"vpsim: ", "nothing can happen any more", "interrupts"});
}

TEST(VpsimGuestPrograms, MaxTimeEndsAProgramThatDoesNot) {
  Program program(kRam);
  const VpsimResult result = run_program(program.put(as::jal(zero, 0)), {"--max-time", "2ms"});
  EXPECT_EQ(result.exit_code, 1);
  expect_in_order(last_line(result.errors), {"vpsim: ", "--max-time", "2 ms", "before the guest switched"});
  EXPECT_THAT(result.errors, HasSubstr("simulated 0.002000 s"));
}

TEST(VpsimGuestPrograms, TheConsoleIsStandardInputAndOutput) {
  // Prints each byte it gets, less its lowest bit, until it gets a full stop.
  Program program(kRam);
  program.li(s0, kUart).li(s1, '.');
  const std::uint64_t loop = program.here();
  const auto back = [&] { return static_cast<std::int64_t>(loop) - static_cast<std::int64_t>(program.here()); };
  program.put({as::lbu(t0, s0, 5), as::op_imm(7, t0, t0, 1)});
  program.put(as::beq(t0, zero, back()));
  program.put({as::lbu(t0, s0, 0), as::beq(t0, s1, 16), as::op_imm(7, t0, t0, -2), as::sb(t0, s0, 0)});
  program.put(as::jal(zero, back()));
  const VpsimResult result = run_program(finish(program, kPass), {}, "acegbdf.");
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_EQ(result.output, "`bdfbdf");
}

TEST(VpsimGuestPrograms, ADriverThatNeverReadsTheUartsInterruptIdentificationGetsOnInItsWork) {
  // As on QEMU: each byte sent interrupts once, though the transmitter's interrupt is never acknowledged.
  constexpr std::uint64_t kPlic = 0xc00'0000;
  constexpr std::uint32_t kUartSource = 10;
  constexpr std::uint64_t kHandler = kRam + 0x100;
  Program program(kRam);
  program.li(s1, kUart).li(s2, kPlic + 0x20'0004).li(s3, 'Z' + 1).li(s4, 'A');
  program.li(t0, kHandler).put(as::csrw(kMtvec, t0));
  program.li(t0, kPlic + 4 * kUartSource).li(t1, 1).put(as::sw(t1, t0, 0));
  program.li(t0, kPlic + 0x2000).li(t1, 1U << kUartSource).put(as::sw(t1, t0, 0));
  program.li(t1, 3).put(as::sb(t1, s1, 1));
  program.li(t1, 0x800).put(as::csrrs(zero, 0x304, t1)).put(as::csrrsi(zero, 0x300, 8));
  program.li(t2, 2000).put({as::addi(t2, t2, -1), as::bne(t2, zero, -4)});
  finish(program, kPass);
  program.skip_to(kHandler);
  program.put({as::lw(t3, s2, 0), as::lbu(t4, s1, 5), as::bge(s4, s3, 12), as::sb(s4, s1, 0), as::addi(s4, s4, 1)});
  program.put({as::sw(t3, s2, 0), as::mret()});
  const VpsimResult result = run_program(program, {"--max-time", "10ms"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_EQ(result.output, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

TEST(VpsimGuestPrograms, AStoreToTheNextInstructionIsSeenWithoutFenceI) {
  // The loop ends once the instruction that it stores is the one that it executes.
  constexpr std::uint64_t kLoop = kRam + 0x100;
  Program program(kRam);
  program.li(t0, kLoop + 4)
      .li(t1, as::addi(a0, zero, 1))
      .put(as::jal(zero, 0x100 - static_cast<int>(program.here() - kRam)));
  program.skip_to(kLoop);
  program.put({as::sw(t1, t0, 0), as::nop(), as::beq(a0, zero, -8)});
  const VpsimResult result = run_program(finish(program, kPass), {"--max-time", "1ms"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
}

TEST(VpsimGuestPrograms, AStoreOfAnotherHartToTheNextInstructionIsSeenWithoutFenceI) {
  // Hart 1 changes what hart 0 executes after some time.
  constexpr std::uint64_t kLoop = kRam + 0x100;
  Program program(kRam);
  program.li(t0, kLoop).li(t1, as::addi(a0, zero, 1)).li(t2, 5000);
  program.put(as::beq(a0, zero, static_cast<std::int64_t>(kLoop) - static_cast<std::int64_t>(program.here())));
  program.put({as::addi(t2, t2, -1), as::bne(t2, zero, -4), as::sw(t1, t0, 0), as::jal(zero, 0)});
  program.skip_to(kLoop);
  program.put({as::nop(), as::beq(a0, zero, -4)});
  const VpsimResult result = run_program(finish(program, kPass), {"--cpus", "2", "--max-time", "50ms"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
}

TEST(VpsimGuestPrograms, CodeInFlashIsStartedByTheFirmwareOrInItsPlace) {
  Program code(0x2000'0000);
  models::Bytes image = finish(code, kPass).bytes();
  image.resize(32U << 20);
  const TemporaryDirectory directory;
  const std::string flash = directory.file("code.fd", image);
  for (const std::vector<std::string>& bios :
       {std::vector<std::string>{"--bios", "none"}, std::vector<std::string>{}}) {
    std::vector<std::string> arguments = {"run", "--pflash", flash + ",ro", "--max-time", "1s"};
    arguments.insert(arguments.end(), bios.begin(), bios.end());
    const VpsimResult result = run_vpsim(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    EXPECT_EQ(result.output.find("OpenSBI") == std::string::npos, !bios.empty());
  }
}

TEST(VpsimGuestPrograms, EveryHartStartsAndKnowsItsNumber) {
  // Each adds itself to a sum in memory; hart 0 passes when all four are there.
  Program program(kRam);
  program.li(t0, kRam + 0x1000).put({as::addi(t1, a0, 1), as::amo(0, 2, zero, t1, t0)});
  program.put(as::beq(a0, zero, 8)).put(as::jal(zero, 0));
  program.li(t2, 1 + 2 + 3 + 4).put({as::lw(t3, t0, 0), as::bne(t3, t2, -4)});
  EXPECT_EQ(run_program(finish(program, kPass), {"--cpus", "4", "--max-time", "100ms"}).exit_code, 0);
}

}  // namespace
}  // namespace sc_memory::sim::test
