// Tests of building device trees.
#include "models/boot/device_tree_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libfdt.h>

namespace sc_memory::models {
namespace {

using testing::HasSubstr;

Bytes text(const std::string& value) { return Bytes(value.begin(), value.end()); }

std::string error_of(const DeviceTreeNode::Content& content) {
  try {
    DeviceTreeBuilder::build("board", content);
  } catch (const DeviceTreeError& error) {
    return error.what();
  }
  ADD_FAILURE() << "no DeviceTreeError was thrown";
  return "";
}

TEST(DeviceTreeBuilder, WritesEveryKindOfProperty) {
  const DeviceTree tree = DeviceTreeBuilder::build("board", [](DeviceTreeNode& root) {
    root.empty("ranges").string("model", "m").strings("compatible", {"a", "bc"}).u32("cells", {1, 0x10203040});
    root.u64("reg", {0x8000000012345678}).bytes("raw", {9, 8, 7});
    root.cells("mixed", Cells().u32(0x02000000).u64(0x40000000).u32(1));
  });
  EXPECT_EQ(tree.property("/", "ranges"), Bytes{});
  EXPECT_EQ(tree.property("/", "model"), text(std::string("m\0", 2)));
  EXPECT_EQ(tree.property("/", "compatible"), text(std::string("a\0bc\0", 5)));
  EXPECT_EQ(tree.property("/", "cells"), (Bytes{0, 0, 0, 1, 0x10, 0x20, 0x30, 0x40}));
  EXPECT_EQ(tree.property("/", "reg"), (Bytes{0x80, 0, 0, 0, 0x12, 0x34, 0x56, 0x78}));
  EXPECT_EQ(tree.property("/", "raw"), (Bytes{9, 8, 7}));
  EXPECT_EQ(tree.property("/", "mixed"), (Bytes{2, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 1}));
}

TEST(DeviceTreeBuilder, NestsNodesInTheOrderWritten) {
  std::string path;
  const DeviceTree tree = DeviceTreeBuilder::build("board", [&](DeviceTreeNode& root) {
    root.node("cpus", [&](DeviceTreeNode& cpus) {
      cpus.node("cpu@0", [&](DeviceTreeNode& cpu) { path = cpu.path(); }).node("cpu@1", [](DeviceTreeNode&) {});
    });
    root.node("soc", [](DeviceTreeNode& soc) { soc.u32("x", {1}); });
  });
  EXPECT_EQ(path, "/cpus/cpu@0");
  EXPECT_TRUE(tree.has_node("/cpus/cpu@1"));
  EXPECT_EQ(tree.property("/soc", "x"), (Bytes{0, 0, 0, 1}));
  const int first = fdt_first_subnode(tree.bytes().data(), 0);
  EXPECT_STREQ(fdt_get_name(tree.bytes().data(), first, nullptr), "cpus");
}

TEST(DeviceTreeBuilder, LabelsReferForwardsAndBackwards) {
  const DeviceTree tree = DeviceTreeBuilder::build("board", [](DeviceTreeNode& root) {
    root.node("uart", [](DeviceTreeNode& uart) { uart.u32("interrupt-parent", {uart.handle_of("plic")}); });
    root.node("plic", [](DeviceTreeNode& plic) { plic.label("plic"); });
    root.node("clock", [](DeviceTreeNode& clock) { clock.label("clock"); });
    root.node("rtc", [](DeviceTreeNode& rtc) { rtc.u32("parents", {rtc.handle_of("plic"), rtc.handle_of("clock")}); });
  });
  const void* blob = tree.bytes().data();
  const auto plic = tree.property("/plic", "phandle");
  ASSERT_TRUE(plic);
  EXPECT_EQ(tree.property("/uart", "interrupt-parent"), plic);
  const auto parents = tree.property("/rtc", "parents");
  ASSERT_TRUE(parents && parents->size() == 8);
  EXPECT_EQ(fdt_node_offset_by_phandle(blob, (*parents)[3]), fdt_path_offset(blob, "/plic"));
  EXPECT_EQ(fdt_node_offset_by_phandle(blob, (*parents)[7]), fdt_path_offset(blob, "/clock"));
}

TEST(DeviceTreeBuilder, GrowsAsFarAsNeeded) {
  const DeviceTree tree = DeviceTreeBuilder::build("board", [](DeviceTreeNode& root) {
    for (uint32_t i = 0; i < 3000; ++i) {
      const std::string name = "node@" + std::to_string(i);
      root.node(name,
                [&](DeviceTreeNode& node) { node.u32("number-" + std::to_string(i), {i}).string("name-of", name); });
    }
    root.node("big", [](DeviceTreeNode& big) { big.bytes("data", Bytes(1'000'000, 0x5a)); });
  });
  EXPECT_EQ(tree.property("/node@2999", "number-2999"), (Bytes{0, 0, 0x0b, 0xb7}));
  EXPECT_EQ(tree.property("/node@0", "name-of"), text(std::string("node@0\0", 7)));
  EXPECT_EQ(tree.property("/big", "data"), Bytes(1'000'000, 0x5a));
}

TEST(DeviceTreeBuilder, NamesTreeNodeAndProblem) {
  const auto empty = [](DeviceTreeNode&) {};
  EXPECT_EQ(error_of([](DeviceTreeNode& root) {
              root.node("soc", [](DeviceTreeNode& soc) { soc.u32("x", {1}).u32("x", {2}); });
            }),
            "device tree of board, /soc: property 'x' is given twice");
  EXPECT_EQ(error_of([&](DeviceTreeNode& root) { root.node("soc", empty).u32("x", {1}); }),
            "device tree of board, /: property 'x' comes after a child node");
  EXPECT_THAT(error_of([&](DeviceTreeNode& root) { root.node("a", empty).node("a", empty); }),
              HasSubstr("node 'a' is given twice"));
  EXPECT_THAT(error_of([&](DeviceTreeNode& root) { root.node("a/b", empty); }), HasSubstr("'a/b' is no node name"));
  EXPECT_THAT(error_of([&](DeviceTreeNode& root) { root.node("", empty); }), HasSubstr("'' is no node name"));
  EXPECT_THAT(error_of([](DeviceTreeNode& root) { root.empty(""); }), HasSubstr("'' is no property name"));
  EXPECT_THAT(error_of([](DeviceTreeNode& root) { root.string("x", std::string("a\0b", 3)); }), HasSubstr("zero byte"));
}

TEST(DeviceTreeBuilder, RefusesLabelsThatNobodyOrSeveralCarry) {
  EXPECT_EQ(error_of([](DeviceTreeNode& root) {
              root.node("uart", [](DeviceTreeNode& uart) { uart.u32("interrupt-parent", {uart.handle_of("plic")}); });
            }),
            "device tree of board, /uart: label 'plic' is carried by no node");
  EXPECT_THAT(error_of([](DeviceTreeNode& root) {
                const auto labelled = [](DeviceTreeNode& node) { node.label("plic"); };
                root.node("a", labelled).node("b", labelled);
              }),
              HasSubstr("/b: label 'plic' is already carried by another node"));
}

TEST(DeviceTreeBuilder, PassesOnWhatTheContentThrows) {
  EXPECT_THROW(DeviceTreeBuilder::build("board", [](DeviceTreeNode&) { throw std::out_of_range("mine"); }),
               std::out_of_range);
}

}  // namespace
}  // namespace sc_memory::models
