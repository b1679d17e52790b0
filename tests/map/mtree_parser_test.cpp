// The layouts of QEMU's versions, and one malformed line of every sort with its message.
#include "sc_memory/map/mtree_parser.h"

#include <gtest/gtest.h>

namespace sc_memory {
namespace {

const std::string kHeader =
    "address-space: memory\n"
    "  0000000000000000-ffffffffffffffff (prio 0, i/o): system\n";

std::string error_of(const std::string& text) {
  try {
    parse_mtree(text);
  } catch (const MtreeError& error) {
    return error.what();
  }
  return "no error";
}

/// The message for a third line.
std::string error_of_line(const std::string& line) { return error_of(kHeader + line + "\n"); }

TEST(MtreeParser, ReadsEveryPartOfALine) {
  const MtreeText text =
      parse_mtree(kHeader + "    0000000000001000-0000000000001fff (prio -7, nv-ram): the name [disabled]\n");
  ASSERT_EQ(text.nodes.size(), 2U);
  EXPECT_EQ(text.nodes[0].size, kWholeSpace);
  EXPECT_EQ(text.nodes[0].children, std::vector<std::size_t>{1});
  const MtreeNode& node = text.nodes[1];
  EXPECT_EQ(node.line, 3U);
  EXPECT_EQ(node.name, "the name");
  EXPECT_EQ(node.kind, MtreeKind::ram);
  EXPECT_EQ(node.first, 0x1000U);
  EXPECT_EQ(node.size, 0x1000U);
  EXPECT_EQ(node.priority, -7);
  EXPECT_FALSE(node.enabled);
  EXPECT_EQ(node.parent, 0U);
}

TEST(MtreeParser, UnderstandsPromptsCarriageReturnsOwnersAndFlatViews) {
  const MtreeText text = parse_mtree(
      "QEMU 7.2.0 monitor - type 'help' for more information\r\n"
      "(qemu) info mtree -o\r\n"
      "address-space: cpu\r\n"
      "address-space: memory\r\n"
      "  0000000000000000-ffffffffffffffff (prio 0, i/o): system owner:{obj path=/machine}\r\n"
      "    0000000000001000-0000000000001fff (prio 0, ram): ram [disabled] parent:{obj path=/machine/x}\r\n"
      "\r\n"
      "(qemu) info mtree -f\r\n"
      "FlatView #0\r\n"
      " AS \"memory\", root: system\r\n"
      " Root memory region: system\r\n"
      "  0000000000001000-0000000000001fff (prio 0, ram): ram KVM\r\n"
      "  Dispatch\r\n"
      "    Physical sections\r\n"
      "\r\n"
      "(qemu) quit\r\n");
  ASSERT_EQ(text.sections.size(), 1U);
  EXPECT_EQ(text.sections[0].names, (std::vector<std::string>{"cpu", "memory"}));
  ASSERT_EQ(text.nodes.size(), 2U);
  EXPECT_EQ(text.nodes[0].name, "system");
  EXPECT_EQ(text.nodes[1].name, "ram");
  EXPECT_FALSE(text.nodes[1].enabled);
}

TEST(MtreeParser, UnderstandsTheLayoutOfTheFirstVersions) {
  const MtreeText text = parse_mtree(
      "memory\n"
      "0000000000000000-7ffffffffffffffe (prio 0, RW): system\n"
      "  0000000000000000-0000000007ffffff (prio 0, RW): alias ram-below-4g @pc.ram 0000000000000000-0000000007ffffff\n"
      "  00000000fffe0000-00000000ffffffff (prio 0, R-): pc.bios\n"
      "I/O\n"
      "0000000000000000-000000000000ffff (prio 0, RW): io\n"
      "aliases\n"
      "pc.ram\n"
      "0000000000000000-0000000007ffffff (prio 0, RW): pc.ram\n");
  ASSERT_EQ(text.sections.size(), 3U);
  EXPECT_TRUE(text.sections[0].is_space);
  EXPECT_EQ(text.sections[1].names, std::vector<std::string>{"I/O"});
  EXPECT_FALSE(text.sections[2].is_space);
  EXPECT_EQ(text.nodes[2].kind, MtreeKind::rom);
}

TEST(MtreeParser, WhatLiesBelowADisabledRegionThatIsNotPrintedIsDisabled) {
  const MtreeText text = parse_mtree(
      "address-space: I/O\n"
      "  0000000000000000-000000000000ffff (prio 0, i/o): io\n"
      "      0000000000000000-0000000000000003 (prio 0, i/o): acpi-evt\n"
      "    0000000000000000-0000000000000007 (prio 0, i/o): dma-chan\n"
      "memory-region: smram\n"
      "    00000000000a0000-00000000000bffff (prio 0, i/o): smram-low\n");
  ASSERT_EQ(text.nodes.size(), 5U);
  EXPECT_FALSE(text.nodes[1].enabled);
  EXPECT_TRUE(text.nodes[2].enabled);
  EXPECT_EQ(text.nodes[3].name, "smram");
  EXPECT_FALSE(text.nodes[3].enabled);
  EXPECT_EQ(text.nodes[4].parent, 3U);
  EXPECT_TRUE(text.nodes[4].enabled);
}

TEST(MtreeParser, SaysWhichLineIsWrongAndWhatWasExpected) {
  EXPECT_EQ(error_of_line("    hello"), "line 3: expected an address of up to 16 hexadecimal digits, found 'hello'");
  EXPECT_EQ(error_of_line("    00001000"), "line 3: expected '-', found the end of the line");
  EXPECT_EQ(error_of_line("    00000000000010000-1fff"), "line 3: expected '-', found '0-1fff'");
  EXPECT_EQ(error_of_line("    1000-x"), "line 3: expected an address of up to 16 hexadecimal digits, found 'x'");
  EXPECT_EQ(error_of_line("    -1000-2000"),
            "line 3: expected an address of up to 16 hexadecimal digits, found '-1000-2000'");
  EXPECT_EQ(error_of_line("    2000-1fff (prio 0, ram): x"),
            "line 3: expected a range that ends at or after 0x2000, found ' (prio 0, ram): x'");
  EXPECT_EQ(error_of_line("    1000-1fff prio 0"), "line 3: expected ' (prio ', found ' prio 0'");
  EXPECT_EQ(error_of_line("    1000-1fff (prio x, ram): x"),
            "line 3: expected a priority from -2147483648 to 2147483647, found 'x, ram): x'");
  EXPECT_EQ(error_of_line("    1000-1fff (prio 99999999999, ram): x"),
            "line 3: expected a priority from -2147483648 to 2147483647, found '99999999999, ram): x'");
  EXPECT_EQ(error_of_line("    1000-1fff (prio 0 ram): x"), "line 3: expected ', ', found ' ram): x'");
  EXPECT_EQ(
      error_of_line("    1000-1fff (prio 0, tape): x"),
      "line 3: expected what the region is: i/o, ram, rom, romd, ramd, container or reservation, found 'tape): x'");
  EXPECT_EQ(error_of_line("    1000-1fff (prio 0, ram) x"), "line 3: expected '): ', found ') x'");
  EXPECT_EQ(error_of_line("    1000-1fff (prio 0, ram): "),
            "line 3: expected the name of the region, found the end of the line");
  EXPECT_EQ(error_of_line("    1000-1fff (prio 0, ram): alias x"),
            "line 3: expected the rest of an alias, NAME @TARGET FIRST-LAST, found 'x'");
  EXPECT_EQ(error_of_line("    1000-1fff (prio 0, ram): alias x @y 0-z"),
            "line 3: expected an address of up to 16 hexadecimal digits, found 'z'");
  EXPECT_EQ(error_of_line("    1000-1fff (prio 0, ram): alias x @y 0-ffff"),
            "line 3: expected a part of the target as long as the alias, 0x1000 bytes, found the end of the line");
  EXPECT_EQ(error_of_line("  1000-1fff (prio 0, ram): second"),
            "line 3: expected a region inside 'system', indented deeper than it, or a new section");
}

TEST(MtreeParser, RefusesTextThatIsSomethingElse) {
  EXPECT_EQ(error_of(""), "expected the text of QEMU's 'info mtree', found no address space in it");
  EXPECT_EQ(error_of("\n\n  \n"), "expected the text of QEMU's 'info mtree', found no address space in it");
  EXPECT_EQ(error_of("  1000-1fff (prio 0, ram): x\n"),
            "line 1: expected 'address-space: NAME', found '1000-1fff (prio 0, ram): x'");
  EXPECT_EQ(error_of("some other file\nwith lines\n"),
            "line 2: expected the region of 'some other file', FIRST-LAST (prio N, KIND): NAME");
  EXPECT_EQ(error_of("address-space: \n"), "line 1: expected a name, found the end of the line");
  EXPECT_EQ(error_of(kHeader + "memory-region: x\n"),
            "line 4: expected the region of 'x', FIRST-LAST (prio N, KIND): NAME");
  EXPECT_EQ(error_of(std::string("\0\xff\x80\n", 4)),
            "line 2: expected the region of '\?\?\?', FIRST-LAST (prio N, KIND): NAME");
}

TEST(MtreeParser, RefusesRegionsInsideAnAliasAndTooDeepOnes) {
  EXPECT_EQ(error_of(kHeader + "    0-f (prio 0, ram): alias a @b 0-f\n      0-f (prio 0, ram): c\n"),
            "line 4: expected no region inside the alias 'a'");
  std::string deep = "address-space: m\n";
  for (std::size_t i = 1; i < 200; ++i) deep += std::string(2 * i, ' ') + "0-f (prio 0, i/o): c\n";
  EXPECT_EQ(error_of(deep), "line 130: regions nested deeper than 128");
}

}  // namespace
}  // namespace sc_memory
