// Tests of reading, checking and editing device trees.
#include "models/boot/device_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libfdt.h>
#include <random>

#include "models/boot/device_tree_builder.h"
#include "tests/models/boot/load_error_matcher.h"
#include "tests/models/boot/temporary_directory.h"

namespace sc_memory::models {
namespace {

using test::load_error_of;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

DeviceTree sample(uint32_t cells = 2) {
  return DeviceTreeBuilder::build("sample", [&](DeviceTreeNode& root) {
    root.u32("#address-cells", {cells}).u32("#size-cells", {cells}).string("compatible", "test");
    root.node("memory@1000", [](DeviceTreeNode& memory) { memory.string("device_type", "memory").u32("reg", {0}); });
    root.node("soc", [](DeviceTreeNode& soc) { soc.string("compatible", "simple-bus"); });
    root.node("memory@2000", [](DeviceTreeNode& memory) { memory.string("device_type", "memory").u32("reg", {0}); });
  });
}

Bytes text(const std::string& value) {
  Bytes bytes(value.begin(), value.end());
  bytes.push_back(0);
  return bytes;
}

std::string error_of(const Bytes& bytes) {
  const std::string message = load_error_of([&] { DeviceTree::parse(bytes, "x.dtb"); });
  EXPECT_THAT(message, AllOf(StartsWith("x.dtb: "),
                             EndsWith("expected a flattened device tree (.dtb), as dtc -O dtb makes it")));
  return message;
}

TEST(DeviceTree, ReadsAFileAndDropsWhatLiesBehindTheTree) {
  const test::TemporaryDirectory directory;
  Bytes bytes = sample().bytes();
  bytes.resize(bytes.size() + 1000);
  const DeviceTree tree = DeviceTree::read(directory.file("x.dtb", bytes));
  EXPECT_EQ(tree.bytes(), sample().bytes());
  EXPECT_EQ(tree.name(), directory.path("x.dtb"));
  EXPECT_TRUE(tree.has_node("/soc"));
  EXPECT_FALSE(tree.has_node("/chosen"));
  EXPECT_EQ(tree.property("/soc", "compatible"), text("simple-bus"));
  EXPECT_EQ(tree.property("/soc", "absent"), std::nullopt);
  EXPECT_EQ(tree.property("/absent", "compatible"), std::nullopt);
}

TEST(DeviceTree, RefusesWhatIsNone) {
  EXPECT_THAT(error_of(Bytes{1, 2, 3}), HasSubstr("is no device tree (it is a raw binary)"));
  EXPECT_THAT(error_of(Bytes{0x7f, 'E', 'L', 'F'}), HasSubstr("is no device tree (it is an ELF file)"));
  EXPECT_THAT(error_of(Bytes{}), HasSubstr("is no device tree"));
  EXPECT_THAT(load_error_of([] { DeviceTree::read("/nowhere/x.dtb"); }), HasSubstr("cannot be opened"));
  EXPECT_THAT(load_error_of([] { DeviceTree::read("/usr"); }), HasSubstr("is a directory"));
  EXPECT_THAT(error_of(Bytes((16U << 20) + 1)), HasSubstr("is 16777217 bytes long"));
}

TEST(DeviceTree, RefusesTreesTruncatedAnywhere) {
  const Bytes whole = sample().bytes();
  for (size_t size = 4; size < whole.size(); ++size) {
    SCOPED_TRACE(size);
    EXPECT_THAT(error_of(Bytes(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size))),
                HasSubstr("is truncated"));
  }
}

TEST(DeviceTree, RefusesDamagedTrees) {
  Bytes bytes = sample().bytes();
  fdt_set_off_dt_struct(bytes.data(), 0x7ffffff0);
  EXPECT_THAT(error_of(bytes), HasSubstr("is a damaged device tree (libfdt: FDT_ERR_"));
  bytes = sample().bytes();
  fdt_set_version(bytes.data(), 3);
  EXPECT_THAT(error_of(bytes), HasSubstr("outdated version 3"));
}

TEST(DeviceTree, SetsWhatABootLoaderSets) {
  DeviceTree tree = sample();
  tree.set_bootargs("console=ttyS0");
  tree.set_initrd(0x84000000, 0x1234);
  EXPECT_EQ(tree.property("/chosen", "bootargs"), text("console=ttyS0"));
  EXPECT_EQ(tree.property("/chosen", "linux,initrd-start"), (Bytes{0, 0, 0, 0, 0x84, 0, 0, 0}));
  EXPECT_EQ(tree.property("/chosen", "linux,initrd-end"), (Bytes{0, 0, 0, 0, 0x84, 0, 0x12, 0x34}));
  tree.set_bootargs("");
  EXPECT_EQ(tree.property("/chosen", "bootargs"), text(""));
  EXPECT_EQ(DeviceTree::parse(tree.bytes(), "again").bytes(), tree.bytes()) << "the edited tree is whole";
}

TEST(DeviceTree, GrowsForLongValues) {
  DeviceTree tree = sample();
  const std::string arguments(100'000, 'x');
  tree.set_bootargs(arguments);
  EXPECT_EQ(tree.property("/chosen", "bootargs"), text(arguments));
  EXPECT_EQ(DeviceTree::parse(tree.bytes(), "again").bytes(), tree.bytes());
}

TEST(DeviceTree, ReplacesEveryMemoryNode) {
  DeviceTree tree = sample();
  tree.set_memory(0x80000000, 0x1'0000'0000);
  EXPECT_FALSE(tree.has_node("/memory@1000"));
  EXPECT_FALSE(tree.has_node("/memory@2000"));
  EXPECT_TRUE(tree.has_node("/soc"));
  EXPECT_EQ(tree.property("/memory@80000000", "device_type"), text("memory"));
  EXPECT_EQ(tree.property("/memory@80000000", "reg"), (Bytes{0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0}));
}

TEST(DeviceTree, StatesMemoryInTheCellsOfTheTree) {
  DeviceTree one = sample(1);
  one.set_memory(0x80000000, 0x1000);
  EXPECT_EQ(one.property("/memory@80000000", "reg"), (Bytes{0x80, 0, 0, 0, 0, 0, 0x10, 0}));
  DeviceTree three = sample(3);
  three.set_memory(0x80000000, 0x1000);
  EXPECT_EQ(three.property("/memory@80000000", "reg"),
            (Bytes{0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0}));
}

TEST(DeviceTree, RefusesMemoryThatItsCellsCannotState) {
  DeviceTree tree = sample(1);
  const Bytes before = tree.bytes();
  EXPECT_EQ(load_error_of([&] { tree.set_memory(0x80000000, 0x1'0000'0000); }),
            "sample: cannot state a memory size of 0x100000000 in its 1 cells; expected 2 cells");
  EXPECT_THAT(load_error_of([&] { tree.set_memory(0x1'0000'0000, 0x1000); }), HasSubstr("memory address"));
  EXPECT_EQ(tree.bytes(), before);
}

TEST(DeviceTree, RefusesEditsThatMakeNoSense) {
  DeviceTree tree = sample();
  const Bytes before = tree.bytes();
  EXPECT_EQ(load_error_of([&] { tree.set_string("/absent/node", "name", "value"); }),
            "sample: cannot be edited at /absent/node:name (libfdt: FDT_ERR_NOTFOUND)");
  EXPECT_THAT(load_error_of([&] { tree.set_string("chosen", "name", "value"); }), HasSubstr("begins with '/'"));
  EXPECT_THAT(load_error_of([&] { tree.set_property("/soc", "big", Bytes((16U << 20) + 1)); }),
              HasSubstr("cannot take"));
  EXPECT_EQ(tree.bytes(), before);
}

// Random damage: whatever a check lets through can be read and edited.
TEST(DeviceTree, NoBytesDoWorseThanALoadError) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  const Bytes whole = sample().bytes();
  int accepted = 0;
  int refused = 0;
  for (int round = 0; round < 30'000; ++round) {
    Bytes bytes = whole;
    for (uint64_t changes = 1 + random() % 4; changes > 0; --changes) {
      const size_t limit = random() % 3 == 0 ? sizeof(fdt_header) : bytes.size();
      bytes[random() % limit] = static_cast<uint8_t>(random() % 2 == 0 ? random() % 10 : random());
    }
    if (random() % 8 == 0) bytes.resize(random() % (bytes.size() + 64));
    try {
      DeviceTree tree = DeviceTree::parse(bytes, "damaged");
      ++accepted;
      tree.property("/soc", "compatible");
      tree.set_bootargs("console=ttyS0");
      tree.set_memory(0x80000000, 0x1000);
    } catch (const LoadError& error) {
      ASSERT_THAT(error.what(), StartsWith("damaged: "));
      ++refused;
    }
  }
  EXPECT_GT(accepted, 0);
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace sc_memory::models
