// What stands before a handler: event triggers and the queue of coalesced writes.
#include "sc_memory/map/io_region.h"

#include <algorithm>
#include <fmt/format.h>

#include "sc_memory/map/coalesced_writes.h"
#include "sc_memory/map/map_error.h"
#include "sc_memory/map/map_state.h"
#include "sc_memory/map/region_change.h"

namespace sc_memory {

namespace {

std::uint64_t low_bytes(std::uint64_t value, std::size_t length) {
  return length >= 8 ? value : value & ((UINT64_C(1) << (8 * length)) - 1);
}

bool is_event_size(unsigned size) { return size == 0 || size == 1 || size == 2 || size == 4 || size == 8; }

std::string describe(const EventTrigger& trigger) {
  return fmt::format("the event trigger at offset {:#x}, size {}{}", trigger.offset, trigger.size,
                     trigger.match_data ? fmt::format(", data {:#x}", trigger.data) : std::string());
}

}  // namespace

HandlerPath::HandlerPath(ParentRegion& region, std::unique_ptr<IoHandler> handler)
    : region_(region), handler_(std::move(handler)) {
  if (handler_ == nullptr)
    throw MapError(fmt::format(
        "'{}' has no handler; a region that claims addresses and serves none is a ReservedRegion", region.name()));
}

HandlerPath::~HandlerPath() { drop_coalesced(); }

void HandlerPath::drop_coalesced() noexcept { CoalescedWrites::instance().drop(*this); }

void HandlerPath::before_access() {
  if (flushes_coalesced()) CoalescedWrites::instance().flush();
}

AccessResult HandlerPath::watched_write(Address offset, const std::uint8_t* data, std::size_t length,
                                        const Attributes& attributes) {
  if (!attributes.debug && is_coalesced(offset, length)) {
    CoalescedWrites::instance().push(*this, offset, data, length, attributes);
    return AccessResult::ok;
  }
  before_access();
  if (const EventTrigger* trigger = attributes.debug ? nullptr : matching_trigger(offset, data, length)) {
    trigger->notifier->notify();
    return AccessResult::ok;
  }
  return handler_->write(offset, data, length, attributes);
}

const EventTrigger* HandlerPath::matching_trigger(Address offset, const std::uint8_t* data, std::size_t length) const {
  const auto found = std::find_if(triggers_.begin(), triggers_.end(), [&](const EventTrigger& trigger) {
    if (trigger.offset != offset || (trigger.size != 0 && trigger.size != length)) return false;
    if (!trigger.match_data) return true;
    return length <= 8 && number_from(data, length, handler_->endian()) == low_bytes(trigger.data, length);
  });
  return found == triggers_.end() ? nullptr : &*found;
}

bool HandlerPath::is_coalesced(Address offset, std::size_t length) const {
  const AddressRange access{offset, offset + (length - 1)};
  return length <= CoalescedWrites::kMaxLength &&
         std::any_of(coalesced_.begin(), coalesced_.end(),
                     [&](const AddressRange& range) { return range.contains(access); });
}

void HandlerPath::add_coalescing(const AddressRange& range) {
  if (!region_.extent() || !region_.extent()->contains(range))
    throw MapError(fmt::format("coalescing [{:#x}-{:#x}] reaches beyond the end of {}", range.first, range.last,
                               describe(region_)));
  std::vector<AddressRange> ranges = coalesced_;
  ranges.push_back(range);
  change_watches(range, [&] { coalesced_.swap(ranges); });
}

void HandlerPath::clear_coalescing() {
  CoalescedWrites::instance().flush();
  if (coalesced_.empty()) return;
  std::vector<AddressRange> ranges;
  change_watches(AddressRange::whole(), [&] { coalesced_.swap(ranges); });
}

void HandlerPath::set_flush_coalesced(bool flush) {
  flush_coalesced_ = flush;
  update_watched();
}

void HandlerPath::add_event_trigger(const EventTrigger& trigger) {
  if (trigger.notifier == nullptr)
    throw MapError(fmt::format("{} of {} has no notifier", describe(trigger), describe(region_)));
  if (!is_event_size(trigger.size))
    throw MapError(
        fmt::format("{} of {}: the size must be 1, 2, 4, 8, or 0 for any", describe(trigger), describe(region_)));
  if (!region_.extent() || !region_.extent()->contains(trigger.offset))
    throw MapError(fmt::format("{} lies beyond the end of {}", describe(trigger), describe(region_)));
  if (std::find(triggers_.begin(), triggers_.end(), trigger) != triggers_.end())
    throw MapError(fmt::format("{} of {} is there already", describe(trigger), describe(region_)));
  std::vector<EventTrigger> triggers = triggers_;
  triggers.push_back(trigger);
  change_watches({trigger.offset, trigger.offset}, [&] { triggers_.swap(triggers); });
}

void HandlerPath::remove_event_trigger(const EventTrigger& trigger) {
  std::vector<EventTrigger> triggers = triggers_;
  const auto found = std::find(triggers.begin(), triggers.end(), trigger);
  if (found == triggers.end()) throw MapError(fmt::format("{} has not {}", describe(region_), describe(trigger)));
  triggers.erase(found);
  change_watches({trigger.offset, trigger.offset}, [&] { triggers_.swap(triggers); });
}

template <typename Swap>
void HandlerPath::change_watches(const AddressRange& part, Swap&& swap) {
  const auto swapped = [&] {
    swap();
    update_watched();
  };
  commit_change(
      [&] {
        MapState::instance().touch(region_, part);
        swapped();
      },
      swapped);
}

IoRegion::IoRegion(std::string name, std::uint64_t size, std::unique_ptr<IoHandler> handler)
    : IoRegion(std::move(name), size, std::move(handler), Service::handler) {}

IoRegion::IoRegion(std::string name, std::uint64_t size, std::unique_ptr<IoHandler> handler, Service service)
    : ParentRegion(RegionKind::io, std::move(name), size, {service, nullptr, false, false, 0}),
      path_(*this, std::move(handler)) {}

void IoRegion::detach() noexcept {
  // First: leaving the map is a change of it, and would deliver them to a device that is about to go.
  path_.drop_coalesced();
  ParentRegion::detach();
}

RomDeviceRegion::RomDeviceRegion(std::string name, std::uint64_t size, std::unique_ptr<IoHandler> handler)
    : RomDeviceRegion(std::move(name), HostMemory::anonymous(size), std::move(handler)) {}

RomDeviceRegion::RomDeviceRegion(std::string name, HostMemory memory, std::unique_ptr<IoHandler> handler)
    : MemoryBackedRegion(RegionKind::rom_device, std::move(name), memory.size(), std::move(memory),
                         {Service::handler, nullptr, true, false, 0}),
      path_(*this, std::move(handler)) {}

void RomDeviceRegion::detach() noexcept {
  path_.drop_coalesced();
  MemoryBackedRegion::detach();
}

void RomDeviceRegion::set_readable(bool readable) {
  if (readable == this->readable()) return;
  RegionService changed = service();
  changed.direct_reads = readable;
  change_service(changed);
}

HandlerPath* handler_path(MemoryRegion& region) {
  switch (region.kind()) {
    case RegionKind::io:
      return &static_cast<IoRegion&>(region).path();
    case RegionKind::rom_device:
      return &static_cast<RomDeviceRegion&>(region).path();
    default:
      return nullptr;
  }
}

}  // namespace sc_memory
