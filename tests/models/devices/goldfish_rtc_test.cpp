// The Goldfish clock: time that runs with simulated time, and an alarm that comes when it is due.
#include "models/devices/goldfish_rtc.h"

#include <gtest/gtest.h>
#include <random>

#include "tests/models/devices/register_access.h"

namespace sc_memory::models {
namespace {

using sc_core::SC_NS;
using sc_core::SC_SEC;
using sc_core::sc_time;

enum : Address {
  time_low = 0x00,
  time_high = 0x04,
  alarm_low = 0x08,
  alarm_high = 0x0c,
  enable = 0x10,
  clear_alarm = 0x14,
  alarm_status = 0x18,
  clear_interrupt = 0x1c,
};
constexpr std::uint64_t start = 0x17a5'ffff'ffff'fff0;

class GoldfishRtcTest : public testing::Test {
 protected:
  std::uint32_t read(Address offset) { return access_.read<std::uint32_t>(offset); }
  void write(Address offset, std::uint32_t value) { access_.write<std::uint32_t>(offset, value); }
  std::uint64_t read_time() {
    const std::uint64_t low = read(time_low);
    return std::uint64_t{read(time_high)} << 32 | low;
  }
  void set_alarm(std::uint64_t time) {
    write(alarm_high, static_cast<std::uint32_t>(time >> 32));
    write(alarm_low, static_cast<std::uint32_t>(time));
  }
  bool interrupt() { return rtc_.interrupt().level(); }

