// A PCI function: configuration space, base address registers, an interrupt, and a view of memory for its DMA.
//
// A BAR is a region of the map. Software sizes it, moves it, switches it off and on through configuration space, and
// each such write is one MapTransaction: no initiator ever sees a half-moved device, and exactly the direct pointers
// that the move makes stale are taken back. Regions of BARs lie in the bus's address spaces with priority 1, above the
// background that reads all ones; BARs put upon each other hide one another, the last one moved on top.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/region_kinds.h"

#include "models/interrupt_line.h"
#include "models/pci/config_space.h"

namespace sc_memory::models::pci {

/// What a function says it is.
struct Identity {
  std::uint16_t vendor = 0;
  std::uint16_t device = 0;
  std::uint32_t class_code = 0;  ///< Base class, sub-class and programming interface, 24 bits.
  std::uint8_t revision = 0;
  std::uint16_t subsystem_vendor = 0;
  std::uint16_t subsystem = 0;
  bool interrupts = true;  ///< By INTA#.
};

enum class BarKind : std::uint8_t { io, memory32, memory64, memory64_prefetchable };

/// The address spaces of a bus, in which the BARs of its functions lie.
struct BusSpaces {
  ParentRegion* memory = nullptr;
  ParentRegion* io = nullptr;
};

/// In the simulation's thread only. Derive from it, or have one as a member.
class Function {
 public:
  static constexpr unsigned bar_count = 6;

  /// `system` is the memory that the function reaches by DMA while software lets it be bus master; it outlives the
  /// function.
  Function(const std::string& name, const Identity& identity, MemoryRegion& system);
  Function(const Function&) = delete;
  Function& operator=(const Function&) = delete;
  virtual ~Function() = default;

  const std::string& name() const { return name_; }

  /// The BAR numbered `index`, behind which `region` lies; a 64-bit one takes the next number as well. Throws MapError
  /// if the region's size is no power of two from 16 bytes (I/O: 4) on, or the number is taken.
  void add_bar(unsigned index, BarKind kind, MemoryRegion& region);
  ConfigSpace& config() { return config_; }

  /// Puts the function on a bus. It leaves the bus's spaces with its regions.
  void connect(const BusSpaces& bus) { bus_ = bus; }

  /// Software's accesses to configuration space: any width up to four bytes, within it.
  virtual std::uint32_t read_config(unsigned offset, unsigned bytes) { return config_.read(offset, bytes); }
  virtual void write_config(unsigned offset, std::uint32_t value, unsigned bytes);

  /// What the function reaches by DMA, in the system's addresses: nothing while it is not bus master.
  AddressSpace& dma_space() { return dma_space_; }

  /// INTA#, after the function's own interrupt disable bit.
  InterruptLine& interrupt() { return interrupt_; }
  /// The function wants to interrupt, or no longer.
  void set_interrupt(bool level);

  /// Where a BAR's region lies in its space of the bus; nothing if it is not mapped.
  std::optional<AddressRange> bar_range(unsigned index) const;

 private:
  struct Bar {
    BarKind kind = BarKind::memory32;
    MemoryRegion* region = nullptr;
  };

  bool decodes(std::uint16_t bit) const { return (config_.read(reg::kCommand, 2) & bit) != 0; }
  ParentRegion* space_of(const Bar& bar) const { return bar.kind == BarKind::io ? bus_.io : bus_.memory; }
  std::optional<Address> wanted_address(unsigned index) const;
  void update_bar(unsigned index);
  void update_interrupt();

  std::string name_;
  ConfigSpace config_;
  std::array<Bar, bar_count> bars_;
  BusSpaces bus_;
  bool interrupt_wanted_ = false;
  InterruptLine interrupt_;
  Container dma_root_;
  AliasRegion bus_master_;
  AddressSpace dma_space_;
};

}  // namespace sc_memory::models::pci
