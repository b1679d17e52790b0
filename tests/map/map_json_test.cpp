// The JSON is parsed again: what counts is what a program gets.
#include "sc_memory/map/map_json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/region_kinds.h"

#include "tests/map/test_device.h"

namespace sc_memory {
namespace {

using nlohmann::json;
using testing::test_device;
using testing::TestIo;

TEST(MapJson, AFlatViewHasTheDocumentedMembers) {
  Container system("system");
  RamRegion ram("ram", 64_KiB), shadow("shadow", 4_KiB);
  RomDeviceRegion flash("flash", 4_KiB, test_device());
  TestIo uart("uart", 8);
  ReservedRegion reserved("reserved", 4_KiB);
  AliasRegion boot("boot", ram, 0x1000, 0x800);
  boot.set_readonly(true);
  system.add(0, boot);
  system.add(0x1000, uart);
  system.add(0x2000, flash);
  system.add(0x3000, reserved);
  system.add(0xffff'ffff'ffff'f000, shadow);
  AddressSpace memory("memory", system);
  const json expected = json::parse(R"({"address_spaces":[{"name":"memory","root":"system","flat":[
    {"first":"0x0","last":"0x7ff","region":"ram","offset":"0x1000","kind":"rom","readonly":true},
    {"first":"0x1000","last":"0x1007","region":"uart","offset":"0x0","kind":"io","readonly":false},
    {"first":"0x2000","last":"0x2fff","region":"flash","offset":"0x0","kind":"romd","readonly":false},
    {"first":"0x3000","last":"0x3fff","region":"reserved","offset":"0x0","kind":"reservation","readonly":false},
    {"first":"0xfffffffffffff000","last":"0xffffffffffffffff","region":"shadow","offset":"0x0","kind":"ram",
     "readonly":false}]}]})");
  EXPECT_EQ(json::parse(flat_json({&memory})), expected);
  flash.set_readable(false);
  EXPECT_EQ(json::parse(flat_json({&memory}))["address_spaces"][0]["flat"][2]["kind"], "io");
}

TEST(MapJson, ASpaceWithoutARootIsEmpty) {
  auto root = std::make_unique<Container>("system");
  AddressSpace memory("memory", *root);
  root.reset();
  EXPECT_EQ(json::parse(flat_json({&memory})),
            json::parse(R"({"address_spaces":[{"name":"memory","root":null,"flat":[]}]})"));
  EXPECT_EQ(json::parse(tree_json({&memory})),
            json::parse(R"({"address_spaces":[{"name":"memory","tree":null}],"regions":[]})"));
}

TEST(MapJson, ATreeNamesWhatItsAliasesShow) {
  Container system("system");
  RamRegion ram("ram", 4_KiB), inside("inside", 4_KiB);
  AliasRegion to_ram("to-ram", ram, 0x10, 0x20), to_inside("to-inside", inside, 0, 4_KiB);
  system.add(0, to_ram, Priority{-3});
  system.add(0x1000, inside);
  system.add(0x2000, to_inside);
  to_inside.set_enabled(false);
  AddressSpace memory("memory", system), second("second", system);
  const json tree = json::parse(tree_json({&memory, &second}));
  const json& root = tree["address_spaces"][0]["tree"];
  EXPECT_EQ(root["kind"], "container");
  EXPECT_EQ(root["size"], "0x10000000000000000");
  ASSERT_EQ(root["children"].size(), 3U);
  const json& alias = root["children"][0];
  EXPECT_EQ(alias["kind"], "alias");
  EXPECT_EQ(alias["priority"], -3);
  EXPECT_EQ(alias["target_offset"], "0x10");
  ASSERT_EQ(tree["regions"].size(), 1U) << "the region inside the tree is not told again";
  EXPECT_EQ(tree["regions"][0]["name"], "ram");
  EXPECT_EQ(tree["regions"][0]["id"], alias["target"]);
  EXPECT_EQ(root["children"][2]["target"], root["children"][1]["id"]);
  EXPECT_EQ(root["children"][2]["enabled"], false);
  EXPECT_EQ(tree["address_spaces"][1]["tree"], json({{"id", root["id"]}})) << "the second space has the same root";
}

TEST(MapJson, NamesThatAreNoUtf8DoNotThrow) {
  RamRegion ram("\xff\"\n", 16);
  AddressSpace memory("memory", ram);
  EXPECT_EQ(json::parse(flat_json({&memory}))["address_spaces"][0]["root"], "\xef\xbf\xbd\"\n");
}

}  // namespace
}  // namespace sc_memory
