// What a space does with accesses that nothing serves.
#include "sc_memory/map/access_policy.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/region_kinds.h"

namespace sc_memory {
namespace {

using Severity = AccessPolicy::Severity;

class AccessPolicyTest : public ::testing::Test {
 protected:
  AccessPolicyTest() {
    root.add(0x1000, ram);
    root.add(0x4000, reserved);
    root.add(0x5000, rom);
    space.policy().report = [this](Severity severity, const std::string& message) {
      reports.emplace_back(severity, message);
    };
  }
  AccessResult read(Address address) { return space.read(address, &byte, 1); }
  AccessResult write(Address address) { return space.write(address, &byte, 1); }

  Container root{"root"};
  RamRegion ram{"ram", 0x1000};
  ReservedRegion reserved{"reserved", 0x1000};
  RomRegion rom{"rom", 0x1000};
  AddressSpace space{"space", root};
  std::vector<std::pair<Severity, std::string>> reports;
  std::uint8_t byte = 0x5a;
};

TEST_F(AccessPolicyTest, AHoleIsADecodeErrorAndSaysNothing) {
  EXPECT_EQ(read(0), AccessResult::unmapped);
  EXPECT_EQ(byte, 0);
  EXPECT_EQ(write(0), AccessResult::unmapped);
  EXPECT_EQ(read(0x4000), AccessResult::unmapped);
  EXPECT_TRUE(reports.empty());
}

TEST_F(AccessPolicyTest, WarnsOnceForEachHole) {
  space.policy().unmapped = AccessPolicy::Unmapped::warn_once;
  EXPECT_EQ(read(0x10), AccessResult::unmapped);
  EXPECT_EQ(read(0x20), AccessResult::unmapped);
  EXPECT_EQ(write(0x3000), AccessResult::unmapped);
  EXPECT_EQ(write(0x2000), AccessResult::unmapped);
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[0].first, Severity::warning);
  EXPECT_NE(reports[0].second.find("'space'"), std::string::npos);
  EXPECT_NE(reports[0].second.find("0x10"), std::string::npos);
  EXPECT_NE(reports[1].second.find("0x3000"), std::string::npos);
}

TEST_F(AccessPolicyTest, IgnoredHolesReadAsTheGivenValue) {
  space.policy().unmapped = AccessPolicy::Unmapped::ignore;
  space.policy().unmapped_byte = 0xff;
  std::uint8_t bytes[4] = {};
  EXPECT_EQ(space.read(0x1ffe, bytes, 4), AccessResult::ok);
  EXPECT_EQ(bytes[1], 0);
  EXPECT_EQ(bytes[2], 0xff);
  EXPECT_EQ(bytes[3], 0xff);
  EXPECT_EQ(write(0), AccessResult::ok);
  EXPECT_EQ(read(0x4000), AccessResult::unmapped) << "a reservation is no hole";
}

TEST_F(AccessPolicyTest, NothingIsIgnoredForDebuggers) {
  space.policy().unmapped = AccessPolicy::Unmapped::ignore;
  Attributes debug;
  debug.debug = true;
  EXPECT_EQ(space.read(0, &byte, 1, debug), AccessResult::unmapped);
}

TEST_F(AccessPolicyTest, WarnsOnceForEachReservation) {
  space.policy().reservation = AccessPolicy::Reservation::warn_once;
  EXPECT_EQ(read(0x4000), AccessResult::unmapped);
  EXPECT_EQ(read(0x4800), AccessResult::unmapped);
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_NE(reports[0].second.find("'reserved'"), std::string::npos);
}

TEST_F(AccessPolicyTest, AReservationCanBeFatal) {
  space.policy().reservation = AccessPolicy::Reservation::fatal;
  EXPECT_EQ(read(0x4000), AccessResult::unmapped);
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].first, Severity::fatal);
}

TEST_F(AccessPolicyTest, WritesToReadOnlyMemoryCanBeDropped) {
  EXPECT_EQ(write(0x5000), AccessResult::refused);
  space.policy().ignore_rom_writes = true;
  EXPECT_EQ(write(0x5000), AccessResult::ok);
  EXPECT_EQ(rom.memory().data[0], 0);
}

}  // namespace
}  // namespace sc_memory
