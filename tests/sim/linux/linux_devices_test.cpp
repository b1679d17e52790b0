// Linux with the virtio devices that are no disks: a network, random numbers and a second console.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/linux/linux_boot.h"

namespace sc_memory::sim::test {
namespace {

using models::test::TemporaryDirectory;
using testing::HasSubstr;

TEST(LinuxDevices, ANetworkRandomNumbersAndASecondConsole) {
  const TemporaryDirectory directory;
  const std::string console = directory.path("hvc0.txt");
  const VpsimResult result = boot_linux({"--net", "user", "--rng-seed", "1", "--hvc", console});
  EXPECT_EQ(result.exit_code, 0) << result.errors << result.output;
  expect_in_order(result.output,
                  {"-- network eth0", "3 packets transmitted, 3 packets received, 0% packet loss",
                   "-- random numbers from virtio_rng.0", "-- console hvc0", "look-around: all is well"});
  EXPECT_THAT(contents_of(console), HasSubstr("look-around was here"));
}

TEST(LinuxDevices, AWireThatLeadsBackCarriesFrames) {
  const VpsimResult result = boot_linux({"--net", "loopback"});
  EXPECT_EQ(result.exit_code, 0) << result.errors << result.output;
  expect_in_order(result.output, {"-- network eth0", "look-around: all is well"});
}

}  // namespace
}  // namespace sc_memory::sim::test
