// Guest programs on the RISC-V machine: a loop of mixed integer work, and a copy of memory. Quantum 10 us.
#include <memory>

#include <systemc>
#include <tlm_utils/tlm_quantumkeeper.h>

#include "platforms/riscv_virt/riscv_virt.h"
#include "tests/benchmark/groups.h"
#include "tests/benchmark/measure.h"
#include "tests/models/riscv/hart_assembler.h"

namespace sc_memory::bench {

namespace {

using namespace models::riscv::test;
using platforms::RiscvVirt;
using platforms::riscv_virt::kRam;

constexpr Address kData = kRam + 0x10'0000;
constexpr Address kCopy = kRam + 0x20'0000;

constexpr std::uint32_t srli(std::uint32_t rd, std::uint32_t rs1, std::int64_t by) {
  return as::op_imm(5, rd, rs1, by);
}
constexpr std::uint32_t andi(std::uint32_t rd, std::uint32_t rs1, std::int64_t imm) {
  return as::op_imm(7, rd, rs1, imm);
}
constexpr std::uint32_t xor_(std::uint32_t rd, std::uint32_t a, std::uint32_t b) { return as::op(4, 0, rd, a, b); }

/// Never ends. Random numbers, a table in memory that they change, a branch that depends on them, and a call.
Program integer_loop() {
  Program program(kRam);
  program.li(s1, kData).li(t0, 88172645463325252);
  const std::uint64_t loop = program.here();
  program.put({as::slli(t1, t0, 13), xor_(t0, t0, t1), srli(t1, t0, 7), xor_(t0, t0, t1), as::slli(t1, t0, 17),
               xor_(t0, t0, t1)});
  program.put({andi(t2, t0, 0x7f8), as::add(t2, t2, s1), as::ld(t3, t2, 0), as::add(t3, t3, t0), as::sd(t3, t2, 0)});
  program.put({as::mul(t4, t3, t0), as::add(s2, s2, t4), andi(t5, t0, 1), as::beq(t5, zero, 8), as::addi(s3, s3, 1)});
  // A function of three instructions behind the loop.
  program.put(as::jal(ra, 8));
  program.put(as::jal(zero, static_cast<std::int64_t>(loop - program.here())));
  program.put({as::addi(a0, s3, 5), as::sub(a1, s2, a0), as::jalr(zero, ra, 0)});
  return program;
}

/// Never ends. Copies 64 KiB again and again, eight doublewords a turn.
Program copy_loop() {
  constexpr std::uint64_t kBytes = 64_KiB;
  Program program(kRam);
  const std::uint64_t again = program.here();
  program.li(a0, kData).li(a1, kCopy).li(a2, kData + kBytes);
  const std::uint64_t loop = program.here();
  for (const std::uint32_t half : {0, 32}) {
    program.put({as::ld(t0, a0, half), as::ld(t1, a0, half + 8), as::ld(t2, a0, half + 16), as::ld(t3, a0, half + 24)});
    program.put({as::sd(t0, a1, half), as::sd(t1, a1, half + 8), as::sd(t2, a1, half + 16), as::sd(t3, a1, half + 24)});
  }
  program.put({as::addi(a0, a0, 64), as::addi(a1, a1, 64)});
  program.put(as::bltu(a0, a2, static_cast<std::int64_t>(loop - program.here())));
  program.put(as::jal(zero, static_cast<std::int64_t>(again - program.here())));
  return program;
}

/// A machine whose only hart runs one program from its reset on.
class GuestRun {
 public:
  explicit GuestRun(const Program& program) {
    machine_.memory().write(program.start(), program.bytes().data(), program.bytes().size());
    machine_.set_reset_vector(program.start(), 0, 0);
    tlm_utils::tlm_quantumkeeper::set_global_quantum({10, sc_core::SC_US});
  }

  /// The host's time for `slice` of the guest's, in nanoseconds.
  double host_time(const sc_core::sc_time& slice, const Effort& effort) {
    return measure({{"a millisecond of the guest",
                     [&](benchmark::State& state) {
                       for (auto _ : state) {
                         sc_core::sc_start(slice);
                         ++slices_;
                       }
                     }}},
                   effort)
        .begin()
        ->second;
  }

  /// What `counted` grew by in an average slice.
  double per_slice(std::uint64_t models::riscv::HartCounters::*counted) {
    return static_cast<double>(machine_.hart(0).counters().*counted) / static_cast<double>(slices_);
  }

 private:
  RiscvVirt machine_{"machine", {}};
  std::size_t slices_ = 0;
};

const sc_core::sc_time& slice() {
  static const sc_core::sc_time slice(1, sc_core::SC_MS);
  return slice;
}

void measure_mips(Record& record) {
  GuestRun run(integer_loop());
  const double time = run.host_time(slice(), record.effort());
  record.add("hart_mips", run.per_slice(&models::riscv::HartCounters::instructions) / time * 1000);
}

void measure_copy(Record& record) {
  GuestRun run(copy_loop());
  const double time = run.host_time(slice(), record.effort());
  const double accesses =
      run.per_slice(&models::riscv::HartCounters::dmi_loads) + run.per_slice(&models::riscv::HartCounters::dmi_stores);
  record.add("hart_ns_per_dmi_load", time / accesses);
}

}  // namespace

std::vector<Group> hart_groups() {
  return {{{{"hart_mips", "MIPS", ">= 300"}}, measure_mips}, {{{"hart_ns_per_dmi_load", "ns", ""}}, measure_copy}};
}

}  // namespace sc_memory::bench
