// The memory-mapped transport, version 2 (Virtual I/O Device 1.2, 4.2): a page of registers with a device behind it, or
// an empty slot.
//
//   0x000 magic "virt"          0x038 queue size            0x080 0x084 descriptor area
//   0x004 version 2             0x044 queue ready           0x090 0x094 driver area
//   0x008 device id, 0 = empty  0x050 queue notify          0x0a0 0x0a4 device area
//   0x00c vendor                0x060 interrupt status      0x0ac-0x0bc shared memory: there is none
//   0x010 0x014 features        0x064 interrupt acknowledge 0x0fc configuration generation
//   0x020 0x024 driver features 0x070 status                0x100 configuration
//   0x030 queue select, 0x034 its maximum size
#pragma once

#include <cstdint>
#include <string>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/io_region.h"

#include "models/interrupt_line.h"
#include "models/virtio/device.h"

namespace sc_memory::models::virtio {

/// Registers take aligned accesses of four bytes; the configuration takes any width. Others are rejected. Debug reads
/// are reads, which have no side effects; debug writes do nothing.
class MmioTransport {
 public:
  static constexpr std::uint64_t size = 0x200;

  /// An empty slot: a device of id 0, which drivers leave alone.
  explicit MmioTransport(std::string name);

  /// Puts a device into the slot, whose rings and buffers are in `memory`. Both outlive the transport's use.
  void plug(Device& device, AddressSpace& memory);

  IoRegion& region() { return region_; }
  InterruptLine& interrupt() { return interrupt_; }

 private:
  std::uint32_t read_register(Address offset) const;
  std::uint32_t read_device_register(Address offset) const;
  void write_register(Address offset, std::uint32_t value);
  void write_queue_register(Queue& queue, Address offset, std::uint32_t value);

  Device* device_ = nullptr;
  bool device_features_high_ = false;
  bool driver_features_high_ = false;
  std::uint32_t queue_select_ = 0;
  InterruptLine interrupt_;
  IoRegion region_;
};

}  // namespace sc_memory::models::virtio
