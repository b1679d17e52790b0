// The test finisher: what it reports for what is written to it.
#include "models/devices/sifive_test.h"

#include <gtest/gtest.h>
#include <random>
#include <vector>

#include "tests/models/devices/register_access.h"

namespace sc_memory::models {
namespace {

class SifiveTestTest : public testing::Test {
 protected:
  std::vector<SifiveTest::Outcome> outcomes_;
  SifiveTest device_{"test", [this](SifiveTest::Outcome outcome) { outcomes_.push_back(outcome); }};
  RegisterAccess access_{device_.region()};
};

TEST_F(SifiveTestTest, PassEndsWithZero) {
  access_.write<std::uint32_t>(0, 0x5555);
  ASSERT_EQ(outcomes_.size(), 1U);
  EXPECT_EQ(outcomes_[0].verdict, SifiveTest::Verdict::pass);
  EXPECT_EQ(outcomes_[0].exit_status(), 0);
}

TEST_F(SifiveTestTest, FailureCarriesTheGuestsCode) {
  access_.write<std::uint32_t>(0, 0x002a3333);
  access_.write<std::uint32_t>(0, 0x12003333);
  access_.write<std::uint16_t>(0, 0x3333);
  ASSERT_EQ(outcomes_.size(), 3U);
  EXPECT_EQ(outcomes_[0].verdict, SifiveTest::Verdict::fail);
  EXPECT_EQ(outcomes_[0].code, 42);
  EXPECT_EQ(outcomes_[0].exit_status(), 42);
  EXPECT_EQ(outcomes_[1].code, 0x1200);
  EXPECT_EQ(outcomes_[1].exit_status(), 1);
  EXPECT_EQ(outcomes_[2].exit_status(), 1);
}

TEST_F(SifiveTestTest, ResetIsReported) {
  access_.write<std::uint16_t>(0, 0x7777);
  ASSERT_EQ(outcomes_.size(), 1U);
  EXPECT_EQ(outcomes_[0].verdict, SifiveTest::Verdict::reset);
}

TEST_F(SifiveTestTest, EverythingElseDoesNothing) {
  access_.write<std::uint32_t>(0, 0x1234);
  access_.write<std::uint32_t>(4, 0x5555);
  access_.debug_write<std::uint32_t>(0, 0x5555);
  EXPECT_EQ(access_.try_write<std::uint8_t>(0, 0x55), AccessResult::rejected);
  EXPECT_EQ(access_.try_write<std::uint32_t>(2, 0x5555), AccessResult::rejected);
  EXPECT_EQ(access_.read<std::uint32_t>(0), 0U);
  EXPECT_EQ(access_.read<std::uint16_t>(0xffe), 0U);
  EXPECT_TRUE(outcomes_.empty());
}

TEST_F(SifiveTestTest, RandomPokingReportsOnlyWhatIsMeant) {
  std::mt19937 random(test_seed());
  for (int i = 0; i < 20000; ++i) {
    const Address offset = random() % 3 == 0 ? 0 : random() % SifiveTest::size & ~Address{3};
    const std::uint32_t value = random() & 0xffff7777;
    const bool meant = offset == 0 && (value & 0xffff) % 0x1111 == 0 &&
                       ((value & 0xf) == 3 || (value & 0xf) == 5 || (value & 0xf) == 7);
    outcomes_.clear();
    access_.write<std::uint32_t>(offset, value);
    ASSERT_EQ(outcomes_.size(), meant ? 1U : 0U) << std::hex << offset << " " << value;
  }
}

TEST(SifiveTest, NobodyNeedsToListen) {
  SifiveTest device("test", {});
  RegisterAccess access(device.region());
  access.write<std::uint32_t>(0, 0x5555);
  EXPECT_EQ(access.read<std::uint32_t>(0), 0U);
}

}  // namespace
}  // namespace sc_memory::models