  GoldfishRtc rtc_{"rtc", start};
  RegisterAccess access_{rtc_.region()};
};

TEST_F(GoldfishRtcTest, StartsWhereToldAndRunsWithSimulatedTime) {
  EXPECT_EQ(read_time(), start);
  sc_core::sc_start(sc_time(3, SC_SEC) + sc_time(7, SC_NS));
  EXPECT_EQ(read_time(), start + 3'000'000'007);
  EXPECT_EQ(rtc_.time(), start + 3'000'000'007);
}

TEST_F(GoldfishRtcTest, ReadingTheLowHalfLatchesTheHighOne) {
  EXPECT_EQ(read(time_low), 0xfffffff0U);
  sc_core::sc_start(sc_time(100, SC_NS));
  EXPECT_EQ(read(time_high), 0x17a5ffffU);
  EXPECT_EQ(read(time_low), 0x54U);
  EXPECT_EQ(read(time_high), 0x17a60000U);
}

TEST_F(GoldfishRtcTest, TheGuestSetsTheTime) {
  sc_core::sc_start(sc_time(5, SC_NS));
  write(time_high, 0x12345678);
  write(time_low, 0x9abcdef0);
  EXPECT_EQ(read_time(), 0x123456789abcdef0U);
  sc_core::sc_start(sc_time(16, SC_NS));
  EXPECT_EQ(read_time(), 0x123456789abcdf00U);
}

TEST_F(GoldfishRtcTest, TheAlarmComesWhenItIsDue) {
  write(enable, 1);
  set_alarm(start + 1000);
  EXPECT_EQ(read(alarm_status), 1U);
  EXPECT_EQ(std::uint64_t{read(alarm_high)} << 32 | read(alarm_low), start + 1000);
  sc_core::sc_start(sc_time(999, SC_NS));
  EXPECT_FALSE(interrupt());
  sc_core::sc_start(sc_time(2, SC_NS));
  EXPECT_TRUE(interrupt());
  EXPECT_EQ(read(alarm_status), 0U);
  write(clear_interrupt, 1);
  EXPECT_FALSE(interrupt());
}

TEST_F(GoldfishRtcTest, AnAlarmOfThePastComesAtOnce) {
  write(enable, 1);
  set_alarm(start - 1);
  EXPECT_TRUE(interrupt());
  EXPECT_EQ(read(alarm_status), 0U);
}

TEST_F(GoldfishRtcTest, TheInterruptShowsOnlyWhileEnabled) {
  EXPECT_EQ(read(enable), 0U);
  set_alarm(start);
  EXPECT_FALSE(interrupt());
  write(enable, 1);
  EXPECT_EQ(read(enable), 1U);
  EXPECT_TRUE(interrupt());
  write(enable, 0);
  EXPECT_FALSE(interrupt());
}

TEST_F(GoldfishRtcTest, AnAlarmCanBeTakenBackAndMoved) {
  write(enable, 1);
  set_alarm(start + 100);
  write(clear_alarm, 1);
  EXPECT_EQ(read(alarm_status), 0U);
  sc_core::sc_start(sc_time(200, SC_NS));
  EXPECT_FALSE(interrupt());
  set_alarm(start + 300);
  set_alarm(start + 500);
  sc_core::sc_start(sc_time(200, SC_NS));
  EXPECT_FALSE(interrupt());
  sc_core::sc_start(sc_time(101, SC_NS));
  EXPECT_TRUE(interrupt());
}

TEST_F(GoldfishRtcTest, SettingTheTimeMovesTheAlarm) {
  write(enable, 1);
  set_alarm(start + 8);
  write(time_low, 0xfffffff7);
  EXPECT_FALSE(interrupt());
  write(time_low, 0xfffffff8);
  EXPECT_TRUE(interrupt());
}

TEST_F(GoldfishRtcTest, AnAlarmBeyondSimulatedTimeNeverComes) {
  write(enable, 1);
  set_alarm(UINT64_MAX);
  EXPECT_EQ(read(alarm_status), 1U);
  sc_core::sc_start(sc_time(1, SC_SEC));
  EXPECT_FALSE(interrupt());
}

TEST_F(GoldfishRtcTest, DebugAccessesHaveNoSideEffects) {
  EXPECT_EQ(read(time_low), 0xfffffff0U);
  sc_core::sc_start(sc_time(100, SC_NS));
  EXPECT_EQ(access_.debug_read<std::uint32_t>(time_low), 0x54U);
  EXPECT_EQ(access_.debug_read<std::uint32_t>(time_high), 0x17a5ffffU);
  access_.debug_write<std::uint32_t>(enable, 1);
  EXPECT_EQ(read(enable), 0U);
}

TEST_F(GoldfishRtcTest, OtherWidthsAreRejectedAndOtherRegistersAreNothing) {
  EXPECT_EQ(access_.try_read<std::uint8_t>(0), AccessResult::rejected);
  EXPECT_EQ(access_.try_read<std::uint64_t>(0), AccessResult::rejected);
  EXPECT_EQ(access_.try_write<std::uint16_t>(0, 0), AccessResult::rejected);
  write(0x20, 0xffffffff);
  EXPECT_EQ(read(0x20), 0U);
  EXPECT_EQ(rtc_.region().size(), 0x24U);
}

TEST_F(GoldfishRtcTest, TheHostsTimeIsBeyondTheDefaultStart) {
  EXPECT_GT(GoldfishRtc::host_time(), GoldfishRtc::default_start);
}

TEST_F(GoldfishRtcTest, RandomPokingNeverCrashesAndAlarmsAreNeverForgotten) {
  std::mt19937 random(test_seed());
  for (int i = 0; i < 20000; ++i) {
    const Address offset = random() % GoldfishRtc::size & ~Address{3};
    // The high half of an alarm only counts when the low half is written, which would blur the check below.
    if (offset != alarm_high && random() % 2 == 0) write(offset, random() >> (random() % 32));
    read(offset);
    if (random() % 16 == 0) set_alarm(rtc_.time() + random() % 5000);
    if (random() % 8 == 0) sc_core::sc_start(sc_time(random() % 4000, SC_NS));
    const std::uint64_t alarm = std::uint64_t{read(alarm_high)} << 32 | read(alarm_low);
    ASSERT_TRUE(read(alarm_status) == 0 || alarm >= rtc_.time());
  }
}

}  // namespace
}  // namespace sc_memory::models
