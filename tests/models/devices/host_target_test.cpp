// HTIF: which writes say something, what, and what comes back.
#include "models/devices/host_target.h"

#include <array>
#include <cerrno>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include <systemc>

#include "sc_memory/map/region_kinds.h"

namespace sc_memory::models {
namespace {

constexpr Address kToHost = 0x40;
constexpr Address kFromHost = 0x80;
constexpr Address kBlock = 0x100;
constexpr Address kText = 0x200;
constexpr Address kNowhere = 0x10000;
constexpr std::uint64_t kGet = UINT64_C(0x0100) << 48;
constexpr std::uint64_t kPut = UINT64_C(0x0101) << 48;
constexpr std::uint64_t kNow = 1'704'067'200'123'456'789;

class HostTargetTest : public testing::Test {
 protected:
  HostTargetTest() { root_.add(0, ram_); }

  template <typename Value>
  void write(Address address, Value value, bool debug = false) {
    Attributes attributes;
    attributes.debug = debug;
    ASSERT_EQ(space_.write(address, &value, sizeof(value), attributes), AccessResult::ok);
  }
  std::uint64_t read(Address address) {
    std::uint64_t value = 0;
    EXPECT_EQ(space_.read(address, &value, sizeof(value)), AccessResult::ok);
    return value;
  }
  void command(std::uint64_t value) { write<std::uint64_t>(kToHost, value); }
  /// A system call, and its result.
  std::int64_t call(std::uint64_t number, const std::array<std::uint64_t, 3>& arguments) {
    write<std::uint64_t>(kBlock, number);
    for (unsigned i = 0; i < 3; ++i) write<std::uint64_t>(kBlock + 8 + 8 * i, arguments[i]);
    write<std::uint64_t>(kFromHost, 0);
    command(kBlock);
    return static_cast<std::int64_t>(read(kBlock));
  }
  std::vector<std::uint64_t> reports() const {
    std::vector<std::uint64_t> values;
    for (const HostTarget::Report& report : reports_) values.push_back(report.value);
    return values;
  }

  Container root_{"root"};
  RamRegion ram_{"ram", 0x1000};
  AddressSpace space_{"space", root_};
  std::vector<HostTarget::Report> reports_;
  std::string printed_;
  std::vector<std::string> named_;
  unsigned inputs_wanted_ = 0;
  HostTarget host_{"htif",
                   space_,
                   {kToHost, kFromHost},
                   {[this](HostTarget::Report report) { reports_.push_back(report); },
                    [this](std::uint8_t byte) { printed_ += static_cast<char>(byte); }, [this] { ++inputs_wanted_; },
                    [] { return kNow; }, [this](const std::string& what) { named_.push_back(what); }}};
};

TEST_F(HostTargetTest, OneIsAPass) {
  command(1);
  ASSERT_EQ(reports_.size(), 1U);
  EXPECT_EQ(reports_[0].failed_test(), 0U);
  EXPECT_EQ(reports_[0].exit_status(), 0);
}

TEST_F(HostTargetTest, OtherOddNumbersNameTheFailedTest) {
  command(2 * 19 + 1);
  ASSERT_EQ(reports_.size(), 1U);
  EXPECT_EQ(reports_[0].failed_test(), 19U);
  EXPECT_EQ(reports_[0].exit_status(), 19);
}

TEST_F(HostTargetTest, NoFailureIsTakenForSuccess) {
  for (const std::uint64_t test : {std::uint64_t{256}, std::uint64_t{1337}, std::uint64_t{1} << 40}) {
    const HostTarget::Report report{2 * test + 1};
    EXPECT_EQ(report.failed_test(), test);
    EXPECT_EQ(report.exit_status(), 1);
  }
  command(~std::uint64_t{0});  // exit(-1)
  ASSERT_EQ(reports_.size(), 1U);
  EXPECT_EQ(reports_[0].exit_status(), 1);
}

TEST_F(HostTargetTest, HalvesThatFollowEachOtherAreOneCommand) {
  write<std::uint32_t>(kToHost, 'A');
  EXPECT_EQ(printed_, "");
  write<std::uint32_t>(kToHost + 4, kPut >> 32);
  EXPECT_EQ(printed_, "A");
  write<std::uint32_t>(kToHost + 4, kPut >> 32);
  write<std::uint32_t>(kToHost, 'C');
  EXPECT_EQ(printed_, "AC");
  EXPECT_TRUE(reports_.empty());
  sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_MS));
  EXPECT_EQ(printed_, "AC");
}

TEST_F(HostTargetTest, AHalfWrittenAgainOrLeftAloneIsAll) {
  write<std::uint32_t>(kToHost, 3);
  write<std::uint32_t>(kToHost, 3);
  EXPECT_EQ(reports(), (std::vector<std::uint64_t>{3}));
  write<std::uint32_t>(kToHost, 0);
  write<std::uint32_t>(kToHost, 5);
  sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_MS));
  EXPECT_EQ(reports(), (std::vector<std::uint64_t>{3, 5}));
}

TEST_F(HostTargetTest, EveryByteCanBePrinted) {
  std::string all;
  for (unsigned byte = 0; byte < 256; ++byte) {
    all += static_cast<char>(byte);
    command(kPut | byte);
    EXPECT_EQ(read(kToHost), 0U);
    EXPECT_EQ(read(kFromHost), kPut | 0x100 | byte);
  }
  EXPECT_EQ(printed_, all);
  EXPECT_TRUE(reports_.empty());
}

