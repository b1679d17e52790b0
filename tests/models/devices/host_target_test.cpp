// HTIF's verdicts: which writes say something, and what.
#include "models/devices/host_target.h"

#include <gtest/gtest.h>
#include <vector>

#include "sc_memory/map/region_kinds.h"

namespace sc_memory::models {
namespace {

constexpr Address kToHost = 0x40;

class HostTargetTest : public testing::Test {
 protected:
  HostTargetTest() { root_.add(0, ram_); }

  template <typename Value>
  void write(Address address, Value value, bool debug = false) {
    Attributes attributes;
    attributes.debug = debug;
    ASSERT_EQ(space_.write(address, &value, sizeof(value), attributes), AccessResult::ok);
  }

  Container root_{"root"};
  RamRegion ram_{"ram", 0x1000};
  AddressSpace space_{"space", root_};
  std::vector<HostTarget::Report> reports_;
  HostTarget host_{space_, kToHost, [this](HostTarget::Report report) { reports_.push_back(report); }};
};

TEST_F(HostTargetTest, OneIsAPass) {
  write<std::uint64_t>(kToHost, 1);
  ASSERT_EQ(reports_.size(), 1U);
  EXPECT_TRUE(reports_[0].is_verdict());
  EXPECT_EQ(reports_[0].failed_test(), 0U);
  EXPECT_EQ(reports_[0].exit_status(), 0);
}

TEST_F(HostTargetTest, OtherOddNumbersNameTheFailedTest) {
  write<std::uint32_t>(kToHost, 2 * 19 + 1);
  ASSERT_EQ(reports_.size(), 1U);
  EXPECT_TRUE(reports_[0].is_verdict());
  EXPECT_EQ(reports_[0].failed_test(), 19U);
  EXPECT_EQ(reports_[0].exit_status(), 19);
}

TEST_F(HostTargetTest, NoFailureIsTakenForSuccess) {
  for (const std::uint64_t test : {std::uint64_t{256}, std::uint64_t{1337}, std::uint64_t{1} << 40}) {
    const HostTarget::Report report{2 * test + 1};
    EXPECT_EQ(report.failed_test(), test);
    EXPECT_EQ(report.exit_status(), 1);
  }
  EXPECT_EQ((HostTarget::Report{0x8000'1000}).exit_status(), 1);
  EXPECT_EQ((HostTarget::Report{~std::uint64_t{0}}).exit_status(), 1);
}

TEST_F(HostTargetTest, EvenNumbersAreRequests) {
  write<std::uint64_t>(kToHost, 0x0101'0000'0000'0040);
  ASSERT_EQ(reports_.size(), 1U);
  EXPECT_FALSE(reports_[0].is_verdict());
}

TEST_F(HostTargetTest, TheVariableStaysMemory) {
  write<std::uint64_t>(kToHost, 0x1234'5678'9abc'def1);
  std::uint64_t value = 0;
  EXPECT_EQ(space_.read(kToHost, &value, sizeof(value)), AccessResult::ok);
  EXPECT_EQ(value, 0x1234'5678'9abc'def1U);
}

TEST_F(HostTargetTest, ZeroOtherAddressesAndDebugWritesSayNothing) {
  write<std::uint64_t>(kToHost, 0);
  write<std::uint64_t>(kToHost - 8, 1);
  write<std::uint64_t>(kToHost + 8, 1);
  write<std::uint64_t>(kToHost, 1, true);
  EXPECT_TRUE(reports_.empty());
}

}  // namespace
}  // namespace sc_memory::models
