// The PCI transport (Virtual I/O Device 1.2, 4.1), without the legacy interface: a PCI function whose BAR 4 holds four
// pages of registers, found through capabilities in its configuration space.
//
//   0x0000 common configuration    features, status, queues
//   0x1000 interrupt status        cleared by reading it
//   0x2000 device configuration
//   0x3000 notifications           four bytes for each queue
//
// A fifth capability lets software reach the BAR through configuration space alone, mapped or not. Interrupts are
// INTA#; there is no MSI-X, which drivers find out and do without.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/io_region.h"

#include "models/pci/function.h"
#include "models/virtio/device.h"

namespace sc_memory::models::virtio {

/// Registers take any aligned access to read; writes have the register's width, or half of one of eight bytes, and do
/// nothing otherwise. Debug reads clear nothing, debug writes do nothing.
class PciTransport final : public pci::Function {
 public:
  static constexpr unsigned bar = 4;

  /// `device` has its rings and buffers in what the function reaches by DMA in `system`. Both outlive the transport.
  PciTransport(const std::string& name, Device& device, MemoryRegion& system);

  std::uint32_t read_config(unsigned offset, unsigned bytes) override;
  void write_config(unsigned offset, std::uint32_t value, unsigned bytes) override;

 private:
  IoRegion make_page(const std::string& kind, std::uint64_t (PciTransport::*read)(Address, unsigned, bool),
                     void (PciTransport::*write)(Address, std::uint64_t, unsigned));
  void add_capabilities();
  std::uint64_t read_common(Address offset, unsigned bytes, bool debug);
  void write_common(Address offset, std::uint64_t value, unsigned bytes);
  std::uint32_t common_register(Address offset) const;
  void write_queue_register(Address offset, std::uint32_t value);
  std::uint64_t read_interrupt_status(Address offset, unsigned bytes, bool debug);
  std::uint64_t read_device(Address offset, unsigned bytes, bool debug);
  void write_device(Address offset, std::uint64_t value, unsigned bytes);
  std::uint64_t read_nothing(Address, unsigned, bool) { return 0; }
  void write_nothing(Address, std::uint64_t, unsigned) {}
  void notify(Address offset, std::uint64_t value, unsigned bytes);
  /// The access that the fifth capability describes now.
  struct WindowAccess {
    Address offset;
    std::uint32_t length;
  };
  std::optional<WindowAccess> window_access(unsigned offset, unsigned bytes);

  Device& device_;
  bool device_features_high_ = false;
  bool driver_features_high_ = false;
  std::uint16_t queue_select_ = 0;
  unsigned window_capability_ = 0;
  Container bar_;
  IoRegion common_;
  IoRegion interrupt_status_;
  IoRegion device_config_;
  IoRegion notifications_;
  AddressSpace bar_space_;
};

}  // namespace sc_memory::models::virtio
