// Guest memory by pointer, for devices that transfer much: a mapping of a stretch of an address space into host memory,
// direct where there is memory and otherwise by way of a buffer.
//
//     while (length > 0) {
//       MappedMemory buffer = map_memory(space, address, length, Direction::write);
//       if (!buffer) return wait_with(space.mapping_budget().call_when_free(...));
//       const std::uint64_t done = disk.read(buffer.data(), buffer.size());
//       buffer.unmap(done);
//       ...
//     }
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "sc_memory/map/access.h"
#include "sc_memory/map/address_space.h"
#include "sc_memory/map/mapping_budget.h"
#include "sc_memory/map/region_kinds.h"

namespace sc_memory {

/// A mapping for reads or for writes, not for both. In the simulation's thread only, but for the bytes themselves.
///
/// The pointer stays valid until unmap, whatever happens to the map meanwhile. A direct mapping keeps showing the
/// memory it was made for, even when that is moved away or its region is destroyed: the memory is kept for it (borrowed
/// memory is its owner's to keep). A buffer is written to wherever the map leads at unmap, and to nowhere if the
/// address space is gone.
class MappedMemory {
 public:
  /// Maps nothing.
  MappedMemory() = default;
  MappedMemory(MappedMemory&& other) noexcept = default;
  MappedMemory& operator=(MappedMemory&& other) noexcept;
  MappedMemory(const MappedMemory&) = delete;
  MappedMemory& operator=(const MappedMemory&) = delete;
  /// Unmaps, as if all of it had been accessed. A device's exception during the write-back is lost here.
  ~MappedMemory();

  explicit operator bool() const { return mapping_ != nullptr; }
  std::uint8_t* data() const { return mapping_ == nullptr ? nullptr : mapping_->data; }
  std::uint64_t size() const { return mapping_ == nullptr ? 0 : mapping_->size; }
  /// Of no meaning when nothing is mapped.
  Direction direction() const { return mapping_ == nullptr ? Direction::read : mapping_->direction; }
  /// Whether the pointer leads to the guest's own memory. If not it must not be handed on as a DMI pointer.
  bool is_direct() const { return mapping_ != nullptr && mapping_->block != nullptr; }
  /// How filling the buffer ended; what could not be read is 0. A direct mapping cannot fail.
  AccessResult fill_result() const { return mapping_ == nullptr ? AccessResult::ok : mapping_->fill_result; }

  /// Ends the mapping, of which the first `accessed` bytes were really read or written: so many are marked dirty or
  /// written from the buffer. The result is that write's. Throws MapError if nothing is mapped, or if `accessed` is
  /// more than size(), which leaves it mapped.
  AccessResult unmap(std::uint64_t accessed);

 private:
  friend MappedMemory map_memory(AddressSpace&, Address, std::uint64_t, Direction, const Attributes&);

  struct Mapping {
    AccessResult write_back(std::uint64_t accessed) const;

    Address address;
    Direction direction;
    Attributes attributes;
    std::uint8_t* data = nullptr;
    std::uint64_t size = 0;
    AccessResult fill_result = AccessResult::ok;
    std::shared_ptr<MemoryBlock> block;      ///< Of a direct mapping.
    Address block_offset = 0;                ///< Of `data` in the block.
    std::unique_ptr<std::uint8_t[]> buffer;  ///< Of any other.
    BudgetShare share;
  };

  explicit MappedMemory(std::unique_ptr<Mapping> mapping) : mapping_(std::move(mapping)) {}

  std::unique_ptr<Mapping> mapping_;
};

/// Maps up to `length` bytes from `address`, in the space's addresses; `length` of kWholeSpace asks for all there is.
///
/// RAM, and for reads also ROM and readable ROM devices, are mapped directly, over neighbouring ranges only as far as
/// they are one stretch of the same region; behind an IOMMU region, as far as the translation of the first byte goes,
/// which is not followed when it changes later on. Anything else gets a zeroed buffer, no longer than the range or hole
/// that holds `address` and than what the space's mapping_budget() has left; for reads it is filled here. The mapping
/// may so be shorter than asked. Empty if the budget is exhausted or `length` is 0: wait with
/// MappingBudget::call_when_free.
MappedMemory map_memory(AddressSpace& space, Address address, std::uint64_t length, Direction direction,
                        const Attributes& attributes = {});

}  // namespace sc_memory
