// Linux with disks: what the host wrote, the guest reads; what the guest wrote, the host reads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/linux/linux_boot.h"

namespace sc_memory::sim::test {
namespace {

using models::test::TemporaryDirectory;
using testing::HasSubstr;

/// A file on an image that no machine has open, by the file system's own debugger.
std::string file_on(const std::string& image, const std::string& name, const TemporaryDirectory& directory) {
  const std::string copy = directory.path("copy");
  const std::string command = "PATH=$PATH:/sbin:/usr/sbin debugfs -R 'dump " + name + " " + copy + "' " + image;
  EXPECT_EQ(std::system((command + " 2>/dev/null").c_str()), 0);
  return contents_of(copy);
}

/// Whether the file has the checksum that the guest wrote beside it.
void expect_whole(const std::string& image, const std::string& name, const TemporaryDirectory& directory) {
  const std::string sum = file_on(image, name + ".sha256", directory);
  ASSERT_THAT(sum, HasSubstr(name));
  const std::string bytes = file_on(image, name, directory);
  EXPECT_EQ(bytes.size(), 1U << 20);
  directory.file(name, bytes_of(bytes));
  const std::string sums = directory.file("sums", bytes_of(sum));
  EXPECT_EQ(std::system(("cd $(dirname " + sums + ") && sha256sum --quiet -c sums").c_str()), 0);
}

TEST(LinuxDisk, BytesComeAndGoByRegistersAndByPci) {
  const TemporaryDirectory directory;
  const std::string disk = directory.path("disk.img");
  const std::string pci_disk = directory.path("pci-disk.img");
  make_linux_disk(disk);
  make_linux_disk(pci_disk);
  const VpsimResult result = boot_linux({"--disk", disk, "--disk-pci", pci_disk});
  EXPECT_EQ(result.exit_code, 0) << result.errors << result.output;
  // Which of the two is vda is the kernel's choice.
  expect_in_order(result.output, {"-- disk vda, 64 MiB", "from-host: OK", "from-guest: OK", "-- disk vdb, 64 MiB",
                                  "from-host: OK", "from-guest: OK", "look-around: all is well", "reboot: Power down"});
  EXPECT_FALSE(has_match(result.output, "I/O error|EXT4-fs (error|warning)|corrupt")) << result.output;
  expect_whole(disk, "from-guest", directory);
  expect_whole(pci_disk, "from-guest", directory);
}

TEST(LinuxDisk, AReadOnlyOneCannotBeWritten) {
  const TemporaryDirectory directory;
  const std::string disk = directory.path("disk.img");
  make_linux_disk(disk);
  const std::string before = contents_of(disk);
  const std::string script = directory.file(
      "readonly.script", bytes_of("@prompt \"linux# \\e[6n\"\n"
                                  "cat /sys/block/vda/ro\n"
                                  "mount -t ext4 -o ro /dev/vda /mnt && cd /mnt && sha256sum -c from-host.sha256\n"
                                  "dd if=/dev/zero of=/dev/vda count=1 || echo refused\n"
                                  "cd / && poweroff -f\n"));
  const VpsimResult result = boot_linux({"--disk", disk + ",ro"}, script);
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  expect_in_order(result.output, {"cat /sys/block/vda/ro", "1", "from-host: OK", "refused"});
  EXPECT_TRUE(contents_of(disk) == before);
}

}  // namespace
}  // namespace sc_memory::sim::test
