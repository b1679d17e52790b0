// The main job from end to end: Debian's OpenSBI and U-Boot, unmodified, driven through their console.
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/vpsim_process.h"

namespace sc_memory::sim::test {
namespace {

using models::test::TemporaryDirectory;
using testing::HasSubstr;
using testing::Not;

constexpr char kMachineModeUBoot[] = "/usr/lib/u-boot/qemu-riscv64/u-boot.bin";

/// What stops the countdown at the beginning of every session.
const std::string kToPrompt = "@expect \"Hit any key to stop autoboot\"\n@key \" \"\n";

/// The CRC that U-Boot's crc32 and zlib compute, bit by bit.
std::uint32_t crc32(const std::vector<std::uint8_t>& bytes) {
  std::uint32_t crc = ~0U;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0U);
  }
  return ~crc;
}

std::vector<std::uint8_t> repeated(std::uint64_t pattern, std::size_t times) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(8 * times);
  for (std::size_t i = 0; i < times; ++i) {
    for (unsigned byte = 0; byte < 8; ++byte) bytes.push_back(static_cast<std::uint8_t>(pattern >> (8 * byte)));
  }
  return bytes;
}

unsigned count(const std::string& text, const std::string& part) {
  unsigned found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

/// With one blank for several: how wide OpenSBI's and U-Boot's columns are differs from version to version.
std::string single_spaced(std::string text) {
  const auto both_blank = [](char a, char b) { return a == ' ' && b == ' '; };
  text.erase(std::unique(text.begin(), text.end(), both_blank), text.end());
  return text;
}

VpsimResult run_session(const std::string& lines, std::vector<std::string> arguments = {}) {
  const TemporaryDirectory directory;
  const std::string script = directory.file("session.script", bytes_of(kToPrompt + lines));
  arguments.insert(arguments.begin(), {"run", "--max-time", "5s", "--script", script});
  return run_vpsim(arguments);
}

TEST(VpsimFirmware, TheBuiltInTour) {
  const VpsimResult result = run_vpsim({});
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_TRUE(has_match(result.output, R"(OpenSBI v[0-9]+\.[0-9]+)"));
  EXPECT_TRUE(has_match(result.output, R"(U-Boot 20[0-9][0-9]\.[0-9]+)"));
  expect_in_order(
      single_spaced(result.output),
      {"Platform Name : riscv-virtio,sc_memory", "Platform HART Count : 1", "DRAM: 256 MiB",
       "Hit any key to stop autoboot", "=> version\r\nU-Boot 20", "=> bdinfo", "-> start = 0x0000000080000000",
       "-> size = 0x0000000010000000", "flashstart = 0x0000000020000000", "Build = 64-bit",
       "=> cmp.q 84000000 86000000 200000", "Total of 2097152 double word(s) were the same", "=> crc32",
       fmt::format("crc32 for 86000000 ... 86ffffff ==> {:08x}", crc32(repeated(0xa5c3'5a3c'0ff0'0f1e, 0x20'0000))),
       "=> poweroff", "poweroff ..."});
}

TEST(VpsimFirmware, TheBuiltInTourOfTheFlash) {
  const VpsimResult result = run_vpsim({"run"});
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  // U-Boot tries buses of 16 bits before those of 32 and settles for half of each bank, here as on QEMU's virt.
  EXPECT_EQ(count(result.output, "CFI conformant flash (16 x 16)  Size: 16 MB in 128 Sectors"), 2U);
  EXPECT_EQ(count(result.output, "Intel Extended command set, Manufacturer ID: 0x89, Device ID: 0x0018"), 2U);
  expect_in_order(result.output,
                  {"=> flinfo", "Bank # 1:", "\r\n  20000000 ", "Bank # 2:", "\r\n  22000000 ", "=> erase", "Erased ",
                   "=> cp.b", "Copy to Flash... done", "=> cmp.b", "Total of 1024 byte(s) were the same", "=> md.l",
                   "22000000: 600dcafe 600dcafe 600dcafe 600dcafe", "=> erase", "Erased ", "=> md.l",
                   "22000000: ffffffff ffffffff ffffffff ffffffff"});
  EXPECT_THAT(result.output, Not(HasSubstr("rror")));
}

TEST(VpsimFirmware, TheSummary) {
  const VpsimResult result = run_vpsim({});
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_TRUE(has_match(result.errors, R"(simulated [0-9]+\.[0-9]+ s in [0-9]+\.[0-9]+ s of host time)"));
  EXPECT_TRUE(has_match(result.errors, R"([0-9]+ instructions \([0-9.]+ MIPS\))"));
  // Region, reads, writes, bytes, grants, invalidations. The flash goes to and fro; memory stays where it is.
  EXPECT_TRUE(has_match(result.errors, R"(\.ram +[0-9]+ +[0-9]+ +[0-9]+ +[1-9][0-9]* +0\n)")) << result.errors;
  EXPECT_TRUE(has_match(result.errors, R"(virt\.flash1( +[1-9][0-9]*){5}\n)")) << result.errors;
  EXPECT_TRUE(has_match(result.errors, R"(uart( +[1-9][0-9]*){3} +0 +0\n)")) << result.errors;
  EXPECT_THAT(result.errors, Not(HasSubstr("vpsim:")));
  EXPECT_THAT(result.errors, Not(HasSubstr("SystemC")));
  EXPECT_THAT(result.output, Not(HasSubstr("SystemC")));
}

TEST(VpsimFirmware, ARunWithoutAKeyboardIsRepeatable) {
  const VpsimResult first = run_vpsim({});
  const VpsimResult second = run_vpsim({});
  EXPECT_EQ(first.output, second.output);
  const auto traffic = [](const std::string& summary) {
    return summary.substr(summary.find("transactions by region"));
  };
  EXPECT_EQ(traffic(first.errors), traffic(second.errors));
}

TEST(VpsimFirmware, AScriptOfTheUsers) {
  const VpsimResult result =
      run_session("mw.l 84000000 12345678 4\ncrc32 84000000 10\nsetexpr x 6 * 7\nprintenv x\npoweroff\n");
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  expect_in_order(result.output, {fmt::format("==> {:08x}", crc32(repeated(0x1234'5678'1234'5678, 2))), "x=2a"});
}

TEST(VpsimFirmware, AnUnmappedAddressIsATrapThatUBootReports) {
  const VpsimResult result = run_session("md.l 5000000 1\n");  // U-Boot resets the board then.
  expect_in_order(result.output, {"=> md.l 5000000 1", "Unhandled exception: Load access fault"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(last_line(result.errors), HasSubstr("the guest asked for a reset"));
}

/// A disk image whose first sectors U-Boot's crc32 knows.
std::vector<std::uint8_t> disk_contents(std::uint64_t pattern) { return repeated(pattern, 0x10'0000 / 8); }

TEST(VpsimFirmware, DisksOnBothTransports) {
  const TemporaryDirectory directory;
  const std::string mmio = directory.file("mmio.img", disk_contents(0x0123'4567'89ab'cdef));
  const std::string pci = directory.file("pci.img", disk_contents(0xfedc'ba98'7654'3210));
  const VpsimResult result = run_session(
      "pci enum\nvirtio scan\nvirtio info\nvirtio read 84000000 0 100\ncrc32 84000000 20000\nvirtio dev 1\n"
      "virtio read 86000000 0 100\ncrc32 86000000 20000\nvirtio write 84000000 10 100\npoweroff\n",
      {"--disk", mmio, "--disk-pci", pci});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  expect_in_order(result.output,
                  {"Device 0:", "VirtIO Block Device", "Capacity: 1.0 MB", "Device 1:", "VirtIO Block Device",
                   "256 blocks read: OK", fmt::format("==> {:08x}", crc32(repeated(0x0123'4567'89ab'cdef, 0x4000))),
                   "256 blocks read: OK", fmt::format("==> {:08x}", crc32(repeated(0xfedc'ba98'7654'3210, 0x4000))),
                   "256 blocks written: OK", "poweroff ..."});
  std::vector<std::uint8_t> expected = disk_contents(0xfedc'ba98'7654'3210);
  const std::vector<std::uint8_t> written = repeated(0x0123'4567'89ab'cdef, 0x4000);
  std::copy(written.begin(), written.end(), expected.begin() + 0x10 * 512);
  EXPECT_EQ(bytes_of(contents_of(pci)), expected);
  EXPECT_EQ(bytes_of(contents_of(mmio)), disk_contents(0x0123'4567'89ab'cdef));
}

TEST(VpsimFirmware, AReadOnlyDiskIsNotWritten) {
  const TemporaryDirectory directory;
  const std::string disk = directory.file("disk.img", disk_contents(1));
  const VpsimResult result = run_session(
      "virtio scan\nvirtio write 84000000 0 10\nvirtio read 84000000 0 10\npoweroff\n", {"--disk", disk + ",ro"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  expect_in_order(result.output, {"blocks written: ERROR", "16 blocks read: OK"});
  EXPECT_EQ(bytes_of(contents_of(disk)), disk_contents(1));
}

TEST(VpsimFirmware, UBootFindsAndPlacesPciFunctions) {
  // The DMA engine copies its own BAR's identity: a word of RAM to another one, driven by hand.
  const VpsimResult result = run_session(
      "pci enum\npci\npci bar 0.1.0\nmw.l 84000000 600dcafe\nmw.l 40000000 84000000\nmw.l 40000008 84000100\n"
      "mw.l 40000010 4\nmw.l 40000014 1\nsleep 0.001\nmd.l 40000018 1\nmd.l 84000100 1\n"
      "pci write.l 0.1.0 10 48000000\nmd.l 40000000 1\nmd.l 48000000 1\npoweroff\n",
      {"--dma-test"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  expect_in_order(result.output,
                  {"00.00.00   0x1b36     0x0008     Bridge device", "00.01.00   0x1234     0x0d3a",
                   "0   0x0000000040000000  0x0000000000001000  32     MEM", "=> md.l 40000018", "40000018: 00000002",
                   "84000100: 600dcafe", "=> pci write.l", "40000000: ffffffff", "48000000: 84000000"});
}

TEST(VpsimFirmware, AFlashImageKeepsWhatTheGuestPrograms) {
  const TemporaryDirectory directory;
  std::vector<std::uint8_t> expected(32 << 20, 0xff);
  const std::string first = directory.file("first.img", expected);
  const std::string second = directory.file("second.img", expected);
  const VpsimResult result =
      run_session("mw.l 84000000 600dcafe 40\ncp.b 84000000 22040000 100\nmd.l 22040000 1\npoweroff\n",
                  {"--flash", first, "--flash", second});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  expect_in_order(result.output, {"Copy to Flash... done", "22040000: 600dcafe"});
  EXPECT_TRUE(bytes_of(contents_of(first)) == expected);
  const std::vector<std::uint8_t> written = repeated(0x600d'cafe'600d'cafe, 32);
  std::copy(written.begin(), written.end(), expected.begin() + 0x40000);
  EXPECT_TRUE(bytes_of(contents_of(second)) == expected);
  const VpsimResult again = run_session("md.l 22040000 1\npoweroff\n", {"--flash", first, "--flash", second + ",ro"});
  expect_in_order(again.output, {"=> md.l 22040000 1", "22040000: 600dcafe"});
}

TEST(VpsimFirmware, ANetworkInUserSpace) {
  const VpsimResult result = run_session("setenv autoload no\ndhcp\nping 10.0.2.2\npoweroff\n", {"--net", "user"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  expect_in_order(result.output, {"DHCP client bound to address 10.0.2.15", "host 10.0.2.2 is alive", "poweroff ..."});
}

TEST(VpsimFirmware, ADeviceTreeOfTheUsers) {
  const VpsimResult result = run_session("poweroff\n", {"--dtb", OWN_DEVICE_TREE});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  expect_in_order(single_spaced(result.output),
                  {"Platform Name : a board of our own", "a board of our own", "DRAM: 128 MiB", "poweroff"});
}

TEST(VpsimFirmware, UBootAloneInMachineMode) {
  const VpsimResult result = run_session("bdinfo\npoweroff\n", {"--bios", kMachineModeUBoot});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.output, Not(HasSubstr("OpenSBI")));
  expect_in_order(result.output, {"U-Boot 20", "DRAM:  256 MiB", "-> start    = 0x0000000080000000"});
}

TEST(VpsimFirmware, FourHarts) {
  const VpsimResult result = run_session("poweroff\n", {"--cpus", "4"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  expect_in_order(single_spaced(result.output),
                  {"Platform HART Count : 4", "Domain0 HARTs : 0*,1*,2*,3*", "U-Boot 20"});
}

TEST(VpsimFirmware, MoreMemory) {
  const VpsimResult result = run_session("poweroff\n", {"--memory", "1G"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.output, HasSubstr("DRAM:  1 GiB"));
}

TEST(VpsimFirmware, TheQuantumChangesNothingThatTheUserSees) {
  for (const std::string quantum : {"100ns", "1us", "1ms"}) {
    SCOPED_TRACE(quantum);
    const VpsimResult result =
        run_session("mw.q 84000000 1122334455667788 1000\ncrc32 84000000 8000\nmd.l 22000000 1\npoweroff\n",
                    {"--quantum", quantum});
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    expect_in_order(result.output, {fmt::format("==> {:08x}", crc32(repeated(0x1122'3344'5566'7788, 0x1000))),
                                    "22000000: ffffffff", "poweroff ..."});
  }
}

}  // namespace
}  // namespace sc_memory::sim::test
