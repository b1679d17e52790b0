// Input that cannot be used: one line that names the file or option, says what is wrong and what would be right, and
// exit code 2. Nothing is simulated.
#include <algorithm>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/storage/image_file.h"
#include "sim/default_boot.h"
#include "tests/models/boot/elf_builder.h"
#include "tests/sim/vpsim_process.h"

namespace sc_memory::sim::test {
namespace {

using models::Bytes;
using models::test::ElfBuilder;
using models::test::TemporaryDirectory;
using testing::HasSubstr;
using testing::StartsWith;

class VpsimBadInput : public testing::Test {
 protected:
  /// `parts`: what the line has to say, in this order.
  void expect_refused(const std::vector<std::string>& arguments, const std::vector<std::string>& parts) {
    const VpsimResult result = run_vpsim(arguments);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.output, "");
    EXPECT_THAT(result.errors, StartsWith("vpsim: "));
    EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
    expect_in_order(result.errors, parts);
  }

  std::string file(const std::string& name, const Bytes& bytes) { return directory_.file(name, bytes); }
  std::string file(const std::string& name, const std::string& text) { return directory_.file(name, bytes_of(text)); }
  std::string missing() { return directory_.path("missing"); }

  static Bytes firmware() { return models::read_whole_file(kDefaultBios, "OpenSBI"); }
  static Bytes small_elf(std::uint16_t machine, std::uint64_t address = 0x8000'0000) {
    ElfBuilder elf;
    elf.machine = machine;
    elf.entry = address;
    elf.segments.push_back({address, address, Bytes(16), 16});
    return elf.build();
  }

 private:
  TemporaryDirectory directory_;
};

TEST_F(VpsimBadInput, MissingFiles) {
  for (const std::string option : {"--bios", "--kernel", "--initrd", "--dtb", "--script"}) {
    SCOPED_TRACE(option);
    expect_refused({"run", option, missing()}, {missing(), "No such file", "expected"});
  }
}

TEST_F(VpsimBadInput, EmptyFilesAndDirectories) {
  const std::string empty = file("empty", Bytes());
  for (const std::string option : {"--bios", "--kernel", "--dtb", "--script"}) {
    SCOPED_TRACE(option);
    expect_refused({"run", option, empty}, {empty, "empty", "expected"});
    expect_refused({"run", option, "/usr"}, {"/usr", "is a directory", "expected"});
  }
}

TEST_F(VpsimBadInput, ATruncatedElf) {
  Bytes bytes = firmware();
  for (const std::size_t length : {std::size_t{20}, std::size_t{200}, bytes.size() / 2}) {
    SCOPED_TRACE(length);
    const std::string path = file("cut.elf", Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)));
    expect_refused({"run", "--bios", path}, {path, ":"});
  }
}

TEST_F(VpsimBadInput, ATruncatedLinuxImage) {
  Bytes bytes(0x1000);
  models::test::poke(bytes, 0x00, 0x5a4d, 2);  // MZ
  models::test::poke(bytes, 0x10, 0x100000, 8);
  models::test::poke(bytes, 0x38, 0x05435352, 4);
  models::test::poke(bytes, 0x3c, 0x40, 4);
  models::test::poke(bytes, 0x40, 0x4550, 4);  // PE
  models::test::poke(bytes, 0x46, 1, 2);       // with one section
  models::test::poke(bytes, 0x58 + 0x10, 0x8000, 4);
  models::test::poke(bytes, 0x58 + 0x14, 0x1000, 4);
  const std::string path = file("Image", bytes);
  expect_refused({"run", "--kernel", path}, {path, "truncated", "4096", "36864", "expected a whole"});
  const std::string header = file("Image", Bytes(bytes.begin(), bytes.begin() + 0x3c));
  expect_refused({"run", "--kernel", header}, {header, "truncated", "expected a whole"});
}

TEST_F(VpsimBadInput, ATruncatedInitialRamDisk) {
  const std::string path = file("initrd", "070701" + std::string(200, '0'));
  expect_refused({"run", "--initrd", path}, {path, "truncated", "206", "expected a whole"});
}

