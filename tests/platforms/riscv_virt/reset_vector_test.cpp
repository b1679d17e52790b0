// The boot ROM's code, run by a hart of the machine itself: what firmware finds in its registers.
#include "platforms/riscv_virt/reset_vector.h"

#include <gtest/gtest.h>

#include "platforms/riscv_virt/riscv_virt.h"
#include "tests/platforms/riscv_virt/at_start.h"

namespace sc_memory::platforms {
namespace {

/// The register numbers of a0 to a2.
constexpr unsigned kA0 = 10;
constexpr unsigned kA1 = 11;
constexpr unsigned kA2 = 12;

TEST(ResetVector, EveryHartReachesTheEntryWithItsNumberTheTreeAndTheNextStage) {
  constexpr Address entry = 0x8000'4000;
  constexpr Address tree = 0x8123'4560;
  constexpr Address next = 0x8020'0000;
  RiscvVirtConfig config;
  config.harts = 3;
  RiscvVirt machine("machine", config);
  const test::AtStart load([&] {
    machine.memory().write(entry, &test::kJumpToItself, sizeof test::kJumpToItself);
    machine.set_reset_vector(entry, tree, next);
  });
  sc_core::sc_start(1, sc_core::SC_MS);

  for (unsigned i = 0; i < config.harts; ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(machine.hart(i).pc(), entry);
    EXPECT_EQ(machine.hart(i).x(kA0), i);
    EXPECT_EQ(machine.hart(i).x(kA1), tree);
    // OpenSBI's fw_dynamic.h: magic, version, address and mode of the next stage, options, the hart to boot with.
    std::uint64_t information[6] = {};
    ASSERT_EQ(machine.memory().read(machine.hart(i).x(kA2), information, sizeof information), AccessResult::ok);
    EXPECT_EQ(information[0], 0x4942534fU);
    EXPECT_EQ(information[1], 2U);
    EXPECT_EQ(information[2], next);
    EXPECT_EQ(information[3], 1U);
    EXPECT_EQ(information[4], 0U);
  }
}

TEST(ResetVector, FitsTheBootRomAtAnyAddresses) {
  const auto bytes = riscv_virt::reset_vector(~Address{0}, ~Address{0}, ~Address{0});
  EXPECT_LE(bytes.size(), riscv_virt::kBootRom.size());
  EXPECT_EQ(bytes.size() % 8, 0U);
}

}  // namespace
}  // namespace sc_memory::platforms
