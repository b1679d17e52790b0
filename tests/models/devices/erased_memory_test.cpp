// Memory of 0xff that costs nothing until it is written.
#include "models/devices/erased_memory.h"

#include <algorithm>
#include <cstdint>
#include <gtest/gtest.h>

#include "sc_memory/map/map_error.h"

#include "tests/support/host_mapping.h"

namespace sc_memory::models {
namespace {

constexpr std::uint64_t block = 256 * 1024;

bool is_erased(const std::uint8_t* first, std::uint64_t count) {
  return std::all_of(first, first + count, [](std::uint8_t byte) { return byte == 0xff; });
}

TEST(ErasedMemory, ReadsAsErased) {
  ErasedMemory memory(4 * block, block);
  EXPECT_EQ(memory.size(), 4 * block);
  EXPECT_TRUE(is_erased(memory.data(), memory.size()));
}

TEST(ErasedMemory, AWriteChangesOneBlockOnlyAndErasingBringsItBack) {
  ErasedMemory memory(4 * block, block);
  for (std::uint64_t i = 0; i < 4; ++i) memory.data()[i * block + 5] = static_cast<std::uint8_t>(i);
  for (std::uint64_t i = 0; i < 4; ++i) EXPECT_EQ(memory.data()[i * block + 5], i);
  EXPECT_EQ(memory.data()[6], 0xff);
  memory.erase_block(2 * block);
  EXPECT_EQ(memory.data()[2 * block + 5], 0xff);
  EXPECT_EQ(memory.data()[block + 5], 1);
  EXPECT_EQ(memory.data()[3 * block + 5], 3);
}

TEST(ErasedMemory, BlocksOfOthersStayErased) {
  ErasedMemory first(block, block);
  ErasedMemory second(block, block);
  first.data()[0] = 0;
  EXPECT_EQ(second.data()[0], 0xff);
}

TEST(ErasedMemory, UntouchedAndOnlyReadPagesTakeNoMemoryOfTheirOwn) {
  const std::uint64_t size = 128 * block;
  ErasedMemory memory(size, block);
  EXPECT_TRUE(is_erased(memory.data(), size));
  EXPECT_LT(testing::host_mapping_of(memory.data(), size).private_dirty_bytes, size / 8);
  for (std::uint64_t i = 0; i < size; i += block) memory.data()[i] = 0;
  EXPECT_GE(testing::host_mapping_of(memory.data(), size).private_dirty_bytes, 128 * 4096u)
      << "written pages are the memory's own";
}

TEST(ErasedMemory, TheBorrowedMemoryIsThis) {
  ErasedMemory memory(block, block);
  const HostMemory borrowed = memory.borrow();
  EXPECT_EQ(borrowed.data(), memory.data());
  EXPECT_EQ(borrowed.size(), block);
}

TEST(ErasedMemory, SizesThatDoNotFitAreRejected) {
  EXPECT_THROW(ErasedMemory(0, block), MapError);
  EXPECT_THROW(ErasedMemory(block + 1, block), MapError);
  EXPECT_THROW(ErasedMemory(block, 0), MapError);
  EXPECT_THROW(ErasedMemory(1000, 100), MapError);
  EXPECT_THROW(ErasedMemory(std::uint64_t{1} << 62, std::uint64_t{1} << 20), MapError);
}

}  // namespace
}  // namespace sc_memory::models