TEST_F(VpsimBadInput, ATruncatedDeviceTree) {
  const Bytes bytes = models::read_whole_file(OWN_DEVICE_TREE, "the device tree of the tests");
  for (const std::size_t length : {std::size_t{12}, std::size_t{60}, bytes.size() - 1}) {
    SCOPED_TRACE(length);
    const std::string path = file("cut.dtb", Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)));
    expect_refused({"run", "--dtb", path}, {path, "device tree"});
  }
}

TEST_F(VpsimBadInput, MilestonesAndMapsThatCannotBe) {
  for (const std::string text : {"kernel", "=Linux version", "kernel="}) {
    SCOPED_TRACE(text);
    expect_refused({"run", "--milestone", text}, {"--milestone", "'" + text + "'", "kernel=Linux version"});
  }
  expect_refused({"run", "--map-at-end", missing() + "/map"}, {"--map-at-end", missing(), "No such file"});
}

TEST_F(VpsimBadInput, AnElfOfAnotherArchitecture) {
  const std::string other = file("other.elf", small_elf(EM_AARCH64));
  expect_refused({"run", "--bios", other}, {other, "RISC-V"});
  expect_refused({"run", "--kernel", other}, {other, "RISC-V"});
  expect_refused({"run", "--bios", VPSIM_PROGRAM}, {VPSIM_PROGRAM, "RISC-V"});
}

TEST_F(VpsimBadInput, AnElfOfThirtyTwoBits) {
  Bytes bytes = small_elf(EM_RISCV);
  bytes[EI_CLASS] = ELFCLASS32;
  const std::string path = file("32.elf", bytes);
  expect_refused({"run", "--bios", path}, {path, "64"});
}

