// Host memory that reads as 0xff at birth and, like zeroed memory from mmap, takes nothing from the host until it is
// written.
//
// The host gives zero pages for nothing, but no pages of 0xff. So one erase block's worth of 0xff lies in an anonymous
// file, and the whole memory is private mappings of that file, one after the other: reads share its pages, a write gets
// a page of its own.
#pragma once

#include <cstdint>

#include "sc_memory/map/host_memory.h"

namespace sc_memory::models {

/// Move is not needed and not there: whoever borrows the memory keeps the pointer. `size` is a multiple of
/// `block_size`, and that of the host's page size.
class ErasedMemory {
 public:
  /// Throws MapError when the sizes do not fit together or the host refuses.
  ErasedMemory(std::uint64_t size, std::uint64_t block_size);
  ErasedMemory(const ErasedMemory&) = delete;
  ErasedMemory& operator=(const ErasedMemory&) = delete;
  ~ErasedMemory();

  std::uint8_t* data() const { return data_; }
  std::uint64_t size() const { return size_; }

  /// For a region: refers to this memory, which must outlive it.
  HostMemory borrow() const { return HostMemory::borrowed(data_, size_); }

  /// Makes the block at `offset`, a multiple of the block size within the memory, 0xff again and gives its pages back
  /// to the host.
  void erase_block(std::uint64_t offset);

 private:
  std::uint64_t size_;
  std::uint64_t block_size_;
  std::uint8_t* data_ = nullptr;
};

}  // namespace sc_memory::models
