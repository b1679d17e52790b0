// Direct where the rule of direct_access.h allows it, a buffer everywhere else.
#include "sc_memory/access/address_map.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "sc_memory/map/direct_access.h"
#include "sc_memory/map/map_error.h"

namespace sc_memory {

namespace {

/// How many of `wanted` bytes from `address` on are one stretch of one region's memory; `range` holds `address` and is
/// direct. Borders that only the dirty log or a read-only flag draws are no obstacle.
std::uint64_t direct_length(const FlatView& view, const FlatRange& range, Address address, std::uint64_t wanted,
                            Direction direction) {
  const Address wanted_last = AddressRange::sized(address, wanted)->last;
  const FlatRange* last = &range;
  const FlatRange* const end = view.ranges().data() + view.ranges().size();
  while (last->range.last < wanted_last && last + 1 != end) {
    const FlatRange& next = last[1];
    const bool goes_on = last->range.ends_right_before(next.range) && next.region == last->region &&
                         next.offset == last->offset_of(last->range.last) + 1 &&
                         reported_direct_range(next, direction);
    if (!goes_on) break;
    last = &next;
  }
  return AddressRange{address, std::min(wanted_last, last->range.last)}.size();
}

}  // namespace

MappedMemory map_memory(AddressSpace& space, Address address, std::uint64_t length, Direction direction,
                        const Attributes& attributes) {
  MappedMemory mapped;
  const auto wanted = AddressRange::sized(address, length);
  if (!wanted) return mapped;
  mapped.address_ = address;
  mapped.direction_ = direction;
  const FlatView& view = space.view();
  const FlatRange* range = view.find(address);
  if (range != nullptr && reported_direct_range(*range, direction)) {
    mapped.map_direct(*range, direct_length(view, *range, address, length, direction));
  } else {
    const AddressRange alike = range != nullptr ? range->range : view.hole_around(address);
    mapped.map_buffer(space, AddressRange{address, std::min(alike.last, wanted->last)}.size(), attributes);
  }
  return mapped;
}

void MappedMemory::map_direct(const FlatRange& range, std::uint64_t length) {
  block_ = static_cast<MemoryBackedRegion*>(range.region)->block();
  block_offset_ = range.offset_of(address_);
  data_ = range.memory + (address_ - range.range.first);
  size_ = length;
}

void MappedMemory::map_buffer(AddressSpace& space, std::uint64_t length, const Attributes& attributes) {
  const auto& budget = space.mapping_budget_pointer();
  const std::uint64_t taken = budget->take(length);
  if (taken == 0) return;
  budget_ = budget;
  size_ = taken;
  attributes_ = attributes;
  try {
    buffer_ = std::make_unique<std::uint8_t[]>(taken);
    if (direction_ == Direction::read) fill_result_ = space.read(address_, buffer_.get(), taken, attributes);
  } catch (...) {
    std::exchange(budget_, nullptr)->give_back(std::exchange(size_, 0));
    throw;
  }
  data_ = buffer_.get();
}

MappedMemory& MappedMemory::operator=(MappedMemory&& other) noexcept {
  MappedMemory taken(std::move(other));
  swap(taken);
  return *this;
}

MappedMemory::~MappedMemory() {
  if (data_ == nullptr) return;
  try {
    (void)release(size_);
  } catch (...) {
    // A destructor has nobody to hand it to; unmap() does.
  }
}

AccessResult MappedMemory::unmap(std::uint64_t accessed) {
  if (data_ == nullptr) throw MapError("memory is unmapped that is not mapped");
  if (accessed > size_)
    throw MapError(fmt::format("{:#x} bytes are said to have been accessed of the {:#x} that are mapped at {:#x}",
                               accessed, size_, address_));
  return release(accessed);
}

AccessResult MappedMemory::release(std::uint64_t accessed) {
  // Emptied first: what follows may run devices' code, which may throw.
  MappedMemory mapping;
  swap(mapping);
  const bool written = mapping.direction_ == Direction::write && accessed > 0;
  AccessResult result = AccessResult::ok;
  try {
    if (mapping.block_ != nullptr) {
      MemoryBackedRegion* const region = mapping.block_->region;
      if (written && region != nullptr)
        region->note_write({mapping.block_offset_, mapping.block_offset_ + (accessed - 1)});
    } else if (written) {
      AddressSpace* const space = mapping.budget_->space();
      result = space == nullptr
                   ? AccessResult::unmapped
                   : space->write(mapping.address_, mapping.buffer_.get(), accessed, mapping.attributes_);
    }
  } catch (...) {
    mapping.data_ = nullptr;
    if (mapping.budget_ != nullptr) mapping.budget_->give_back(mapping.size_);
    throw;
  }
  mapping.data_ = nullptr;
  if (mapping.budget_ != nullptr) mapping.budget_->give_back(mapping.size_);
  return result;
}

void MappedMemory::swap(MappedMemory& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(direction_, other.direction_);
  std::swap(address_, other.address_);
  std::swap(fill_result_, other.fill_result_);
  std::swap(block_, other.block_);
  std::swap(block_offset_, other.block_offset_);
  std::swap(buffer_, other.buffer_);
  std::swap(budget_, other.budget_);
  std::swap(attributes_, other.attributes_);
}

}  // namespace sc_memory
