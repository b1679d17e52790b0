// Every device model on one map, and a guest that does anything at all to it: registers, configuration space, queues
// with descriptors that point anywhere, bytes and frames from the host in between. The fuzz target and the randomized
// test drive it, each with bytes of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <systemc>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/region_kinds.h"
#include "sc_memory/tlm/router.h"
#include "sc_memory/tlm/target_region.h"

#include "models/devices/cfi_flash.h"
#include "models/devices/goldfish_rtc.h"
#include "models/devices/sifive_test.h"
#include "models/devices/uart16550.h"
#include "models/pci/dma_test_device.h"
#include "models/pci/host.h"
#include "models/riscv/clint.h"
#include "models/riscv/plic.h"
#include "models/virtio/block.h"
#include "models/virtio/console.h"
#include "models/virtio/entropy.h"
#include "models/virtio/mmio_transport.h"
#include "models/virtio/network.h"
#include "models/virtio/pci_transport.h"
#include "tests/fuzz/byte_source.h"
#include "tests/models/boot/temporary_directory.h"

namespace sc_memory::models::test {

/// Memory is borrowed from a vector, so that a sanitizer sees an access beyond it.
class DeviceStorm : public sc_core::sc_module {
 public:
  explicit DeviceStorm(const sc_core::sc_module_name& name) : sc_module(name) {
    system_.add(kRam, ram_);
    add_device(plic_.region());
    add_device(test_.region());
    add_device(rtc_.region());
    add_device(software_interrupts_);
    software_interrupts_.bind(clint_.software_socket);
    add_device(timer_);
    timer_.bind(clint_.timer_socket);
    add_device(uart_.region());
    add_device(flash_.region());
    plug(disk_);
    plug(console_);
    plug(entropy_);
    plug(network_);
    add_device(pci_.ecam(), 4 << 15);
    add_device(pci_window_, kWindowBytes);
    add_device(pci_.io_space());
    pci_.plug(1, pci_disk_function_);
    pci_.plug(2, dma_.function());
    bus_.initiator("dma", dma_.function().dma_space()).bind(dma_.socket);
    network_.set_transmit([this](const EthernetFrame& frame) { network_.receive(frame); });
    console_.set_transmit([](std::uint8_t) {});
  }

  /// One thing that a guest, or the host on the other side of a device, may do.
  void act(fuzz::ByteSource& bytes) {
    switch (bytes.choice(16)) {
      case 0:
        return start_virtio(bytes);
      case 1:
        return start_pci_disk();
      case 2:
      case 3:
      case 4:
        return offer_chain(bytes);
      case 5:
        return place_bars(bytes);
      case 6:
        uart_.receive(bytes.byte());
        console_.receive(bytes.byte());
        network_.receive(EthernetFrame(bytes.byte() * 8));
        return;
      case 7:
        return sc_core::sc_start(sc_core::sc_time(8.0 * bytes.byte() + 8, sc_core::SC_NS));
      case 8:
        return access(bytes, any_address(bytes));
      default: {
        const Place& device = devices_[bytes.choice(devices_.size())];
        const std::uint64_t offset = bytes.choice(4) == 0 ? bytes.number<std::uint32_t>() : bytes.byte() * 4U;
        return access(bytes, device.first + offset % device.size);
      }
    }
  }

  /// Takes every device back to its beginning, as far as a guest can, and returns whether they still answer.
  bool survives() {
    for (const Place& slot : slots_) {
      store<std::uint32_t>(slot.first + 0x70, 0);
      if (load<std::uint32_t>(slot.first) != 0x74726976 || load<std::uint32_t>(slot.first + 0x70) != 0) return false;
    }
    map_pci_disk();
    store<std::uint8_t>(kPciDiskStatus, 0);
    const bool has_its_queue = load<std::uint16_t>(kWindow + 0x12) == 1;
    return load<std::uint32_t>(ecam_) == 0x00081b36 && has_its_queue && load<std::uint8_t>(kPciDiskStatus) == 0;
  }

  /// How many chains of descriptors devices have given back: that the storm gets beyond registers.
  std::uint64_t chains_used_by_slots() const { return chains_used_by_slots_; }
  std::uint64_t chains_used_by_pci_disk() const { return chains_used_by_pci_disk_; }

 private:
  struct Place {
    Address first;
    std::uint64_t size;
  };

  static constexpr Address kRam = 0x8000'0000;
  static constexpr std::uint64_t kRamBytes = 0x4'0000;
  static constexpr Address kWindow = 0x4000'0000;
  static constexpr std::uint64_t kWindowBytes = 0x10'0000;
  static constexpr Address kPciDiskStatus = kWindow + 0x14;
  static constexpr std::uint16_t kQueueSize = 8;