TEST_F(HostTargetTest, AByteThatIsAskedForComesWhenThereIsOne) {
  command(kGet);
  EXPECT_EQ(inputs_wanted_, 1U);
  EXPECT_TRUE(host_.wants_input());
  EXPECT_EQ(read(kToHost), 0U);
  EXPECT_EQ(read(kFromHost), 0U);
  command(kPut | '?');  // Meanwhile the program goes on.
  EXPECT_EQ(printed_, "?");
  host_.receive('y');
  EXPECT_EQ(read(kFromHost), kGet | 0x100 | 'y');
  EXPECT_FALSE(host_.wants_input());
}

TEST_F(HostTargetTest, UnknownCommandsAreAnsweredAndNamedOnce) {
  const std::uint64_t disk = UINT64_C(0x0207) << 48 | 0x1001;
  command(disk);
  EXPECT_EQ(read(kToHost), 0U);
  EXPECT_EQ(read(kFromHost), UINT64_C(0x0207) << 48);
  command(disk);
  command(kPut + (UINT64_C(1) << 48));
  EXPECT_EQ(named_, (std::vector<std::string>{"command 7 of device 2", "command 2 of device 1"}));
  EXPECT_TRUE(reports_.empty());
}

TEST_F(HostTargetTest, APageOfNamesIsEnough) {
  for (std::uint64_t device = 2; device < 255; ++device) command(device << 56);
  EXPECT_LT(named_.size(), 100U);
}

TEST_F(HostTargetTest, WritePrints) {
  const std::string text = "Hello\n";
  for (std::size_t i = 0; i < text.size(); ++i) write<char>(kText + i, text[i]);
  EXPECT_EQ(call(64, {1, kText, 6}), 6);
  EXPECT_EQ(read(kFromHost), 1U);
  EXPECT_EQ(read(kToHost), 0U);
  EXPECT_EQ(call(64, {2, kText, 1}), 1);
  EXPECT_EQ(printed_, "Hello\nH");
  EXPECT_EQ(call(64, {1, kText, 0}), 0);
  EXPECT_EQ(call(64, {3, kText, 1}), -EBADF);
  EXPECT_EQ(call(64, {0, kText, 1}), -EBADF);
  EXPECT_EQ(call(64, {1, kNowhere, 1}), -EFAULT);
  EXPECT_EQ(call(64, {1, 0, ~std::uint64_t{0}}), -EFAULT);
  EXPECT_TRUE(named_.empty());
}

TEST_F(HostTargetTest, ExitEndsAndIsNotAnswered) {
  call(93, {0, 0, 0});
  EXPECT_EQ(read(kFromHost), 0U);
  call(94, {7, 0, 0});
  ASSERT_EQ(reports_.size(), 2U);
  EXPECT_EQ(reports_[0].exit_status(), 0);
  EXPECT_EQ(reports_[1].exit_status(), 7);
}

TEST_F(HostTargetTest, TheClockIsTheMachines) {
  EXPECT_EQ(call(1062, {0, 0, 0}), 1'704'067'200);
  EXPECT_EQ(call(169, {kText, 0, 0}), 0);
  EXPECT_EQ(read(kText), 1'704'067'200U);
  EXPECT_EQ(read(kText + 8), 123'456U);
  EXPECT_EQ(call(113, {0, kText, 0}), 0);
  EXPECT_EQ(read(kText + 8), 123'456'789U);
  EXPECT_EQ(call(169, {kNowhere, 0, 0}), -EFAULT);
}

TEST_F(HostTargetTest, ReadWaitsForAByte) {
  call(63, {0, kText, 10});
  EXPECT_TRUE(host_.wants_input());
  EXPECT_EQ(read(kFromHost), 0U);
  host_.receive('q');
  EXPECT_EQ(read(kFromHost), 1U);
  EXPECT_EQ(read(kBlock), 1U);
  EXPECT_EQ(read(kText) & 0xff, std::uint64_t{'q'});
  EXPECT_EQ(call(63, {5, kText, 10}), -EBADF);
}

TEST_F(HostTargetTest, UnknownCallsAreNamedOnce) {
  EXPECT_EQ(call(2011, {0, 0, 0}), -ENOSYS);
  EXPECT_EQ(call(2011, {0, 0, 0}), -ENOSYS);
  command(kNowhere);
  EXPECT_EQ(named_.size(), 2U);
  EXPECT_EQ(named_[0], "system call 2011");
  EXPECT_EQ(read(kFromHost), 1U);
}

TEST_F(HostTargetTest, AVerdictStaysInMemory) {
  command(0x1235);
  EXPECT_EQ(read(kToHost), 0x1235U);
}

TEST_F(HostTargetTest, ZeroOtherAddressesAndDebugWritesSayNothing) {
  command(0);
  write<std::uint64_t>(kToHost - 8, 1);
  write<std::uint64_t>(kToHost + 8, 1);
  write<std::uint64_t>(kToHost, 1, true);
  EXPECT_TRUE(reports_.empty());
}

}  // namespace
}  // namespace sc_memory::models
