// The PLIC against its specification: gateways, priorities, thresholds, claims and completions.
#include "models/riscv/plic.h"

#include <gtest/gtest.h>
#include <random>

#include "tests/models/devices/register_access.h"

namespace sc_memory::models {
namespace {

constexpr unsigned sources = 96;
constexpr Address priority(unsigned source) { return 4 * source; }
constexpr Address pending(unsigned word) { return 0x1000 + 4 * word; }
constexpr Address enable(unsigned context, unsigned word) { return 0x2000 + 0x80 * context + 4 * word; }
constexpr Address threshold(unsigned context) { return 0x200000 + 0x1000 * context; }
constexpr Address claim(unsigned context) { return threshold(context) + 4; }

class PlicTest : public testing::Test {
 protected:
  void enable_source(unsigned context, unsigned source, std::uint32_t at_priority) {
    write(priority(source), at_priority);
    write(enable(context, source / 32), read(enable(context, source / 32)) | UINT32_C(1) << (source % 32));
  }
  std::uint32_t read(Address offset) { return access_.read<std::uint32_t>(offset); }
  void write(Address offset, std::uint32_t value) { access_.write<std::uint32_t>(offset, value); }
  bool is_pending(unsigned source) { return ((read(pending(source / 32)) >> (source % 32)) & 1) != 0; }

