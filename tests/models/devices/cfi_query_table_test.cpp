// The query table, field by field where software looks for it.
#include "models/devices/cfi_query_table.h"

#include <gtest/gtest.h>
#include <string>

namespace sc_memory::models {
namespace {

class CfiQueryTableTest : public testing::Test {
 protected:
  unsigned field(unsigned at, unsigned width) const {
    unsigned value = 0;
    for (unsigned i = 0; i < width; ++i) value |= unsigned{table_[at + i]} << (8 * i);
    return value;
  }
  std::string text(unsigned at, unsigned length) const { return {table_.begin() + at, table_.begin() + at + length}; }

  CfiQueryTable table_ = make_cfi_query_table({16 << 20, 128 << 10, 11});
};

TEST_F(CfiQueryTableTest, IdentifiesItselfAndItsCommandSet) {
  EXPECT_EQ(text(0x10, 3), "QRY");
  EXPECT_EQ(field(0x13, 2), 1U);
  EXPECT_EQ(field(0x15, 2), 0x31U);
  EXPECT_EQ(field(0x17, 4), 0U);
  EXPECT_EQ(text(0x31, 5), "PRI10");
}

TEST_F(CfiQueryTableTest, GivesItsTimes) {
  EXPECT_EQ(field(0x1b, 4), 0x5545U);
  EXPECT_EQ(field(0x1f, 4), 0x000a0707U);
  EXPECT_EQ(field(0x23, 4), 0x00040404U);
}

TEST_F(CfiQueryTableTest, GivesItsGeometry) {
  EXPECT_EQ(field(0x27, 1), 24U);
  EXPECT_EQ(field(0x28, 2), 2U);
  EXPECT_EQ(field(0x2a, 2), 11U);
  EXPECT_EQ(field(0x2c, 1), 1U);
  EXPECT_EQ(field(0x2d, 2), 127U);
  EXPECT_EQ(field(0x2f, 2) * 256, 128U << 10);
}

TEST_F(CfiQueryTableTest, TheExtendedTableSaysWhatItCan) {
  EXPECT_EQ(field(0x36, 4), 0x26U);
  EXPECT_EQ(field(0x3a, 1), 1U);
  EXPECT_EQ(field(0x3b, 2), 1U);
  EXPECT_EQ(field(0x3d, 2), 0x50U);
  EXPECT_EQ(field(0x3f, 1), 1U);
}

TEST_F(CfiQueryTableTest, OtherGeometriesAreSaidToo) {
  table_ = make_cfi_query_table({128 << 10, 128 << 10, 5});
  EXPECT_EQ(field(0x27, 1), 17U);
  EXPECT_EQ(field(0x2a, 2), 5U);
  EXPECT_EQ(field(0x2d, 2), 0U);
}

}  // namespace
}  // namespace sc_memory::models
