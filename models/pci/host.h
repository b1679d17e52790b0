// A generic PCI Express host with ECAM, as Linux's pci-host-generic and QEMU's gpex have it: one bus, whose functions'
// configuration spaces lie side by side in a region, and whose memory and I/O spaces are regions that the platform
// shows through windows of its own map.
//
//     pci::Host pci(system);
//     system.add(0x3000'0000, pci.ecam());
//     AliasRegion window{"pcie-mmio", pci.memory_space(), 0x4000'0000, 0x4000'0000};
//     system.add(0x4000'0000, window);
//     system.add(0x300'0000, pci.io_space());
//     pci.plug(1, disk);
//
// Where no function answers, reads give all ones and writes are lost, in configuration space (Base Specification 2.3.2)
// as in the windows: that is how software finds out what is there.
#pragma once

#include <array>
#include <cstdint>

#include "sc_memory/map/io_region.h"
#include "sc_memory/map/region_kinds.h"

#include "models/interrupt_line.h"
#include "models/pci/function.h"

namespace sc_memory::models::pci {

/// Bus 0 with 32 slots, one function each; slot 0 is the host bridge itself. There are no other buses. Interrupts are
/// INTx only, without MSI: INTA# of slot n goes to line n modulo 4, the swizzling of the PCI-to-PCI Bridge Architecture
/// Specification 9.1. In the simulation's thread only.
class Host {
 public:
  static constexpr unsigned slots = 32;
  static constexpr unsigned interrupt_lines = 4;
  static constexpr std::uint64_t ecam_size = 256 * 1024 * 1024;  ///< 256 buses of 1 MiB.
  static constexpr std::uint64_t io_space_size = 64 * 1024;

  /// `system` is what the host bridge would reach by DMA; it outlives the host.
  explicit Host(MemoryRegion& system);
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  /// Puts a function into a slot that is free. It outlives the host's use. Throws MapError otherwise.
  void plug(unsigned slot, Function& function);
  /// Null if the slot is empty.
  Function* function(unsigned slot) const { return functions_.at(slot); }

  /// Configuration space: bus number times 1 MiB + slot times 32 KiB + function times 4 KiB + register. Aligned
  /// accesses of any width, of which one of eight bytes is two. Debug reads are reads; debug writes do nothing.
  IoRegion& ecam() { return ecam_; }
  /// All 2^64 bus addresses of memory space: a window shows some, at the same addresses.
  IoRegion& memory_space() { return memory_space_; }
  IoRegion& io_space() { return io_space_; }

  /// A line is high while any function on it interrupts.
  InterruptLine& interrupt(unsigned line) { return interrupts_.at(line); }

 private:
  Function* decode(Address offset) const;
  std::uint64_t read_config(Address offset, unsigned bytes, bool debug) const;
  void set_interrupt(unsigned slot, bool level);

  std::array<Function*, slots> functions_{};
  std::uint32_t levels_ = 0;  ///< Of INTA#, a bit a slot.
  std::array<InterruptLine, interrupt_lines> interrupts_;
  IoRegion ecam_;
  IoRegion memory_space_;
  Container memory_bars_;
  IoRegion io_space_;
  Container io_bars_;
  Function bridge_;
};

}  // namespace sc_memory::models::pci
