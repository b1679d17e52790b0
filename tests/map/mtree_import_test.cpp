// Whole machines: the flat view of the import must be QEMU's own, range by range, and the printed tree the text that
// was read. Then the things that the text leaves open, one by one.
#include "sc_memory/map/mtree_import.h"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <sstream>

#include "sc_memory/map/map_text.h"
#include "sc_memory/map/region_kinds.h"

namespace sc_memory {
namespace {

using ::testing::ElementsAre;

std::string file(const std::string& name) {
  std::ifstream stream(SC_MEMORY_TEST_REFERENCE_DIR "/" + name);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

using Ranges = std::vector<std::string>;

/// The printed ranges of every space of a flat dump.
std::multimap<std::string, Ranges> ranges_by_space(const std::string& flat_dump) {
  std::multimap<std::string, Ranges> result;
  std::vector<std::string> names;
  Ranges ranges;
  std::stringstream lines(flat_dump + "FlatView end\n");
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("FlatView", 0) == 0) {
      for (const std::string& name : names) result.emplace(name, ranges);
      names.clear();
      ranges.clear();
    } else if (line.rfind(" AS \"", 0) == 0) {
      names.push_back(line.substr(5, line.find("\", root: ") - 5));
    } else if (line.rfind("  ", 0) == 0) {
      ranges.push_back(line);
    }
  }
  return result;
}

Ranges ranges_of(const AddressSpace& space) { return ranges_by_space(flat_text(space)).begin()->second; }

class MtreeImportOfMachine : public ::testing::TestWithParam<const char*> {};

TEST_P(MtreeImportOfMachine, ShowsTheFlatViewsThatQemuShows) {
  const auto expected = ranges_by_space(file(std::string(GetParam()) + ".flat.txt"));
  ASSERT_FALSE(expected.empty());
  const ImportedMap map = import_mtree(file(std::string(GetParam()) + ".tree.txt"));
  EXPECT_EQ(map.spaces.size(), expected.size());
  EXPECT_EQ(ranges_by_space(mtree_flat_text()), expected);
}

TEST_P(MtreeImportOfMachine, PrintsTheTreeThatItRead) {
  std::string text = file(std::string(GetParam()) + ".tree.txt");
  const ImportedMap map = import_mtree(text);
  // QEMU shows a root where it lies in another tree, this library from address 0: the import wraps it.
  const std::string moved = "address-space: lsi-pci-io\n  0000000043000000-0000000142ffffff (prio 0, i/o): pci_io\n";
  const std::string wrapped =
      "address-space: lsi-pci-io\n"
      "  0000000000000000-ffffffffffffffff (prio 0, i/o): pci_io\n"
      "    0000000043000000-0000000142ffffff (prio 0, i/o): alias pci_io @pci_io 0000000000000000-00000000ffffffff\n";
  std::string printed = mtree_text();
  if (const auto at = text.find(moved); at != std::string::npos) {
    text.replace(at, moved.size(), wrapped);
    const std::string section = "memory-region: pci_io\n  0000000043000000-0000000142ffffff (prio 0, i/o): pci_io\n\n";
    ASSERT_NE(printed.find(section), std::string::npos);
    printed.erase(printed.find(section), section.size());
  }
  EXPECT_EQ(printed, text);
}

INSTANTIATE_TEST_SUITE_P(Reference, MtreeImportOfMachine,
                         ::testing::Values("arm-mps2-an385", "arm-versatilepb", "riscv-sifive_u", "riscv-virt",
                                           "riscv-virt-edu", "riscv-virt-linux-pci", "x86-pc"),
                         [](const auto& machine) {
                           std::string name = machine.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(MtreeImport, RegionsAreLive) {
  ImportedMap map = import_mtree(file("riscv-virt.tree.txt"));
  const auto found =
      std::find_if(map.spaces.begin(), map.spaces.end(), [](const auto& space) { return space->name() == "memory"; });
  ASSERT_NE(found, map.spaces.end());
  AddressSpace& memory = **found;
  const std::uint64_t written = 0x1122334455667788;
  std::uint64_t read = 0;
  EXPECT_EQ(memory.write(0x80001000, &written, 8), AccessResult::ok);
  EXPECT_EQ(memory.read(0x80001000, &read, 8), AccessResult::ok);
  EXPECT_EQ(read, written);
  EXPECT_EQ(memory.write(0x1000, &written, 8), AccessResult::refused) << "a ROM";
  EXPECT_EQ(memory.read(0x10000000, &read, 1), AccessResult::ok) << "a device";
  EXPECT_EQ(memory.read(0x04000000, &read, 8), AccessResult::unmapped) << "the platform bus is an empty container";
  const auto bus_master = std::find_if(map.regions.begin(), map.regions.end(),
                                       [](const auto& region) { return region->name() == "bus master"; });
  ASSERT_NE(bus_master, map.regions.end());
  (*bus_master)->set_enabled(true);
  EXPECT_NE(flat_text(*map.spaces.back()).find("io"), std::string::npos);
}

TEST(MtreeImport, SectionsThatPrintOneRegionMakeOneRegion) {
  const ImportedMap map = import_mtree(file("arm-mps2-an385.tree.txt"));
  const auto count = [&](const std::string& name) {
    return std::count_if(map.regions.begin(), map.regions.end(), [&](const auto& r) { return r->name() == name; });
  };
  EXPECT_EQ(count("system"), 1) << "the root of one space and inside the root of another";
  EXPECT_EQ(count("mps.ssram1"), 1) << "in a tree and in a section of its own";
  EXPECT_EQ(count("uart"), 5) << "five devices of one name";
}

TEST(MtreeImport, OfEqualsAtOneAddressTheFirstPrintedHidesTheOthers) {
  const ImportedMap map = import_mtree(
      "address-space: io\n"
      "  0000000000000000-000000000000ffff (prio 0, i/o): root\n"
      "    0000000000000000-000000000000000f (prio 0, i/o): first\n"
      "    0000000000000000-000000000000001f (prio 0, i/o): second\n"
      "    0000000000000010-0000000000000013 (prio 0, i/o): later\n");
  EXPECT_THAT(ranges_of(*map.spaces[0]), ElementsAre("  0000000000000000-000000000000000f (prio 0, i/o): first",
                                                     "  0000000000000010-0000000000000013 (prio 0, i/o): later",
                                                     "  0000000000000014-000000000000001f (prio 0, i/o): second "
                                                     "@0000000000000014"));
}

TEST(MtreeImport, ANestedRootIsShownWhereTheTextSays) {
  const ImportedMap map = import_mtree(
      "address-space: part\n"
      "  0000000000001000-0000000000001fff (prio 0, ram): ram\n"
      "\n"
      "address-space: memory\n"
      "  0000000000000000-ffffffffffffffff (prio 0, i/o): system\n"
      "    0000000000001000-0000000000001fff (prio 0, ram): ram\n"
      "    0000000000002000-0000000000002fff (prio 0, ram): other\n");
  EXPECT_THAT(ranges_of(*map.spaces[0]), ElementsAre("  0000000000001000-0000000000001fff (prio 0, ram): ram"));
  EXPECT_EQ(map.spaces[0]->root()->name(), "ram");
  EXPECT_EQ(map.spaces[0]->view().ranges()[0].region, map.spaces[1]->view().ranges()[0].region);
}

TEST(MtreeImport, EachBridgeOfOneNameHasItsOwnAliases) {
  const ImportedMap map = import_mtree(
      "address-space: memory\n"
      "  0000000000000000-ffffffffffffffff (prio 0, i/o): system\n"
      "    0000000000001000-0000000000001fff (prio 0, i/o): alias window @bridge 0000000000001000-0000000000001fff\n"
      "    0000000000002000-0000000000002fff (prio 0, i/o): alias window @bridge 0000000000001000-0000000000001fff\n"
      "\n"
      "memory-region: bridge\n"
      "  0000000000000000-ffffffffffffffff (prio 0, i/o): bridge\n"
      "    0000000000001000-0000000000001fff (prio 0, i/o): one\n"
      "\n"
      "memory-region: bridge\n"
      "  0000000000000000-ffffffffffffffff (prio 0, i/o): bridge\n"
      "    0000000000001000-0000000000001fff (prio 0, i/o): two\n");
  EXPECT_THAT(ranges_of(*map.spaces[0]), ElementsAre("  0000000000001000-0000000000001fff (prio 0, i/o): one",
                                                     "  0000000000002000-0000000000002fff (prio 0, i/o): two"));
}

TEST(MtreeImport, NamesMayHoldAnything) {
  const ImportedMap map = import_mtree(
      "address-space: the @ space (prio 0, ram): x\n"
      "  0000000000000000-ffffffffffffffff (prio 0, i/o): system @0x10\n"
      "    0000000000001000-0000000000001fff (prio 0, ram): alias a @b @c @d 0000000000000000-0000000000000fff\n"
      "\n"
      "memory-region: c @d\n"
      "  0000000000000000-0000000000000fff (prio 0, ram): c @d\n");
  EXPECT_EQ(map.spaces[0]->name(), "the @ space (prio 0, ram): x");
  EXPECT_THAT(ranges_of(*map.spaces[0]), ElementsAre("  0000000000001000-0000000000001fff (prio 0, ram): c @d"));
  EXPECT_TRUE(std::any_of(map.regions.begin(), map.regions.end(), [](const auto& r) { return r->name() == "a @b"; }));
}

TEST(MtreeImport, OurOwnMarksAreUnderstood) {
  const std::string text =
      "address-space: memory\n"
      "  0000000000000000-ffffffffffffffff (prio 0, i/o): system\n"
      "    0000000000000020-0000000000000020 (prio 0, i/o): nothing [empty]\n"
      "    0000000000000040-000000000000004f (prio 0, i/o): gone [disabled]\n"
      "[DETECTED OVERFLOW!]     0000000000001000-0000000000000fff (prio 0, i/o): high\n"
      "\n"
      "address-space: rootless\n"
      "\n";
  const ImportedMap map = import_mtree(text);
  EXPECT_EQ(tree_text(*map.spaces[0]), text.substr(0, text.find("address-space: rootless")));
  EXPECT_TRUE(map.spaces[1]->view().ranges().empty());
}

TEST(MtreeImport, AnAliasWhoseTargetIsGoneShowsNothing) {
  const ImportedMap map = import_mtree(
      "address-space: memory\n"
      "  0000000000000000-00000000000000ff (prio 0, i/o): system\n"
      "    0000000000000040-000000000000004f (prio 0, i/o): alias a @(none) 0000000000000000-000000000000000f\n");
  EXPECT_TRUE(map.spaces[0]->view().ranges().empty());
}

TEST(MtreeImport, AContainerMayBeShownInsideItself) {
  // As Arm's SSE-200 is printed.
  const std::string text =
      "address-space: cpu-memory-0\n"
      "  0000000000000000-ffffffffffffffff (prio 0, i/o): cpu-container-0\n"
      "    0000000000000000-ffffffffffffffff (prio -1, i/o): container\n"
      "      0000000000000000-00000000003fffff (prio 0, ram): code\n"
      "      0000000010000000-000000001fffffff (prio -1500, i/o): alias secure @container "
      "0000000000000000-000000000fffffff\n"
      "      0000000020000000-0000000020007fff (prio 0, ram): sram\n"
      "      0000000030000000-000000003fffffff (prio -1500, i/o): alias secure 3 @container "
      "0000000020000000-000000002fffffff\n"
      "\n"
      "memory-region: container\n"
      "  0000000000000000-ffffffffffffffff (prio -1, i/o): container\n"
      "    0000000000000000-00000000003fffff (prio 0, ram): code\n"
      "    0000000010000000-000000001fffffff (prio -1500, i/o): alias secure @container "
      "0000000000000000-000000000fffffff\n"
      "    0000000020000000-0000000020007fff (prio 0, ram): sram\n"
      "    0000000030000000-000000003fffffff (prio -1500, i/o): alias secure 3 @container "
      "0000000020000000-000000002fffffff\n"
      "\n";
  const ImportedMap map = import_mtree(text);
  EXPECT_THAT(ranges_of(*map.spaces[0]), ElementsAre("  0000000000000000-00000000003fffff (prio 0, ram): code",
                                                     "  0000000010000000-00000000103fffff (prio 0, ram): code",
                                                     "  0000000020000000-0000000020007fff (prio 0, ram): sram",
                                                     "  0000000030000000-0000000030007fff (prio 0, ram): sram"));
  EXPECT_EQ(tree_text(*map.spaces[0]), text);
}

std::string error_of(const std::string& text) {
  try {
    import_mtree(text);
  } catch (const MtreeError& error) {
    return error.what();
  }
  return "no error";
}

TEST(MtreeImport, RefusesWhatIsNoMap) {
  EXPECT_EQ(
      error_of("address-space: m\n"
               "  0000000000000000-ffffffffffffffff (prio 0, i/o): system\n"
               "    0000000000001000-0000000000001fff (prio 0, ram): alias a @ram 0000000000000000-0000000000000fff\n"),
      "line 3: expected a section 'memory-region: ram' for the target of this alias");
  EXPECT_EQ(
      error_of("address-space: m\n"
               "  0000000000000000-ffffffffffffffff (prio 0, i/o): x\n"
               "    0000000000001000-0000000000001fff (prio 0, i/o): alias a @x 0000000000001000-0000000000001fff\n"),
      "line 3: 'a' shows 'x', which holds it: expected no cycle");
  EXPECT_THAT(error_of("address-space: m\n"
                       "  0000000000000000-ffffffffffffffff (prio 0, ram): ram\n"),
              ::testing::StartsWith("line 2: memory: cannot map 18446744073709551615 bytes of host memory"));
}

TEST(MtreeImport, RefusesAliasesOfEachOther) {
  EXPECT_THAT(error_of("address-space: m\n"
                       "  0000000000000000-0000000000000fff (prio 0, i/o): m\n"
                       "    0000000000000000-00000000000000ff (prio 0, i/o): alias a @b "
                       "0000000000000000-00000000000000ff\n"
                       "memory-region: b\n"
                       "  0000000000000000-00000000000000ff (prio 0, i/o): alias b @b "
                       "0000000000000000-00000000000000ff\n"),
              ::testing::HasSubstr("line "));
}

TEST(MtreeImport, RefusesAliasesThatUnfoldWithoutEnd) {
  std::string text = "address-space: m\n  0000000000000000-ffffffffffffffff (prio 0, container): r0\n";
  for (int i = 0; i < 40; ++i) {
    if (i > 0) {
      const std::string name = "r" + std::to_string(i);
      text += "memory-region: " + name + "\n  0000000000000000-ffffffffffffffff (prio 0, container): " + name + "\n";
    }
    for (const char* alias : {"a", "b"}) {
      text += "    0000000000000000-ffffffffffffffff (prio 0, i/o): alias " + std::string(alias) + " @r" +
              std::to_string(i + 1) + " 0000000000000000-ffffffffffffffff\n";
    }
  }
  text += "memory-region: r40\n  0000000000000000-ffffffffffffffff (prio 0, container): r40\n";
  EXPECT_THAT(error_of(text), ::testing::HasSubstr("expected a map that unfolds to at most 1000000 regions"));
}

}  // namespace
}  // namespace sc_memory
