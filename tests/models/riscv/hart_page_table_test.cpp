// Virtual memory: both modes, every reason for a page fault, accessed and dirty bits, and what SFENCE.VMA must make
// forgotten.
#include "models/riscv/hart_page_table.h"

#include <gtest/gtest.h>

#include "tests/models/riscv/hart_test_machine.h"

namespace sc_memory::models::riscv::test {
namespace {

constexpr uint64_t v = 1, r = 2, w = 4, x = 8, u = 16, a = 64, d = 128;
constexpr uint64_t tables = Machine::data + 0x20000;  // the root, then the tables below it
constexpr uint64_t supervisor_code = Machine::code + 0x800;
constexpr uint64_t page = 0x40201000;  // a virtual address that only the tests' own entries map

// A supervisor program with the code, handler and device pages mapped one to one, and `page` to Machine::data.
class VirtualMachine {
 public:
  explicit VirtualMachine(uint64_t mode = satp::mode_sv39) : levels_(mode == satp::mode_sv48 ? 4 : 3) {
    machine.install_handler();
    machine.hart.set_csr(csr::pmpaddr0, ~uint64_t{0});
    machine.hart.set_csr(csr::pmpcfg0, 0x1f);
    machine.hart.set_csr(csr::satp, mode << 60 | tables >> 12);
    map(Machine::code & ~uint64_t{0x3fffffff}, Machine::code & ~uint64_t{0x3fffffff}, 2, v | r | w | x | a | d);
    map(0, 0, 2, v | r | w | a | d);
    machine.memory.put<uint64_t>(Machine::data, 0x1111);
    machine.memory.put<uint64_t>(Machine::data + 0x1000, 0x2222);
  }

  // Makes the leaf for a virtual address at a level, and the tables above it.
  void map(uint64_t address, uint64_t physical, unsigned level, uint64_t flags) {
    machine.memory.put<uint64_t>(entry_place(address, level), physical >> 12 << 10 | flags);
  }
  uint64_t entry_place(uint64_t address, unsigned leaf_level) {
    uint64_t table = tables;
    for (unsigned level = levels_ - 1;; --level) {
      const uint64_t place = table + (address >> (12 + 9 * level) & 511) * 8;
      if (level == leaf_level) return place;
      uint64_t entry = machine.memory.get<uint64_t>(place);
      if ((entry & v) == 0) {
        entry = (tables + 0x1000 * ++used_) >> 12 << 10 | v;
        machine.memory.put<uint64_t>(place, entry);
      }
      table = entry >> 10 << 12;
    }
  }

  // Runs the instructions in supervisor mode (or user mode) with s0 = page.
  bool run(Program body, Privilege privilege = Privilege::supervisor, uint64_t more_status = 0) {
    Program start(Machine::code);
    start.li(t0, supervisor_code).put({as::csrw(csr::mepc, t0)}).li(s0, page).put(as::mret());
    machine.load(start);
    Machine::finish(body);
    machine.load(body);
    const uint64_t status = machine.hart.csr(csr::mstatus).value_or(0) & ~status::mpp;
    machine.hart.set_csr(csr::mstatus, status | static_cast<uint64_t>(privilege) << status::mpp_shift | more_status);
    return machine.run(start);
  }
  static Program body(std::initializer_list<uint32_t> instructions) {
    Program program(supervisor_code);
    program.put(instructions);
    return program;
  }

  Machine machine;

