// The options that give the machine devices.
#include "sim/device_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/options.h"

namespace sc_memory::sim {
namespace {

using models::ImageMode;
using platforms::NetworkKind;
using testing::HasSubstr;

RunOptions parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), {"vpsim", "run"});
  return std::get<RunOptions>(parse_options(static_cast<int>(arguments.size()), arguments.data()));
}

std::string error_of(const std::vector<const char*>& arguments) {
  try {
    parse(arguments);
  } catch (const OptionError& error) {
    return error.what();
  }
  ADD_FAILURE() << "no OptionError was thrown";
  return "";
}

TEST(DeviceOptions, WithoutThemThereAreNoDevices) {
  const platforms::RiscvVirtConfig config = parse({}).machine;
  EXPECT_TRUE(config.disks.empty());
  EXPECT_TRUE(config.pci_disks.empty());
  EXPECT_TRUE(config.flash.empty());
  EXPECT_FALSE(config.virtio_console);
  EXPECT_FALSE(config.entropy);
  EXPECT_EQ(config.network, NetworkKind::none);
  EXPECT_FALSE(config.dma_test_device);
}

TEST(DeviceOptions, ImagesComeInTheOrderGiven) {
  const platforms::RiscvVirtConfig config =
      parse({"--disk", "a", "--disk", "b,ro", "--disk-pci", "c", "--flash", "d", "--flash", "e,ro"}).machine;
  ASSERT_EQ(config.disks.size(), 2U);
  EXPECT_EQ(config.disks[0].path, "a");
  EXPECT_EQ(config.disks[0].mode, ImageMode::writable_if_permitted);
  EXPECT_EQ(config.disks[1].path, "b");
  EXPECT_EQ(config.disks[1].mode, ImageMode::readonly);
  ASSERT_EQ(config.pci_disks.size(), 1U);
  EXPECT_EQ(config.pci_disks[0].path, "c");
  ASSERT_EQ(config.flash.size(), 2U);
  EXPECT_EQ(config.flash[0].path, "d");
  EXPECT_EQ(config.flash[1].mode, ImageMode::readonly);
}

TEST(DeviceOptions, OtherDevices) {
  const RunOptions options = parse({"--hvc", "out", "--rng-seed", "0x10", "--net", "loopback", "--dma-test"});
  EXPECT_TRUE(options.machine.virtio_console);
  EXPECT_EQ(options.virtio_console_output, "out");
  ASSERT_TRUE(options.machine.entropy);
  EXPECT_EQ(options.machine.entropy->seed, 16U);
  EXPECT_EQ(options.machine.network, NetworkKind::loopback);
  EXPECT_EQ(parse({"--net", "user"}).machine.network, NetworkKind::user);
  EXPECT_TRUE(options.machine.dma_test_device);
  ASSERT_TRUE(parse({"--rng-seed", "host"}).machine.entropy);
  EXPECT_FALSE(parse({"--rng-seed", "host"}).machine.entropy->seed);
}

TEST(DeviceOptions, TheClockBeginsAtADateOrTheHostsTime) {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  const auto start = [](const char* text) { return parse({"--rtc", text}).machine.clock_start; };
  EXPECT_EQ(parse({}).machine.clock_start, models::GoldfishRtc::default_start);
  EXPECT_EQ(start("1970-01-01"), 0U);
  EXPECT_EQ(start("2026-11-28"), 1'795'824'000 * kSecond);
  EXPECT_EQ(start("2026-11-28T09:30:01"), 1'795'858'201 * kSecond);
  EXPECT_EQ(start("2028-02-29"), 1'835'395'200 * kSecond);
  EXPECT_EQ(start("2261-12-31T23:59:59"), 9'214'646'399 * kSecond);
  EXPECT_GT(start("host"), 1'700'000'000 * kSecond);
  for (const char* text : {"now", "2026", "2026-13-01", "2026-02-29", "2026-04-31", "2026-11-28T24:00:00", "1969-12-31",
                           "2262-01-01", "2026-11-28T09:30:00+01", "2026-11-28x"})
    EXPECT_THAT(error_of({"--rtc", text}), HasSubstr("--rtc: '" + std::string(text) + "' is no time")) << text;
}

TEST(DeviceOptions, FlashThatIsStartedTakesTheKernelsPlace) {
  const RunOptions options = parse({"--pflash", "code,ro", "--pflash", "vars"});
  ASSERT_EQ(options.machine.flash.size(), 2U);
  EXPECT_EQ(options.machine.flash[0].path, "code");
  EXPECT_EQ(options.machine.flash[0].mode, ImageMode::readonly);
  EXPECT_TRUE(options.files.starts_flash);
  EXPECT_NE(options.files.bios, "");
  EXPECT_EQ(options.files.kernel, "");
  EXPECT_FALSE(options.boots_default_files);
  EXPECT_EQ(parse({"--pflash", "code", "--bios", "none"}).files.bios, "");
  EXPECT_FALSE(parse({"--flash", "code"}).files.starts_flash);
  EXPECT_THAT(error_of({"--pflash", "a", "--flash", "b"}), HasSubstr("--flash: --pflash fills both banks"));
  EXPECT_THAT(error_of({"--pflash", "a", "--kernel", "b"}), HasSubstr("--kernel: the firmware starts"));
}

TEST(DeviceOptions, WordsThatAreNone) {
  for (const char* seed : {"guest", "-1", "1x", "99999999999999999999"})
    EXPECT_THAT(error_of({"--rng-seed", seed}), HasSubstr("'" + std::string(seed) + "' is no seed; give a number"));
  EXPECT_THAT(error_of({"--net", "tap"}), HasSubstr("--net: 'tap' is no network; give user or loopback"));
  EXPECT_THAT(error_of({"--flash", "a", "--flash", "b", "--flash", "c"}), HasSubstr("--flash is given 3 times"));
}

TEST(DeviceOptions, NoMoreDevicesThanSlots) {
  std::vector<const char*> arguments;
  for (int i = 0; i < 7; ++i) arguments.insert(arguments.end(), {"--disk", "a"});
  arguments.insert(arguments.end(), {"--net", "loopback"});
  EXPECT_EQ(parse(arguments).machine.disks.size(), 7U);
  arguments.insert(arguments.end(), {"--rng-seed", "1"});
  EXPECT_THAT(error_of(arguments), HasSubstr("9 virtio-mmio devices; the machine has 8 slots"));
}

}  // namespace
}  // namespace sc_memory::sim