  void add_device(MemoryRegion& region) { add_device(region, region.size()); }
  /// The window shows bus addresses at the same addresses; everything else is 4 GiB apart.
  void add_device(MemoryRegion& region, std::uint64_t accessed_bytes) {
    const Address first = &region == &pci_window_ ? kWindow : 0x1'0000'0000 * (devices_.size() + 1);
    system_.add(first, region);
    devices_.push_back({first, accessed_bytes});
    if (&region == &pci_.ecam()) ecam_ = first;
  }
  void plug(virtio::Device& device) {
    transports_.push_back(std::make_unique<virtio::MmioTransport>("virtio-mmio"));
    transports_.back()->plug(device, memory_);
    add_device(transports_.back()->region());
    slots_.push_back(devices_.back());
  }
  template <typename T>
  T load(Address address) {
    T value{};
    memory_.read(address, &value, sizeof value);
    return value;
  }
  template <typename T>
  void store(Address address, T value) {
    memory_.write(address, &value, sizeof value);
  }

  Address any_address(fuzz::ByteSource& bytes) {
    switch (bytes.choice(4)) {
      case 0:
        return bytes.number<std::uint64_t>();
      case 1:
        return devices_[bytes.choice(devices_.size())].first + bytes.byte();
      default:
        return kRam + bytes.number<std::uint32_t>() % (kRamBytes + 16);
    }
  }

  void access(fuzz::ByteSource& bytes, Address address) {
    std::uint8_t data[64];
    const std::size_t length = bytes.choice(4) == 0 ? 1 + bytes.choice(sizeof data) : std::size_t{1} << bytes.choice(4);
    if (bytes.choice(4) != 0) address &= ~Address{length - 1};
    Attributes attributes;
    attributes.debug = bytes.choice(16) == 0;
    if (bytes.choice(2) == 0) {
      memory_.read(address, data, length, attributes);
      return;
    }
    const std::uint64_t number = bytes.choice(2) == 0 ? any_address(bytes) : bytes.byte();
    for (std::size_t i = 0; i < length; ++i) data[i] = static_cast<std::uint8_t>(number >> (8 * (i % 8)));
    memory_.write(address, data, length, attributes);
  }

