// PMP: address modes, priorities, locking, and the verdict for whole pages against a byte-by-byte oracle.
#include "models/riscv/hart_pmp.h"

#include <gtest/gtest.h>
#include <random>

namespace sc_memory::models::riscv {
namespace {

constexpr uint64_t read_only = 1, read_write = 3, all = 7;
constexpr uint64_t tor = 1 << 3, na4 = 2 << 3, napot = 3 << 3, lock = 1 << 7;

uint64_t napot_address(uint64_t base, uint64_t size) { return base >> 2 | (size / 8 - 1); }

bool may(const Pmp& pmp, uint64_t address, Access access, Privilege privilege = Privilege::supervisor) {
  return pmp.allows(address, 1, access, privilege);
}

TEST(HartPmp, WithoutEntriesOnlyMachineModeHasAccess) {
  const Pmp pmp;
  EXPECT_TRUE(may(pmp, 0x1000, Access::write, Privilege::machine));
  EXPECT_FALSE(may(pmp, 0x1000, Access::read));
  EXPECT_FALSE(may(pmp, 0x1000, Access::read, Privilege::user));
}

TEST(HartPmp, AddressModes) {
  Pmp pmp;
  pmp.write_address(0, 0x1000 >> 2);
  pmp.write_address(1, 0x2000 >> 2);
  pmp.write_address(2, 0x3004 >> 2);
  pmp.write_address(3, napot_address(0x8000, 0x2000));
  pmp.write_address(4, ~uint64_t{0});  // all ones: everything
  pmp.write_config(0, 0 | (tor | read_write) << 8 | (na4 | read_only) << 16 | (napot | all) << 24);
  EXPECT_FALSE(may(pmp, 0xfff, Access::read));
  EXPECT_TRUE(may(pmp, 0x1000, Access::write));
  EXPECT_TRUE(may(pmp, 0x1fff, Access::read));
  EXPECT_FALSE(may(pmp, 0x1fff, Access::fetch));
  EXPECT_FALSE(may(pmp, 0x2000, Access::read));
  EXPECT_FALSE(may(pmp, 0x3003, Access::read));
  EXPECT_TRUE(may(pmp, 0x3004, Access::read));
  EXPECT_TRUE(may(pmp, 0x3007, Access::read));
  EXPECT_FALSE(may(pmp, 0x3007, Access::write));
  EXPECT_FALSE(may(pmp, 0x3008, Access::read));
  EXPECT_TRUE(may(pmp, 0x8000, Access::fetch));
  EXPECT_TRUE(may(pmp, 0x9fff, Access::fetch));
  EXPECT_FALSE(may(pmp, 0xa000, Access::fetch));
  pmp.write_config(0, pmp.read_config(0) | (napot | read_only) << 32);
  EXPECT_TRUE(may(pmp, 0xa000, Access::read));
  EXPECT_TRUE(may(pmp, (uint64_t{1} << 56) - 1, Access::read));
  EXPECT_FALSE(may(pmp, 0xa000, Access::fetch));
}

TEST(HartPmp, TheLowestEntryDecidesAndMustHoldTheWholeAccess) {
  Pmp pmp;
  pmp.write_address(0, napot_address(0x1000, 8));
  pmp.write_address(1, napot_address(0x1000, 0x1000));
  pmp.write_config(0, (napot | read_only) | (napot | read_write) << 8);
  EXPECT_FALSE(may(pmp, 0x1007, Access::write));
  EXPECT_TRUE(may(pmp, 0x1008, Access::write));
  EXPECT_TRUE(pmp.allows(0x1000, 8, Access::read, Privilege::user));
  EXPECT_FALSE(pmp.allows(0x1004, 8, Access::read, Privilege::user));
  EXPECT_TRUE(pmp.allows(0x1008, 8, Access::read, Privilege::user));
}

TEST(HartPmp, LockedEntriesBindMachineModeAndIgnoreWrites) {
  Pmp pmp;
  pmp.write_address(0, 0x1000 >> 2);
  pmp.write_address(1, 0x2000 >> 2);
  pmp.write_config(0, (tor | lock | read_only) << 8);
  EXPECT_FALSE(may(pmp, 0x1800, Access::write, Privilege::machine));
  EXPECT_TRUE(may(pmp, 0x1800, Access::read, Privilege::machine));
  EXPECT_TRUE(may(pmp, 0x2000, Access::write, Privilege::machine));
  EXPECT_FALSE(pmp.write_address(1, 0));
  EXPECT_FALSE(pmp.write_address(0, 0)) << "the bottom of a locked TOR entry is locked too";
  EXPECT_FALSE(pmp.write_config(0, 0));
  EXPECT_EQ(pmp.read_address(1), 0x2000U >> 2);
  EXPECT_EQ(pmp.read_config(0), (tor | lock | read_only) << 8);
}

TEST(HartPmp, RegistersHoldOnlyWhatIsLegal) {
  Pmp pmp;
  pmp.write_config(8, 0x7f);
  EXPECT_EQ(pmp.read_config(8), 0x1fU) << "reserved bits read zero";
  pmp.write_config(8, napot | 2);
  EXPECT_EQ(pmp.read_config(8), napot) << "write without read is no access";
  pmp.write_address(5, ~uint64_t{0});
  EXPECT_EQ(pmp.read_address(5), (uint64_t{1} << 54) - 1);
}

TEST(HartPmp, PageVerdictsAgreeWithEveryAccessInThePage) {
  const unsigned seed = 20260801;
  std::mt19937_64 random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  for (int round = 0; round < 300; ++round) {
    Pmp pmp;
    uint64_t config[2] = {};
    for (unsigned i = 0; i < Pmp::entry_count; ++i) {
      const uint64_t address = random() % 0x4000;
      pmp.write_address(i, (random() % 3 == 0) ? napot_address(address & ~uint64_t{0xfff}, 0x1000) : address >> 2);
      if (random() % 3 == 0) config[i / 8] |= (random() & 0x9f) << (8 * (i % 8));
    }
    pmp.write_config(0, config[0]);
    pmp.write_config(8, config[1]);
    for (uint64_t page = 0; page < 0x5000; page += page_size) {
      for (const Access access : {Access::read, Access::write, Access::fetch}) {
        for (const Privilege privilege : {Privilege::user, Privilege::machine}) {
          unsigned allowed = 0;
          for (uint64_t address = page; address < page + page_size; address += 4) {
            allowed += pmp.allows(address, 4, access, privilege) ? 1 : 0;
          }
          const Pmp::Verdict verdict = pmp.page_verdict(page, access, privilege);
          if (verdict == Pmp::Verdict::allowed) {
            EXPECT_EQ(allowed, page_size / 4);
          }
          if (verdict == Pmp::Verdict::denied) {
            EXPECT_EQ(allowed, 0U);
          }
          if (allowed != 0 && allowed != page_size / 4) {
            EXPECT_EQ(verdict, Pmp::Verdict::mixed);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace sc_memory::models::riscv
