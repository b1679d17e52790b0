// Direct where the rule of direct_access.h allows it, a buffer everywhere else.
#include "sc_memory/access/address_map.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "sc_memory/map/direct_access.h"
#include "sc_memory/map/iommu_region.h"
#include "sc_memory/map/map_error.h"

namespace sc_memory {

namespace {

/// How many of the bytes from wanted.first on are one stretch of one region's memory; `range` holds the first and is
/// direct up to `direct_last`. Borders that only the dirty log or a read-only flag draws are no obstacle.
std::uint64_t direct_length(const AddressSpace& space, const FlatRange& range, Address direct_last,
                            const AddressRange& wanted, Direction direction) {
  const FlatRange* last = &range;
  while (direct_last < wanted.last && direct_last == last->range.last) {
    const FlatRange* const next = space.view().find(direct_last + 1);
    const bool goes_on =
        next != nullptr && next->region == last->region && next->offset == last->offset_of(direct_last) + 1;
    const DirectRange direct =
        goes_on ? reported_direct_range(space, *next, next->range.first, direction) : DirectRange{};
    if (!direct) break;
    direct_last = direct.range.last;
    last = next;
  }
  return AddressRange{wanted.first, std::min(wanted.last, direct_last)}.size();
}

/// Bytes that a pointer leads to.
struct Stretch {
  std::shared_ptr<MemoryBlock> block;
  Address block_offset;
  std::uint8_t* data;
  std::uint64_t size;
};

std::optional<Stretch> translated_stretch(const AddressSpace& space, const FlatRange& range, const AddressRange& wanted,
                                          Direction direction, const Attributes& attributes);

/// The beginning of `wanted` as far as it is one stretch of memory; empty if its first byte is none.
std::optional<Stretch> direct_stretch(const AddressSpace& space, const AddressRange& wanted, Direction direction,
                                      const Attributes& attributes) {
  const FlatRange* range = space.view().find(wanted.first);
  if (range == nullptr) return std::nullopt;
  if (range->service == Service::iommu) return translated_stretch(space, *range, wanted, direction, attributes);
  const DirectRange direct = reported_direct_range(space, *range, wanted.first, direction);
  if (!direct) return std::nullopt;
  return Stretch{static_cast<MemoryBackedRegion*>(range->region)->block(), range->offset_of(wanted.first),
                 range->memory + (wanted.first - range->range.first),
                 direct_length(space, *range, direct.range.last, wanted, direction)};
}

/// The same behind an IOMMU region, no further than its translation of the first byte goes.
std::optional<Stretch> translated_stretch(const AddressSpace& space, const FlatRange& range, const AddressRange& wanted,
                                          Direction direction, const Attributes& attributes) {
  const bool is_write = direction == Direction::write;
  DirectRange seen{range.range, nullptr, true, !range.readonly};
  restrict_to_watchpoints(space, wanted.first, seen);
  const bool allowed = (is_write ? seen.writes : seen.reads) && range.region->allows_direct_access() &&
                       attributes.translations < IommuRegion::kMaxTranslations;
  if (!allowed) return std::nullopt;
  const Address offset = range.offset_of(wanted.first);
  const Translation translation =
      static_cast<const IommuRegion&>(*range.region).translate(offset, direction, attributes);
  if (translation.space == nullptr || !translation.allows(direction)) return std::nullopt;
  const Address to = translation.to + (offset - translation.from.first);
  const std::uint64_t beyond_first =
      std::min({wanted.last - wanted.first, seen.range.last - wanted.first, translation.from.last - offset});
  Attributes onward = attributes;
  ++onward.translations;
  return direct_stretch(*translation.space, {to, to + beyond_first}, direction, onward);
}

}  // namespace

MappedMemory map_memory(AddressSpace& space, Address address, std::uint64_t length, Direction direction,
                        const Attributes& attributes) {
  const auto wanted = AddressRange::sized(address, length);
  if (!wanted) return {};
  auto mapping = std::make_unique<MappedMemory::Mapping>();
  mapping->address = address;
  mapping->direction = direction;
  mapping->attributes = attributes;

  if (auto stretch = direct_stretch(space, *wanted, direction, attributes)) {
    mapping->block = std::move(stretch->block);
    mapping->block_offset = stretch->block_offset;
    mapping->data = stretch->data;
    mapping->size = stretch->size;
    return MappedMemory(std::move(mapping));
  }

  const FlatRange* range = space.view().find(address);
  const AddressRange alike = range != nullptr ? range->range : space.view().hole_around(address);
  mapping->share = BudgetShare(space.mapping_budget_pointer(), wanted->intersection(alike)->size());
  if (mapping->share.bytes() == 0) return {};
  mapping->size = mapping->share.bytes();
  mapping->buffer = std::make_unique<std::uint8_t[]>(mapping->size);
  mapping->data = mapping->buffer.get();
  if (direction == Direction::read)
    mapping->fill_result = space.read(address, mapping->data, mapping->size, attributes);
  return MappedMemory(std::move(mapping));
}

MappedMemory& MappedMemory::operator=(MappedMemory&& other) noexcept {
  const MappedMemory replaced(std::move(*this));
  mapping_ = std::move(other.mapping_);
  return *this;
}

MappedMemory::~MappedMemory() {
  if (mapping_ == nullptr) return;
  try {
    (void)mapping_->write_back(mapping_->size);
  } catch (...) {
    // A destructor has nobody to hand it to; unmap() does.
  }
}

AccessResult MappedMemory::unmap(std::uint64_t accessed) {
  if (mapping_ == nullptr) throw MapError("memory is unmapped that is not mapped");
  if (accessed > mapping_->size)
    throw MapError(fmt::format("{:#x} bytes are said to have been accessed of the {:#x} that are mapped at {:#x}",
                               accessed, mapping_->size, mapping_->address));
  const std::unique_ptr<Mapping> ended = std::move(mapping_);
  return ended->write_back(accessed);
}

AccessResult MappedMemory::Mapping::write_back(std::uint64_t accessed) const {
  if (direction == Direction::read || accessed == 0) return AccessResult::ok;
  if (block == nullptr)
    return share.space() == nullptr ? AccessResult::unmapped
                                    : share.space()->write(address, data, accessed, attributes);
  if (block->region != nullptr) block->region->note_write({block_offset, block_offset + (accessed - 1)});
  return AccessResult::ok;
}

}  // namespace sc_memory
