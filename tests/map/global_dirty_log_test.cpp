// The log of all RAM at once: what it turns on, for how long, and for whom. What listeners hear of it is in
// memory_listener_test.cpp.
#include "sc_memory/map/global_dirty_log.h"

#include <gtest/gtest.h>
#include <memory>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/region_kinds.h"

#include "tests/map/map_error_of.h"
#include "tests/map/test_device.h"

namespace sc_memory {
namespace {

constexpr std::uint8_t kMigrationBit = 1U << static_cast<unsigned>(DirtyClient::migration);

class GlobalLog : public ::testing::Test {
 protected:
  GlobalLog() {
    root.add(0, ram);
    root.add(0x2000, uart);
  }
  std::uint8_t mask_at(Address address) const { return space.view().find(address)->log_mask; }

  Container root{"root"};
  RamRegion ram{"ram", 0x1000};
  testing::TestIo uart{"uart", 0x10};
  AddressSpace space{"space", root};
};

TEST_F(GlobalLog, LogsMemoryInEverySpaceAsLongAsItLives) {
  {
    const GlobalDirtyLog log;
    EXPECT_TRUE(GlobalDirtyLog::is_on());
    EXPECT_EQ(mask_at(0), kMigrationBit);
    EXPECT_EQ(mask_at(0x2000), 0) << "no memory, nothing to log";
    const AddressSpace later("later", root);
    EXPECT_EQ(later.view().find(0)->log_mask, kMigrationBit);
  }
  EXPECT_FALSE(GlobalDirtyLog::is_on());
  EXPECT_EQ(mask_at(0), 0);
}

TEST_F(GlobalLog, IsOnUntilTheLastOneEnds) {
  auto first = std::make_unique<GlobalDirtyLog>();
  GlobalDirtyLog::start();
  first.reset();
  EXPECT_EQ(mask_at(0), kMigrationBit);
  GlobalDirtyLog::stop();
  EXPECT_EQ(mask_at(0), 0);
}

TEST_F(GlobalLog, LeavesARegionsOwnLogsAlone) {
  ram.set_log(DirtyClient::code, true);
  {
    const GlobalDirtyLog log;
    EXPECT_EQ(mask_at(0), kMigrationBit | 0b10);
    ram.set_log(DirtyClient::migration, true);
  }
  EXPECT_EQ(mask_at(0), kMigrationBit | 0b10) << "the region's own wish outlives the global one";
}

TEST_F(GlobalLog, EndingItTooOftenIsAnError) {
  EXPECT_EQ(testing::map_error_of([] { GlobalDirtyLog::stop(); }),
            "the global dirty log is stopped more often than it was started");
  EXPECT_FALSE(GlobalDirtyLog::is_on());
}

}  // namespace
}  // namespace sc_memory