  /// As a driver that knows what it does, up to DRIVER_OK.
  void start_virtio(fuzz::ByteSource& bytes) {
    const Address slot = slots_[bytes.choice(slots_.size())].first;
    store<std::uint32_t>(slot + 0x70, 0);
    store<std::uint32_t>(slot + 0x70, 3);
    store<std::uint32_t>(slot + 0x24, 1);
    store<std::uint32_t>(slot + 0x20, 1);
    store<std::uint32_t>(slot + 0x24, 0);
    store<std::uint32_t>(slot + 0x20, bytes.number<std::uint32_t>() & 0x3000'0000);
    store<std::uint32_t>(slot + 0x70, 11);
    for (std::uint32_t queue = 0; queue < 2; ++queue) {
      const Address area = queue_area(queue);
      store<std::uint32_t>(slot + 0x30, queue);
      store<std::uint32_t>(slot + 0x38, kQueueSize);
      store<std::uint32_t>(slot + 0x80, static_cast<std::uint32_t>(area));
      store<std::uint32_t>(slot + 0x90, static_cast<std::uint32_t>(area + 0x800));
      store<std::uint32_t>(slot + 0xa0, static_cast<std::uint32_t>(area + 0xc00));
      store<std::uint16_t>(area + 0x802, 0);
      store<std::uint32_t>(slot + 0x44, 1);
    }
    store<std::uint32_t>(slot + 0x70, 15);
  }
  /// At the beginning of the window, with nothing upon it.
  void map_pci_disk() {
    for (const std::uint32_t slot : {1U, 2U}) store<std::uint16_t>(ecam_ + (slot << 15) + 4, 0);
    store<std::uint64_t>(ecam_ + (1 << 15) + 0x20, kWindow);
    store<std::uint16_t>(ecam_ + (1 << 15) + 4, 6);
  }
  void start_pci_disk() {
    map_pci_disk();
    store<std::uint8_t>(kPciDiskStatus, 0);
    store<std::uint8_t>(kPciDiskStatus, 3);
    store<std::uint32_t>(kWindow + 8, 1);
    store<std::uint32_t>(kWindow + 0xc, 1);
    store<std::uint8_t>(kPciDiskStatus, 11);
    store<std::uint16_t>(kWindow + 0x16, 0);
    store<std::uint16_t>(kWindow + 0x18, kQueueSize);
    const Address area = queue_area(0);
    store<std::uint64_t>(kWindow + 0x20, area);
    store<std::uint64_t>(kWindow + 0x28, area + 0x800);
    store<std::uint64_t>(kWindow + 0x30, area + 0xc00);
    store<std::uint16_t>(area + 0x802, 0);
    store<std::uint16_t>(kWindow + 0x1c, 1);
    store<std::uint8_t>(kPciDiskStatus, 15);
  }
  static Address queue_area(std::uint32_t queue) { return kRam + 0x1000 * queue; }

  /// A chain of up to three descriptors, more or less as a driver makes them, and a notification.
  void offer_chain(fuzz::ByteSource& bytes) {
    const auto queue = static_cast<std::uint32_t>(bytes.choice(2));
    const Address area = queue_area(queue);
    const std::size_t count = 1 + bytes.choice(3);
    for (std::size_t i = 0; i < count; ++i) {
      const Address descriptor = area + 16 * i;
      const bool is_wild = bytes.choice(8) == 0;
      const Address buffer = kRam + 0x8000 + 0x1000 * i;
      if (i == 0) store<std::uint64_t>(buffer, bytes.choice(12));  // A block request's header.
      if (i == 0) store<std::uint64_t>(buffer + 8, bytes.byte());
      store<std::uint64_t>(descriptor, is_wild ? any_address(bytes) : buffer);
      store<std::uint32_t>(descriptor + 8, is_wild                ? bytes.number<std::uint32_t>()
                                           : i == 0               ? 16
                                           : bytes.choice(2) == 0 ? 512
                                                                  : bytes.byte());
      const unsigned flags = is_wild ? bytes.byte() % 8 : (i + 1 < count ? 1 : 0) | (i > 0 ? 2 : 0);
      store<std::uint16_t>(descriptor + 12, static_cast<std::uint16_t>(flags));
      store<std::uint16_t>(descriptor + 14, is_wild ? bytes.byte() % 10 : static_cast<std::uint16_t>(i + 1));
    }
    const auto available = load<std::uint16_t>(area + 0x802);
    store<std::uint16_t>(area + 0x804 + 2 * (available % kQueueSize), 0);
    store<std::uint16_t>(area + 0x802, static_cast<std::uint16_t>(available + 1));
    const auto used = load<std::uint16_t>(area + 0xc02);
    const std::size_t served_by = bytes.choice(slots_.size() + 1);
    const bool is_slot = served_by < slots_.size();
    store<std::uint32_t>(is_slot ? slots_[served_by].first + 0x50 : kWindow + 0x3000 + 4 * queue, queue);
    if (load<std::uint16_t>(area + 0xc02) != used) ++(is_slot ? chains_used_by_slots_ : chains_used_by_pci_disk_);
  }

  /// Somewhere in the window, or anywhere: upon each other, upon nothing.
  void place_bars(fuzz::ByteSource& bytes) {
    const Address function = ecam_ + (static_cast<Address>(1 + bytes.choice(2)) << 15);
    const Address bar = function + (bytes.choice(2) == 0 ? 0x10 : 0x20);
    store<std::uint32_t>(bar, bytes.choice(4) == 0 ? bytes.number<std::uint32_t>()
                                                   : static_cast<std::uint32_t>(kWindow + 0x1000 * bytes.byte()));
    if (bytes.choice(4) == 0) store<std::uint32_t>(bar + 4, bytes.byte() % 2);
    store<std::uint16_t>(function + 4, bytes.choice(4) == 0 ? bytes.byte() : 6);
  }

  TemporaryDirectory directory_;
  std::vector<std::uint8_t> ram_bytes_ = std::vector<std::uint8_t>(kRamBytes);
  Container system_{"system"};
  RamRegion ram_{"ram", HostMemory::borrowed(ram_bytes_.data(), kRamBytes)};
  AddressSpace memory_{"memory", system_};
  Router bus_{"bus"};

  Plic plic_{"plic", 96, 2};
  SifiveTest test_{"test", [](SifiveTest::Outcome) {}};
  GoldfishRtc rtc_{"rtc"};
  Clint clint_{"clint", 2};
  TargetRegion software_interrupts_{"clint-software", Clint::software_size};
  TargetRegion timer_{"clint-timer", Clint::timer_size};
  Uart16550 uart_{"uart"};
  CfiFlash flash_{"flash", CfiFlash::block_bytes};
  virtio::Block disk_{"disk", directory_.file("disk", Bytes(64 * 512)), ImageMode::writable_if_permitted, "disk"};
  virtio::Console console_{"console"};
  virtio::Entropy entropy_{"entropy", 1};
  virtio::Network network_{"network", {2, 0, 0, 0, 0, 1}};
  std::vector<std::unique_ptr<virtio::MmioTransport>> transports_;
  pci::Host pci_{system_};
  AliasRegion pci_window_{"pci-window", pci_.memory_space(), kWindow, kWindowBytes};
  virtio::Block pci_disk_{"pci-disk", directory_.file("pci-disk", Bytes(64 * 512)), ImageMode::readonly, "pci-disk"};
  virtio::PciTransport pci_disk_function_{"pci-disk-function", pci_disk_, system_};
  pci::DmaTestDevice dma_{"dma", system_};

  std::vector<Place> devices_;
  std::vector<Place> slots_;
  Address ecam_ = 0;
  std::uint64_t chains_used_by_slots_ = 0;
  std::uint64_t chains_used_by_pci_disk_ = 0;
};

}  // namespace sc_memory::models::test
