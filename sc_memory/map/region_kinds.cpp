// Memory regions and aliases: what their setters change, and who hears of it.
#include "sc_memory/map/region_kinds.h"

#include <algorithm>
#include <atomic>
#include <fmt/format.h>

#include "sc_memory/map/cycle_check.h"
#include "sc_memory/map/map_error.h"
#include "sc_memory/map/map_transaction.h"
#include "sc_memory/map/region_change.h"
#include "sc_memory/map/section_walk.h"

namespace sc_memory {

AliasRegion::AliasRegion(std::string name, MemoryRegion& target, Address offset, std::uint64_t size)
    : MemoryRegion(RegionKind::alias, std::move(name), size), target_(&target), alias_offset_(offset) {
  target.aliases_.make_room();
  target.aliases_.insert(shown_range(), *this);
}

AliasRegion::~AliasRegion() { detach(); }

void AliasRegion::detach() noexcept {
  MemoryRegion::detach();
  if (target_ == nullptr) return;
  target_->aliases_.remove(shown_range(), *this);
  target_ = nullptr;
}

AddressRange AliasRegion::shown_range() const {
  return AddressRange::sized(alias_offset_, size()).value_or(AddressRange{alias_offset_, alias_offset_});
}

void AliasRegion::make_room_in_indexes() {
  MemoryRegion::make_room_in_indexes();
  if (target_ != nullptr) target_->aliases_.make_room();
}

void AliasRegion::leave_indexes() noexcept {
  MemoryRegion::leave_indexes();
  if (target_ != nullptr) target_->aliases_.remove(shown_range(), *this);
}

void AliasRegion::enter_indexes() noexcept {
  MemoryRegion::enter_indexes();
  if (target_ != nullptr) target_->aliases_.insert(shown_range(), *this);
}

void AliasRegion::set_alias_offset(Address offset) {
  if (offset == alias_offset_) return;
  ProposedRegion proposed(*this);
  proposed.alias_offset = offset;
  if (const auto cycle = cycle_closed_by(proposed))
    throw MapError(fmt::format("cannot let {} show its target from {:#x} on: that would close the cycle {}",
                               describe(*this), offset, *cycle));
  const Address old_offset = alias_offset_;
  relocate(
      AddressRange::whole(), [&] { alias_offset_ = offset; }, [&] { alias_offset_ = old_offset; });
}

MemorySpan AliasRegion::memory() const {
  Address offset = alias_offset_;
  std::uint64_t size = this->size();
  const MemoryRegion* region = target_;
  while (region != nullptr && region->kind() == RegionKind::alias) {
    const auto& alias = static_cast<const AliasRegion&>(*region);
    const auto part = AddressRange::sized(offset, std::min(size, alias.size()));
    const auto moved = part && offset < alias.size() ? part->moved_up(alias.alias_offset_) : std::nullopt;
    if (!moved) return {};
    size = std::min(size, alias.size() - offset);
    offset = moved->first;
    region = alias.target_;
  }
  const bool has_memory = region != nullptr && region->service().memory != nullptr && offset < region->size();
  if (!has_memory) return {};
  return {region->service().memory + offset, std::min(size, region->size() - offset)};
}

namespace {

/// Blocks get consecutive numbers with an unused page between them.
std::uint64_t allocate_ram_address(std::uint64_t size) {
  static std::atomic<std::uint64_t> next{0};
  const std::uint64_t pages = size / DirtyLog::kPageBytes + 2;
  return next.fetch_add(pages * DirtyLog::kPageBytes);
}

}  // namespace

MemoryBackedRegion::MemoryBackedRegion(RegionKind kind, std::string name, std::uint64_t size, HostMemory&& memory,
                                       RegionService service)
    : ParentRegion(kind, std::move(name), size, (service.memory = memory.data(), service)),
      block_(std::make_shared<MemoryBlock>(MemoryBlock{std::move(memory), this})),
      dirty_(block_->memory.size()),
      ram_address_(allocate_ram_address(block_->memory.size())) {}

void MemoryBackedRegion::set_log(DirtyClient client, bool log) {
  RegionService changed = service();
  const auto bit = static_cast<std::uint8_t>(1U << static_cast<unsigned>(client));
  changed.log_mask = static_cast<std::uint8_t>(log ? changed.log_mask | bit : changed.log_mask & ~bit);
  if (changed.log_mask != service().log_mask) change_service(changed);
}

void MemoryBackedRegion::check_inside(const AddressRange& range) const {
  if (!extent() || !extent()->contains(range))
    throw MapError(fmt::format("[{:#x}-{:#x}] reaches beyond the end of {}, which has {:#x} bytes", range.first,
                               range.last, describe(*this), size()));
}

bool MemoryBackedRegion::is_dirty(const AddressRange& range, DirtyClient client) const {
  check_inside(range);
  return dirty_.is_dirty(range, client);
}

void MemoryBackedRegion::set_dirty(const AddressRange& range) {
  check_inside(range);
  note_write(range);
}

bool MemoryBackedRegion::test_and_clear_dirty(const AddressRange& range, DirtyClient client) {
  check_inside(range);
  const bool dirty = dirty_.test_and_clear(range, client);
  if (dirty) tell_direct_access_changed(range);
  return dirty;
}

void MemoryBackedRegion::reset_dirty(const AddressRange& range, DirtyClient client) {
  test_and_clear_dirty(range, client);
}

std::vector<bool> MemoryBackedRegion::snapshot_and_clear_dirty(const AddressRange& range, DirtyClient client) {
  check_inside(range);
  std::vector<bool> pages = dirty_.snapshot_and_clear(range, client);
  if (std::find(pages.begin(), pages.end(), true) != pages.end()) tell_direct_access_changed(range);
  return pages;
}

namespace {

/// The whole pages that `range` touches, cut at the region's end.
AddressRange whole_pages(const AddressRange& range, const MemoryRegion& region) {
  constexpr std::uint64_t kMask = DirtyLog::kPageBytes - 1;
  return {range.first & ~kMask, std::min(range.last | kMask, region.extent()->last)};
}

}  // namespace

void MemoryBackedRegion::tell_direct_access_changed(const AddressRange& range) {
  tell_sections_of(*this, whole_pages(range, *this), [](MemoryListener& listener, const Section& section) {
    listener.direct_access_changed(section, DirectAccessChange::dirty_log);
  });
}

void MemoryBackedRegion::sync_dirty_log() {
  if (extent())
    tell_sections_of(*this, *extent(),
                     [](MemoryListener& listener, const Section& section) { listener.log_sync(section); });
}

namespace {

constexpr RegionService kRamService{Service::memory, nullptr, true, true, 0};

}  // namespace

RamRegion::RamRegion(std::string name, std::uint64_t size) : RamRegion(std::move(name), HostMemory::anonymous(size)) {}

RamRegion::RamRegion(std::string name, HostMemory memory)
    : MemoryBackedRegion(RegionKind::ram, std::move(name), memory.size(), std::move(memory), kRamService) {}

RamRegion::RamRegion(std::string name, std::uint64_t size, HostMemory&& memory)
    : MemoryBackedRegion(RegionKind::ram, std::move(name), size, std::move(memory), kRamService) {}

std::unique_ptr<RamRegion> RamRegion::resizable(std::string name, std::uint64_t size, std::uint64_t max_size) {
  if (size > max_size)
    throw MapError(fmt::format("'{}': the size {:#x} is above the maximal size {:#x}", name, size, max_size));
  return std::unique_ptr<RamRegion>(new RamRegion(std::move(name), size, HostMemory::anonymous(max_size)));
}

void RamRegion::resize(std::uint64_t size) {
  if (size > host_memory().size())
    throw MapError(fmt::format("{} cannot be resized to {:#x} bytes: it has memory for {:#x}", describe(*this), size,
                               host_memory().size()));
  change_size(size);
}

void RamRegion::discard(const AddressRange& range) {
  check_inside(range);
  block()->memory.discard(range.first, range.size());
  note_write(range);
}

RomRegion::RomRegion(std::string name, std::uint64_t size) : RamRegion(std::move(name), size) { set_readonly(true); }

RomRegion::RomRegion(std::string name, HostMemory memory) : RamRegion(std::move(name), std::move(memory)) {
  set_readonly(true);
}

}  // namespace sc_memory
