// The picture as a document: well formed, complete, and nothing in it that a name could break. How it looks is for
// eyes.
#include "sc_memory/map/map_svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/region_kinds.h"

#include "tests/map/test_device.h"

namespace sc_memory {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::TestIo;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(MapSvg, NamesAddressesSizesAndTargetsAreInThePicture) {
  Container system("system");
  RamRegion ram("ram", 64_MiB);
  TestIo uart("uart", 0x100);
  AliasRegion shadow("shadow", ram, 0x1000, 0x2000);
  system.add(0x8000'0000, ram);
  system.add(0x1000'0000, uart);
  system.add(0, shadow);
  AddressSpace memory("memory", system);
  const std::string svg = space_svg(memory);
  EXPECT_THAT(svg, HasSubstr(">memory</text>"));
  EXPECT_THAT(svg, HasSubstr(">80000000</text>"));
  EXPECT_THAT(svg, HasSubstr(">64 MiB</text>"));
  EXPECT_THAT(svg, HasSubstr(">uart</text>"));
  EXPECT_THAT(svg, HasSubstr("ram 0x0-0x1fff&#10;ram, 8 KiB, from offset 0x1000 of the region"));
  EXPECT_THAT(svg, HasSubstr("1000 - 2fff, by shadow"));
  EXPECT_THAT(svg, HasSubstr("alias shadow at 0x0-0x1fff&#10;shows 0x1000-0x2fff of ram"));
  EXPECT_EQ(count(svg, "<svg"), count(svg, "</svg>"));
  EXPECT_EQ(count(svg, "<g>"), count(svg, "</g>"));
  EXPECT_EQ(count(svg, "<text"), count(svg, "</text>"));
  EXPECT_EQ(count(svg, "unused</text>"), 3U);
}

TEST(MapSvg, TheLegendHasTheKindsThatAreThere) {
  ReservedRegion reserved("reserved", 0x1000);
  AddressSpace memory("memory", reserved);
  EXPECT_THAT(space_svg(memory), HasSubstr(">reserved</text>"));
  EXPECT_THAT(space_svg(memory), Not(HasSubstr(">RAM</text>")));
}

TEST(MapSvg, NamesCannotBreakTheDocument) {
  RamRegion ram("<a href=\"x\">&\n\xff", 0x1000);
  AddressSpace memory("m<>&\"", ram);
  const std::string svg = space_svg(memory);
  EXPECT_THAT(svg, HasSubstr("&lt;a href=&quot;x&quot;&gt;&amp;??"));
  EXPECT_THAT(svg, HasSubstr(">m&lt;&gt;&amp;&quot;</text>"));
}

TEST(MapSvg, TheWholeSpaceAndTheEmptyOneCanBeDrawn) {
  TestIo everything("everything", kWholeSpace);
  AddressSpace full("full", everything);
  EXPECT_THAT(space_svg(full), HasSubstr(">16 EiB</text>"));
  EXPECT_THAT(space_svg(full), Not(HasSubstr("unused</text>")));
  Container nothing("nothing");
  AddressSpace empty("empty", nothing);
  EXPECT_THAT(space_svg(empty), HasSubstr("16 EiB unused"));
}

TEST(MapSvg, AliasesThatContinueOneAnotherAreOneArrow) {
  Container system("system", 0x10000);
  RamRegion ram("ram", 0x10000);
  AliasRegion first("pam", ram, 0x1000, 0x1000), second("pam", ram, 0x2000, 0x1000), apart("pam", ram, 0x8000, 0x1000);
  system.add(0x1000, first);
  system.add(0x2000, second);
  system.add(0x3000, apart);
  AddressSpace memory("memory", system);
  EXPECT_EQ(count(space_svg(memory), "marker-end"), 2U);
  EXPECT_THAT(space_svg(memory), HasSubstr("1000 - 2fff, by pam"));
}

}  // namespace
}  // namespace sc_memory