  Plic plic_{"plic", sources, 2};
  RegisterAccess access_{plic_.region()};
};

TEST_F(PlicTest, ContextsAreMachineAndSupervisorOfEachHart) {
  EXPECT_EQ(plic_.contexts(), 4U);
  EXPECT_EQ(&plic_.machine_interrupt(0), &plic_.context_interrupt(0));
  EXPECT_EQ(&plic_.supervisor_interrupt(0), &plic_.context_interrupt(1));
  EXPECT_EQ(&plic_.supervisor_interrupt(1), &plic_.context_interrupt(3));
  EXPECT_EQ(plic_.region().size(), 0x600000U);
}

TEST_F(PlicTest, AnInterruptIsPendingClaimedAndCompleted) {
  enable_source(1, 10, 1);
  plic_.set_source(10, true);
  EXPECT_TRUE(plic_.supervisor_interrupt(0).level());
  EXPECT_FALSE(plic_.machine_interrupt(0).level());
  EXPECT_TRUE(is_pending(10));
  EXPECT_EQ(read(claim(1)), 10U);
  EXPECT_FALSE(is_pending(10));
  EXPECT_FALSE(plic_.supervisor_interrupt(0).level());
  EXPECT_EQ(read(claim(1)), 0U);
  plic_.set_source(10, false);
  write(claim(1), 10);
  EXPECT_FALSE(plic_.supervisor_interrupt(0).level());
}

TEST_F(PlicTest, ALevelThatStaysHighIsPendingAgainAfterCompletion) {
  enable_source(0, 5, 1);
  plic_.set_source(5, true);
  EXPECT_EQ(read(claim(0)), 5U);
  EXPECT_FALSE(plic_.context_interrupt(0).level());
  write(claim(0), 5);
  EXPECT_TRUE(plic_.context_interrupt(0).level());
  EXPECT_EQ(read(claim(0)), 5U);
}

TEST_F(PlicTest, ASourceThatTellsOfEventsMakesARequestOfEach) {
  enable_source(0, 5, 1);
  plic_.tells_of_events(5);
  plic_.set_source(5, true);
  EXPECT_EQ(read(claim(0)), 5U);
  write(claim(0), 5);
  EXPECT_FALSE(is_pending(5));  // The level is high, but nothing has come.
  plic_.set_source(5, true);
  EXPECT_EQ(read(claim(0)), 5U);
  plic_.set_source(5, true);  // While the first is being served.
  EXPECT_FALSE(is_pending(5));
  write(claim(0), 5);
  EXPECT_EQ(read(claim(0)), 5U);
  plic_.set_source(5, true);
  plic_.set_source(5, false);
  write(claim(0), 5);
  EXPECT_FALSE(is_pending(5));
}

TEST_F(PlicTest, TheGatewayHoldsANewLevelBackUntilCompletion) {
  enable_source(0, 5, 1);
  plic_.set_source(5, true);
  EXPECT_EQ(read(claim(0)), 5U);
  plic_.set_source(5, false);
  plic_.set_source(5, true);
  EXPECT_FALSE(is_pending(5));
  write(claim(0), 5);
  EXPECT_TRUE(is_pending(5));
}

TEST_F(PlicTest, ARequestStaysWhenTheLevelFalls) {
  enable_source(0, 5, 1);
  plic_.set_source(5, true);
  plic_.set_source(5, false);
  EXPECT_EQ(read(claim(0)), 5U);
  write(claim(0), 5);
  EXPECT_EQ(read(claim(0)), 0U);
}

TEST_F(PlicTest, HighestPriorityIsClaimedFirstAndTheLowestNumberAmongEquals) {
  for (const unsigned source : {3U, 40U, 64U, 96U}) plic_.set_source(source, true);
  enable_source(0, 96, 7);
  enable_source(0, 64, 2);
  enable_source(0, 40, 2);
  enable_source(0, 3, 1);
  EXPECT_EQ(read(claim(0)), 96U);
  EXPECT_EQ(read(claim(0)), 40U);
  EXPECT_EQ(read(claim(0)), 64U);
  EXPECT_EQ(read(claim(0)), 3U);
  EXPECT_EQ(read(claim(0)), 0U);
}

TEST_F(PlicTest, PriorityZeroNeverInterrupts) {
  enable_source(0, 4, 0);
  plic_.set_source(4, true);
  EXPECT_FALSE(plic_.context_interrupt(0).level());
  EXPECT_EQ(read(claim(0)), 0U);
  write(priority(4), 1);
  EXPECT_TRUE(plic_.context_interrupt(0).level());
}

TEST_F(PlicTest, TheThresholdMasksTheInterruptButNotTheClaim) {
  enable_source(0, 4, 3);
  plic_.set_source(4, true);
  write(threshold(0), 3);
  EXPECT_FALSE(plic_.context_interrupt(0).level());
  write(threshold(0), 2);
  EXPECT_TRUE(plic_.context_interrupt(0).level());
  write(threshold(0), 7);
  EXPECT_EQ(read(claim(0)), 4U);
}

TEST_F(PlicTest, OnlyOneContextGetsAnInterruptThatSeveralEnable) {
  enable_source(1, 8, 1);
  enable_source(3, 8, 1);
  plic_.set_source(8, true);
  EXPECT_TRUE(plic_.supervisor_interrupt(0).level());
  EXPECT_TRUE(plic_.supervisor_interrupt(1).level());
  EXPECT_EQ(read(claim(3)), 8U);
  EXPECT_FALSE(plic_.supervisor_interrupt(0).level());
  EXPECT_EQ(read(claim(1)), 0U);
}

TEST_F(PlicTest, CompletionOfASourceThatIsNotEnabledIsIgnored) {
  enable_source(0, 8, 1);
  plic_.set_source(8, true);
  EXPECT_EQ(read(claim(0)), 8U);
  for (const std::uint32_t id : {0U, 8U, 97U, 0xffffffffU}) write(claim(1), id);
  EXPECT_FALSE(is_pending(8));
  write(claim(0), 8);
  EXPECT_TRUE(is_pending(8));
}

TEST_F(PlicTest, RegistersKeepOnlyWhatIsThere) {
  for (Address offset : {priority(1), priority(sources), threshold(0)}) {
    write(offset, 0xffffffff);
    EXPECT_EQ(read(offset), Plic::max_priority);
  }
  write(enable(0, 0), 0xffffffff);
  EXPECT_EQ(read(enable(0, 0)), 0xfffffffeU);
  write(enable(0, 3), 0xffffffff);
  EXPECT_EQ(read(enable(0, 3)), 1U);
  for (Address offset : {priority(0), priority(sources + 1), pending(0), pending(4), enable(0, 4), enable(4, 0),
                         threshold(4), claim(4), threshold(0) + 8, Plic::size - 4}) {
    write(offset, 0xffffffff);
    EXPECT_EQ(read(offset), 0U) << std::hex << offset;
  }
}

TEST_F(PlicTest, DebugAccessesNeitherClaimNorComplete) {
  enable_source(0, 8, 1);
  plic_.set_source(8, true);
  EXPECT_EQ(access_.debug_read<std::uint32_t>(claim(0)), 8U);
  EXPECT_TRUE(plic_.context_interrupt(0).level());
  EXPECT_EQ(read(claim(0)), 8U);
  access_.debug_write<std::uint32_t>(claim(0), 8);
  EXPECT_FALSE(plic_.context_interrupt(0).level());
}

TEST_F(PlicTest, OtherWidthsAreRejected) {
  EXPECT_EQ(access_.try_read<std::uint8_t>(4), AccessResult::rejected);
  EXPECT_EQ(access_.try_read<std::uint16_t>(4), AccessResult::rejected);
  EXPECT_EQ(access_.try_write<std::uint8_t>(4, 1), AccessResult::rejected);
  EXPECT_EQ(access_.try_read<std::uint32_t>(6), AccessResult::rejected);
}

TEST_F(PlicTest, LinesConnectToSources) {
  InterruptLine line;
  line.set(true);
  line.connect(plic_.source(7));
  EXPECT_TRUE(is_pending(7));
  EXPECT_THROW(plic_.source(0), std::invalid_argument);
  EXPECT_THROW(plic_.source(97), std::invalid_argument);
  plic_.set_source(0, true);
  plic_.set_source(97, true);
  EXPECT_FALSE(is_pending(97));
}

TEST_F(PlicTest, AListenerMayClaimFromWithinTheInterrupt) {
  enable_source(0, 9, 1);
  std::uint32_t claimed = 0;
  plic_.context_interrupt(0).connect([&](bool level) {
    if (level) claimed = read(claim(0));
  });
  plic_.set_source(9, true);
  EXPECT_EQ(claimed, 9U);
  EXPECT_FALSE(plic_.context_interrupt(0).level());
}

TEST_F(PlicTest, RandomPokingKeepsInterruptsAndClaimsTogether) {
  std::mt19937 random(test_seed());
  const auto poke = [&] {
    const Address bases[] = {0, 0x1000, 0x2000, 0x200000, 0x201000, random() % Plic::size};
    const Address offset = (bases[random() % 6] + random() % 0x200) & ~Address{3} & (Plic::size - 1);
    if (offset + 4 > Plic::size) return;
    if (random() % 2 == 0)
      write(offset, random() >> (random() % 32));
    else
      read(offset);
  };
  for (int i = 0; i < 20000; ++i) {
    poke();
    plic_.set_source(random() % 100, random() % 2 == 0);
    for (unsigned context = 0; context < plic_.contexts(); ++context) {
      const auto best = access_.debug_read<std::uint32_t>(claim(context));
      const bool expected = best != 0 && read(priority(best)) > read(threshold(context));
      ASSERT_EQ(plic_.context_interrupt(context).level(), expected);
      ASSERT_TRUE(best == 0 || is_pending(best));
    }
  }
}

TEST(Plic, ImpossibleParametersAreRejected) {
  EXPECT_THROW(Plic("plic", 0, 1), std::invalid_argument);
  EXPECT_THROW(Plic("plic", 1024, 1), std::invalid_argument);
  EXPECT_THROW(Plic("plic", 1, 0), std::invalid_argument);
}

}  // namespace
}  // namespace sc_memory::models