 private:
  const unsigned levels_;
  unsigned used_ = 0;
};

void expect_fault(uint64_t flags, uint32_t instruction, Cause cause, Privilege privilege = Privilege::supervisor) {
  VirtualMachine machine;
  machine.map(page, Machine::data, 0, flags);
  if (privilege == Privilege::user) {
    machine.map(Machine::code & ~uint64_t{0x3fffffff}, Machine::code & ~uint64_t{0x3fffffff}, 2,
                v | r | w | x | u | a | d);
    machine.map(0, 0, 2, v | r | w | u | a | d);
  }
  ASSERT_TRUE(machine.run(VirtualMachine::body({instruction}), privilege));
  EXPECT_EQ(machine.machine.hart.x(s5), 1U);
  EXPECT_EQ(machine.machine.hart.x(s2), static_cast<uint64_t>(cause));
  EXPECT_EQ(machine.machine.hart.x(s3), page);
}

void expect_translation(uint64_t mode, unsigned level) {
  VirtualMachine machine(mode);
  const uint64_t size = uint64_t{1} << (12 + 9 * level);
  machine.map(page, Machine::data & ~(size - 1), level, v | r | w);
  // Where Machine::data is found through a leaf of this size.
  const uint64_t address = (page & ~(size - 1)) | (Machine::data & (size - 1));
  Program body(supervisor_code);
  body.li(s1, address).put({as::ld(a0, s1, 0), as::addi(a0, a0, 1), as::sd(a0, s1, 8), as::ld(a1, s1, 8)});
  ASSERT_TRUE(machine.run(body));
  EXPECT_EQ(machine.machine.hart.x(a1), 0x1112U);
  EXPECT_EQ(machine.machine.hart.x(s5), 0U);
  EXPECT_EQ(machine.machine.memory.get<uint64_t>(Machine::data + 8), 0x1112U);
  EXPECT_EQ(machine.machine.memory.get<uint64_t>(machine.entry_place(page, level)) & (a | d), a | d);
}

TEST(HartPageTable, Sv39Pages) { expect_translation(satp::mode_sv39, 0); }
TEST(HartPageTable, Sv39LargePages) { expect_translation(satp::mode_sv39, 1); }
TEST(HartPageTable, Sv48Pages) { expect_translation(satp::mode_sv48, 0); }
TEST(HartPageTable, Sv48LargePages) { expect_translation(satp::mode_sv48, 1); }
TEST(HartPageTable, Sv48HugePages) { expect_translation(satp::mode_sv48, 2); }

TEST(HartPageTable, FaultWhenNotValid) { expect_fault(r | w | a | d, as::ld(a0, s0, 0), Cause::load_page); }
TEST(HartPageTable, FaultWhenNotReadable) { expect_fault(v | x | a, as::ld(a0, s0, 0), Cause::load_page); }
TEST(HartPageTable, FaultWhenNotWritable) { expect_fault(v | r | a | d, as::sd(a0, s0, 0), Cause::store_page); }
TEST(HartPageTable, FaultWhenReserved) { expect_fault(v | w | a | d, as::sd(a0, s0, 0), Cause::store_page); }
TEST(HartPageTable, FaultOnReservedUpperBits) {
  expect_fault(v | r | w | a | d | uint64_t{1} << 60, as::ld(a0, s0, 0), Cause::load_page);
}
TEST(HartPageTable, FaultWhenAnAtomicMayNotWrite) {
  expect_fault(v | r | a | d, as::amo(0, 3, a0, a0, s0), Cause::store_page);
}
TEST(HartPageTable, FaultWhenTheSupervisorTouchesUserPages) {
  expect_fault(v | r | u | a, as::ld(a0, s0, 0), Cause::load_page);
}
TEST(HartPageTable, FaultWhenTheUserTouchesOtherPages) {
  expect_fault(v | r | a, as::ld(a0, s0, 0), Cause::load_page, Privilege::user);
}

TEST(HartPageTable, FetchesNeedTheirPermission) {
  VirtualMachine machine;
  machine.map(page, Machine::data, 0, v | r | w | a | d);
  Program handler(Machine::handler);
  handler.put({as::csrr(s2, csr::mcause), as::csrr(s3, csr::mtval), as::csrr(s4, csr::mepc)});
  Machine::finish(handler);
  machine.machine.load(handler);
  ASSERT_TRUE(machine.run(VirtualMachine::body({as::jalr(ra, s0, 4)})));
  EXPECT_EQ(machine.machine.hart.x(s2), static_cast<uint64_t>(Cause::fetch_page));
  EXPECT_EQ(machine.machine.hart.x(s3), page + 4);
  EXPECT_EQ(machine.machine.hart.x(s4), page + 4);
}

TEST(HartPageTable, StatusBitsLendPermissions) {
  VirtualMachine machine;
  machine.map(page, Machine::data, 0, v | r | u | a);
  machine.map(page + 0x1000, Machine::data + 0x1000, 0, v | x | a);
  Program body(supervisor_code);
  body.li(t1, status::sum).li(t2, status::mxr).li(s1, page + 0x1000);
  body.put({as::csrrs(zero, csr::sstatus, t1), as::ld(a0, s0, 0), as::csrrc(zero, csr::sstatus, t1), as::ld(a3, s0, 0),
            as::csrrs(zero, csr::sstatus, t2), as::ld(a1, s1, 0), as::csrrc(zero, csr::sstatus, t2),
            as::ld(a4, s1, 0)});
  ASSERT_TRUE(machine.run(body));
  EXPECT_EQ(machine.machine.hart.x(a0), 0x1111U);
  EXPECT_EQ(machine.machine.hart.x(a1), 0x2222U);
  EXPECT_EQ(machine.machine.hart.x(s5), 2U) << "without the bits, both fault";
  EXPECT_EQ(machine.machine.hart.x(s3), page + 0x1000);
}

TEST(HartPageTable, AddressesMustBeCanonical) {
  VirtualMachine machine;
  Program body(supervisor_code);
  body.li(s1, uint64_t{1} << 38).put(as::ld(a0, s1, 0));
  ASSERT_TRUE(machine.run(body));
  EXPECT_EQ(machine.machine.hart.x(s2), static_cast<uint64_t>(Cause::load_page));
  EXPECT_EQ(machine.machine.hart.x(s3), uint64_t{1} << 38);
}

TEST(HartPageTable, MisalignedLargePagesFault) {
  VirtualMachine machine;
  machine.map(page, Machine::data, 1, v | r | w | a | d);  // not a multiple of 2 MiB
  ASSERT_TRUE(machine.run(VirtualMachine::body({as::ld(a0, s0, 0)})));
  EXPECT_EQ(machine.machine.hart.x(s2), static_cast<uint64_t>(Cause::load_page));
}

TEST(HartPageTable, TablesThatCannotBeReadAreAccessFaults) {
  VirtualMachine machine;
  machine.machine.memory.put<uint64_t>(machine.entry_place(page, 1), 0x7000 >> 12 << 10 | v);  // there is no memory
  ASSERT_TRUE(machine.run(VirtualMachine::body({as::sd(a0, s0, 0)})));
  EXPECT_EQ(machine.machine.hart.x(s2), static_cast<uint64_t>(Cause::store_access));
  EXPECT_EQ(machine.machine.hart.x(s3), page);
}

TEST(HartPageTable, DirtyIsSetByTheFirstStoreOnly) {
  VirtualMachine machine;
  machine.map(page, Machine::data, 0, v | r | w);
  Program body(supervisor_code);
  body.li(s1, machine.entry_place(page, 0));
  body.put({as::ld(a0, s1, 0), as::ld(t0, s0, 0), as::ld(a1, s1, 0), as::sd(t0, s0, 0), as::ld(a2, s1, 0)});
  ASSERT_TRUE(machine.run(body));
  EXPECT_EQ(machine.machine.hart.x(a0) & (a | d), 0U);
  EXPECT_EQ(machine.machine.hart.x(a1) & (a | d), a);
  EXPECT_EQ(machine.machine.hart.x(a2) & (a | d), a | d);
}

// Reads through `page`, points its entry to the next physical page, fences, reads again.
void expect_remap_seen(uint32_t fence, unsigned level) {
  VirtualMachine machine;
  const uint64_t size = uint64_t{1} << (12 + 9 * level);
  machine.map(page, level == 0 ? Machine::data : Machine::data & ~(size - 1), level, v | r | w | a | d);
  const uint64_t address = level == 0 ? page : (page & ~(size - 1)) | (Machine::data & (size - 1));
  Program body(supervisor_code);
  body.li(s1, machine.entry_place(page, level)).li(s4, address).li(t3, page & ~(size - 1));
  body.put({as::ld(a0, s4, 0), as::sd(zero, s1, 0), fence, as::ld(a1, s4, 0)});
  ASSERT_TRUE(machine.run(body));
  EXPECT_EQ(machine.machine.hart.x(a0), 0x1111U);
  EXPECT_EQ(machine.machine.hart.x(a1), 0U) << "the second load faults";
  EXPECT_EQ(machine.machine.hart.x(s5), 1U);
}

TEST(HartPageTable, FenceOfEverything) { expect_remap_seen(as::sfence_vma(), 0); }
TEST(HartPageTable, FenceOfOneAddress) { expect_remap_seen(as::sfence_vma(s0), 0); }
TEST(HartPageTable, FenceOfOneAddressInALargePage) { expect_remap_seen(as::sfence_vma(t3), 1); }
TEST(HartPageTable, FenceOfAnAddressSpace) { expect_remap_seen(as::sfence_vma(zero, t3), 0); }

TEST(HartPageTable, UnknownModesLeaveTheRegisterAlone) {
  VirtualMachine machine;
  const std::optional<uint64_t> before = machine.machine.hart.csr(csr::satp);
  machine.machine.hart.set_csr(csr::satp, uint64_t{10} << 60 | 5);
  EXPECT_EQ(machine.machine.hart.csr(csr::satp), before);
  machine.machine.hart.set_csr(csr::satp, 0);
  EXPECT_EQ(machine.machine.hart.csr(csr::satp), 0U);
}

TEST(HartPageTable, CodeFollowsItsMapping) {
  VirtualMachine machine;
  // Two functions at the same offset of two physical pages; the virtual page is switched from one to the other.
  machine.map(page, Machine::data, 0, v | r | x | a);
  machine.machine.load(Program(Machine::data + 0x100).put({as::addi(a0, zero, 1), as::jalr(zero, ra, 0)}));
  machine.machine.load(Program(Machine::data + 0x1100).put({as::addi(a0, zero, 2), as::jalr(zero, ra, 0)}));
  Program body(supervisor_code);
  body.li(s1, machine.entry_place(page, 0)).li(t0, (Machine::data + 0x1000) >> 12 << 10 | v | r | x | a);
  body.put(
      {as::jalr(ra, s0, 0x100), as::addi(a1, a0, 0), as::sd(t0, s1, 0), as::sfence_vma(s0), as::jalr(ra, s0, 0x100)});
  ASSERT_TRUE(machine.run(body));
  EXPECT_EQ(machine.machine.hart.x(a1), 1U);
  EXPECT_EQ(machine.machine.hart.x(a0), 2U);
}

TEST(HartPageTable, AJumpOutOfAPageFollowsTheMappingItIsIn) {
  VirtualMachine machine;
  const uint64_t other = Machine::data + 0x1000;
  // The same code in three virtual pages, followed by itself in one case and by another page in the other.
  machine.map(page, Machine::data, 0, v | r | x | a);
  machine.map(page + 0x1000, Machine::data, 0, v | r | x | a);
  machine.map(page + 0x2000, Machine::data, 0, v | r | x | a);
  machine.map(page + 0x3000, other, 0, v | r | x | a);
  machine.machine.load(Program(Machine::data + 0x100)
                           .put({as::jal(zero, 0x1008), as::nop(), as::addi(a0, a0, 1), as::jalr(zero, ra, 0)}));
  machine.machine.load(Program(other + 0x108).put({as::addi(a0, a0, 0x10), as::jalr(zero, ra, 0)}));
  Program body(supervisor_code);
  body.li(s1, page + 0x2000).li(a0, 0);
  body.put({as::jalr(ra, s0, 0x100), as::jalr(ra, s1, 0x100), as::jalr(ra, s0, 0x100)});
  ASSERT_TRUE(machine.run(body));
  EXPECT_EQ(machine.machine.hart.x(a0), 0x12U);
}

TEST(HartPageTable, WorksWithoutDirectPointers) {
  VirtualMachine machine;
  machine.machine.memory.allow_dmi(false);
  machine.map(page, Machine::data, 0, v | r | w);
  ASSERT_TRUE(machine.run(VirtualMachine::body({as::ld(a0, s0, 0), as::sd(a0, s0, 8), as::ld(a1, s0, 8)})));
  EXPECT_EQ(machine.machine.hart.x(a1), 0x1111U);
  EXPECT_EQ(machine.machine.memory.get<uint64_t>(machine.entry_place(page, 0)) & (a | d), a | d);
}

}  // namespace
}  // namespace sc_memory::models::riscv::test
