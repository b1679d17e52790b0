// What follows from a write to configuration space.
#include "models/pci/function.h"

#include <fmt/format.h>

#include "sc_memory/map/map_error.h"
#include "sc_memory/map/map_transaction.h"

namespace sc_memory::models::pci {

namespace {

constexpr std::uint32_t kBarIo = 1;
constexpr std::uint32_t kBar64 = 4;
constexpr std::uint32_t kBarPrefetchable = 8;
constexpr std::uint32_t kIoFlags = 0x3;
constexpr std::uint32_t kMemoryFlags = 0xf;
constexpr std::uint8_t kPinA = 1;

constexpr bool is_power_of_two(std::uint64_t n) { return n != 0 && (n & (n - 1)) == 0; }
constexpr bool is_64(BarKind kind) { return kind == BarKind::memory64 || kind == BarKind::memory64_prefetchable; }
constexpr unsigned offset_of(unsigned bar) { return reg::kBar0 + 4 * bar; }

std::uint32_t flags_of(BarKind kind) {
  switch (kind) {
    case BarKind::io:
      return kBarIo;
    case BarKind::memory64:
      return kBar64;
    case BarKind::memory64_prefetchable:
      return kBar64 | kBarPrefetchable;
    default:
      return 0;
  }
}

}  // namespace

Function::Function(const std::string& name, const Identity& identity, MemoryRegion& system)
    : name_(name),
      dma_root_("bus master container"),
      bus_master_("bus master", system, 0, system.size()),
      dma_space_(name, dma_root_) {
  bus_master_.set_enabled(false);
  dma_root_.add(0, bus_master_);
  config_.set(reg::kVendor, identity.vendor, 2);
  config_.set(reg::kDevice, identity.device, 2);
  config_.set(reg::kRevision, identity.revision, 1);
  config_.set(reg::kClass, identity.class_code & 0xff, 1);
  config_.set(reg::kClass + 1, identity.class_code >> 8, 2);
  config_.set(reg::kSubsystemVendor, identity.subsystem_vendor, 2);
  config_.set(reg::kSubsystem, identity.subsystem, 2);
  config_.allow_writes(reg::kCommand,
                       command::kIoSpace | command::kMemorySpace | command::kBusMaster | command::kParityResponse |
                           command::kSystemErrors | command::kInterruptDisable,
                       2);
  config_.allow_writes(reg::kCacheLine, 0xff, 1);
  config_.allow_writes(reg::kLatency, 0xff, 1);
  config_.allow_writes(reg::kInterruptLine, 0xff, 1);
  config_.set(reg::kInterruptPin, identity.interrupts ? kPinA : 0, 1);
}

void Function::add_bar(unsigned index, BarKind kind, MemoryRegion& region) {
  const unsigned registers = is_64(kind) ? 2 : 1;
  const std::uint64_t smallest = kind == BarKind::io ? 4 : 16;
  const bool fits = index + registers <= bar_count && bars_.at(index).region == nullptr &&
                    (!is_64(kind) || bars_.at(index + 1).region == nullptr) &&
                    (index == 0 || bars_.at(index - 1).region == nullptr || !is_64(bars_.at(index - 1).kind));
  if (!fits) throw MapError(fmt::format("PCI function '{}': BAR {} is taken or does not exist", name_, index));
  if (!is_power_of_two(region.size()) || region.size() < smallest ||
      (!is_64(kind) && region.size() > UINT64_C(0x8000'0000)))
    throw MapError(fmt::format("PCI function '{}': a BAR cannot have {:#x} bytes, as {} has", name_, region.size(),
                               describe(region)));
  bars_[index] = {kind, &region};
  const std::uint64_t mask = ~(region.size() - 1);
  config_.set(offset_of(index), flags_of(kind), 4);
  config_.allow_writes(offset_of(index), static_cast<std::uint32_t>(mask), 4);
  if (is_64(kind)) config_.allow_writes(offset_of(index + 1), static_cast<std::uint32_t>(mask >> 32), 4);
}

void Function::write_config(unsigned offset, std::uint32_t value, unsigned bytes) {
  config_.write(offset, value, bytes);
  if (offset >= reg::kHeaderEnd) return;
  MapTransaction change;
  bus_master_.set_enabled(decodes(command::kBusMaster));
  for (unsigned index = 0; index < bar_count; ++index) update_bar(index);
  change.commit();
  update_interrupt();
}

/// Where software wants a BAR to be; nothing if it is off: the space is not decoded, or the address is none. Address 0,
/// which every BAR has after reset, and one from which the BAR would reach the end of its space, which it has while it
/// is sized, are none.
std::optional<Address> Function::wanted_address(unsigned index) const {
  const Bar& bar = bars_[index];
  const bool is_io = bar.kind == BarKind::io;
  if (!decodes(is_io ? command::kIoSpace : command::kMemorySpace)) return std::nullopt;
  Address address = config_.read(offset_of(index), 4) & ~(is_io ? kIoFlags : kMemoryFlags);
  if (is_64(bar.kind)) address |= Address{config_.read(offset_of(index + 1), 4)} << 32;
  const Address limit = is_io ? 0xffff : is_64(bar.kind) ? UINT64_MAX : UINT32_MAX;
  const bool reaches_end = bar.region->size() > limit - address;
  if (address == 0 || address > limit || reaches_end) return std::nullopt;
  return address;
}

/// A BAR that stays where it is is left alone.
void Function::update_bar(unsigned index) {
  const Bar& bar = bars_[index];
  if (bar.region == nullptr) return;
  ParentRegion* const space = space_of(bar);
  const std::optional<Address> address = space != nullptr ? wanted_address(index) : std::nullopt;
  const bool is_mapped = bar.region->parent() != nullptr;
  if (!address) {
    if (is_mapped) bar.region->parent()->remove(*bar.region);
  } else if (!is_mapped) {
    space->add(*address, *bar.region, Priority{1});
  } else if (bar.region->address() != *address) {
    bar.region->set_address(*address);
  }
}

std::optional<AddressRange> Function::bar_range(unsigned index) const {
  const MemoryRegion* const region = bars_.at(index).region;
  if (region == nullptr || region->parent() == nullptr) return std::nullopt;
  return region->range_in_parent();
}

void Function::set_interrupt(bool level) {
  interrupt_wanted_ = level;
  update_interrupt();
}

void Function::update_interrupt() {
  const std::uint32_t rest = config_.read(reg::kStatus, 2) & ~std::uint32_t{status::kInterrupt};
  config_.set(reg::kStatus, rest | (interrupt_wanted_ ? status::kInterrupt : 0), 2);
  interrupt_.set(interrupt_wanted_ && !decodes(command::kInterruptDisable));
}

}  // namespace sc_memory::models::pci
