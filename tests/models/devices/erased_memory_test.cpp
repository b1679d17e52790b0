// Memory of 0xff that costs nothing until it is written.
#include "models/devices/erased_memory.h"

#include <algorithm>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <gtest/gtest.h>
#include <string>

#include "sc_memory/map/map_error.h"

namespace sc_memory::models {
namespace {

constexpr std::uint64_t block = 256 * 1024;

bool is_erased(const std::uint8_t* first, std::uint64_t count) {
  return std::all_of(first, first + count, [](std::uint8_t byte) { return byte == 0xff; });
}

/// The bytes that this process alone holds of the mappings that touch `size` bytes from `data`.
std::uint64_t private_dirty_bytes(const std::uint8_t* data, std::uint64_t size) {
  const auto first = reinterpret_cast<std::uintptr_t>(data);
  std::ifstream smaps("/proc/self/smaps");
  std::uint64_t kilobytes = 0;
  bool is_ours = false;
  for (std::string line; std::getline(smaps, line);) {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    if (std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " ", &begin, &end) == 2)
      is_ours = begin < first + size && end > first;
    else if (is_ours && line.rfind("Private_Dirty:", 0) == 0)
      kilobytes += std::stoull(line.substr(14));
  }
  return kilobytes * 1024;
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
  EXPECT_LT(private_dirty_bytes(memory.data(), size), size / 8);
  for (std::uint64_t i = 0; i < size; i += block) memory.data()[i] = 0;
  EXPECT_GE(private_dirty_bytes(memory.data(), size), 128 * 4096u) << "written pages are the memory's own";
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