TEST_F(VpsimBadInput, AnElfForAddressesWithoutMemory) {
  const std::string nowhere = file("nowhere.elf", small_elf(EM_RISCV, 0x4000'0000));
  expect_refused({"run", "--bios", nowhere}, {nowhere, "0x40000000", "RAM begins at 0x80000000", "link it"});
  const std::string below = file("below.elf", small_elf(EM_RISCV, 0x7fff'fff8));
  expect_refused({"run", "--bios", below}, {below, "0x7ffffff8", "RAM begins at 0x80000000", "link it"});
  expect_refused({"run", "--kernel", below}, {below, "RAM begins at 0x80000000"});
  const std::string above = file("above.elf", small_elf(EM_RISCV, 0xa000'0000));
  expect_refused({"run", "--bios", above}, {above, "0xa0000000", "RAM ends at 0x8fffffff", "--memory, 513M"});
  const std::string top = file("top.elf", small_elf(EM_RISCV, 0xffff'ffff'ffff'0000));
  expect_refused({"run", "--bios", top}, {top, "RAM never goes beyond", "link it"});
  const std::string beyond = file("beyond.elf", small_elf(EM_RISCV, 0x8000'0000 + (256U << 20) - 8));
  expect_refused({"run", "--bios", beyond}, {beyond, "0x8ffffff8", "RAM ends", "--memory"});
}

TEST_F(VpsimBadInput, TwoImagesInOnePlace) {
  const std::string elf = file("kernel.elf", small_elf(EM_RISCV, 0x8000'0000));
  expect_refused({"run", "--kernel", elf}, {elf, "0x80000000", "fw_dynamic.elf", "link a program elsewhere"});
  const std::string at_the_end = file("end.elf", small_elf(EM_RISCV, 0x8fe0'0000));
  expect_refused({"run", "--kernel", at_the_end}, {"device tree", "0x8fe00000", at_the_end, "--memory"});
  expect_refused({"run", "--kernel", file("at3g.elf", small_elf(EM_RISCV, 0xbfe0'0000)), "--memory", "1G"},
                 {"device tree", "0xbfe00000", "link a program elsewhere"});
}

TEST_F(VpsimBadInput, ADeviceTreeThatIsNone) {
  const std::string text = file("text.dtb", std::string("no device tree at all, but rather longer than its header\n"));
  expect_refused({"run", "--dtb", text}, {text, "is no device tree", "dtb"});
  Bytes header(64);
  models::test::poke(header, 0, 0xedfe0dd0, 4);
  const std::string damaged = file("damaged.dtb", header);
  expect_refused({"run", "--dtb", damaged}, {damaged, "device tree"});
  expect_refused({"run", "--bios", damaged}, {damaged, "device tree", "--dtb"});
}

TEST_F(VpsimBadInput, UnknownWords) {
  expect_refused({"run", "--frobnicate"}, {"--frobnicate", "vpsim run --help"});
  expect_refused({"map", "--script", "x"}, {"--script", "vpsim map --help"});
  expect_refused({"walk"}, {"walk", "vpsim --help"});
  expect_refused({"run", "--memory"}, {"--memory", "SIZE", "vpsim run --help"});
}

TEST_F(VpsimBadInput, MemoryThatCannotBe) {
  expect_refused({"run", "--memory", "0"}, {"--memory", "'0'", "256M"});
  expect_refused({"run", "--memory", "much"}, {"--memory", "'much'", "256M"});
  expect_refused({"run", "--memory", "-1"}, {"--memory", "'-1'", "256M"});
  expect_refused({"run", "--memory", "8000000T"}, {"--memory", "'8000000T'", "harts can address", "this host has"});
  expect_refused({"run", "--memory", "99999999999999999999"}, {"--memory", "99999999999999999999", "256M"});
  expect_refused({"map", "--memory", "0K"}, {"--memory", "'0K'", "256M"});
  expect_refused({"run", "--memory", "4K"}, {"fw_dynamic.elf", "RAM ends", "--memory"});
}

TEST_F(VpsimBadInput, HartsAndTimesThatCannotBe) {
  for (const std::string harts : {"0", "9", "-1", "two", "99999999999999999999"}) {
    SCOPED_TRACE(harts);
    expect_refused({"run", "--cpus", harts}, {"--cpus", "'" + harts + "'", "from 1 to 8"});
  }
  for (const std::string option : {"--quantum", "--max-time"}) {
    for (const std::string time : {"0", "0ns", "10", "fast", "-1us", "1e400s", "1us2"}) {
      SCOPED_TRACE(option + " " + time);
      expect_refused({"run", option, time}, {option, "'" + time + "'", "10us"});
    }
  }
}

TEST_F(VpsimBadInput, DisksThatCannotBe) {
  for (const std::string option : {"--disk", "--disk-pci"}) {
    SCOPED_TRACE(option);
    const std::string odd = file("odd.img", Bytes(1000));
    expect_refused({"run", option, odd}, {odd, "1000 bytes", "512-byte sectors", "1024"});
    const std::string absent = missing();
    expect_refused({"run", option, absent}, {absent, "No such file", "raw disk image"});
    const std::string disk = file("disk.img", Bytes(512));
    expect_refused({"run", option, disk, option, disk}, {disk, "in use", "raw disk image"});
    const models::ImageFile user(disk, "a disk");
    expect_refused({"run", option, disk}, {disk, "in use"});
    expect_refused({"run", option, disk + ",ro"}, {disk, "in use"});
  }
  std::vector<std::string> many{"run"};
  for (int i = 0; i < 9; ++i) many.insert(many.end(), {"--disk", "any"});
  expect_refused(many, {"--disk", "9 times", "room for 8"});
}

TEST_F(VpsimBadInput, FlashImagesThatCannotBe) {
  const std::string small = file("small.img", Bytes(1000));
  expect_refused({"run", "--flash", small}, {small, "1000 bytes", "33554432"});
  expect_refused({"run", "--flash", missing()}, {missing(), "No such file", "flash image"});
}

TEST_F(VpsimBadInput, AConsoleFileThatCannotBeWritten) {
  expect_refused({"run", "--hvc", "/nowhere/hvc.txt"}, {"/nowhere/hvc.txt", "cannot be written"});
}

TEST_F(VpsimBadInput, AScriptThatCannotBeUnderstood) {
  const std::string path = file("bad.script", std::string("version\n@dance\n"));
  expect_refused({"run", "--script", path}, {path + ":2", "@dance", "@prompt"});
}

TEST_F(VpsimBadInput, AScriptThatNeverSeesItsPromptIsEndedByMaxTime) {
  const std::string path = file("waits.script", std::string("@prompt \"nobody prints this\"\nversion\n"));
  const VpsimResult result = run_vpsim({"run", "--script", path, "--max-time", "200ms"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.output, HasSubstr("OpenSBI"));
  expect_in_order(last_line(result.errors), {"vpsim: ", path + ":2", "nobody prints this", "--max-time", "200 ms"});
}

}  // namespace
}  // namespace sc_memory::sim::test
