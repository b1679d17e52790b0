// A driver as the tests of the virtio devices need it: guest memory with rings in it, a device behind the memory-mapped
// transport, and the register accesses that a guest would make.
#pragma once

#include <cstdint>
#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/region_kinds.h"

#include "models/virtio/device.h"
#include "models/virtio/mmio_transport.h"

namespace sc_memory::models::virtio::test {

constexpr Address kRamBase = 0x8000'0000;
constexpr std::uint64_t kRamBytes = 4 * 1024 * 1024;
constexpr Address kSlotBase = 0x1000'1000;

/// A machine of memory and one slot.
struct Machine {
  Container system{"system"};
  RamRegion ram{"ram", kRamBytes};
  AddressSpace memory{"memory", system};
  MmioTransport slot{"virtio-mmio"};

  Machine() {
    system.add(kRamBase, ram);
    system.add(kSlotBase, slot.region());
  }

  std::uint32_t reg(Address offset) {
    std::uint32_t value = 0;
    EXPECT_EQ(memory.read(kSlotBase + offset, &value, sizeof value), AccessResult::ok);
    return value;
  }
  void set_reg(Address offset, std::uint32_t value) {
    EXPECT_EQ(memory.write(kSlotBase + offset, &value, sizeof value), AccessResult::ok);
  }
  template <typename T>
  T load(Address address) {
    T value{};
    EXPECT_EQ(memory.read(address, &value, sizeof value), AccessResult::ok);
    return value;
  }
  template <typename T>
  void store(Address address, const T& value) {
    EXPECT_EQ(memory.write(address, &value, sizeof value), AccessResult::ok);
  }
};

enum Flag : std::uint16_t { next_flag = 1, write_flag = 2, indirect_flag = 4 };

struct Descriptor {
  std::uint64_t address;
  std::uint32_t length;
  std::uint16_t flags;
  std::uint16_t next;
};

/// A queue's areas in guest memory, and what the driver does with them. Everything can be written wrong.
class DriverQueue {
 public:
  DriverQueue(Machine& machine, std::uint32_t index, Address base, std::uint16_t size = 16)
      : machine_(machine),
        index_(index),
        size_(size),
        descriptors_(base),
        driver_(base + 0x1000),
        device_(base + 0x2000) {
    for (Address offset = 0; offset < 0x3000; offset += 8) machine.store<std::uint64_t>(base + offset, 0);
  }

  void set_up() {
    machine_.set_reg(0x30, index_);
    machine_.set_reg(0x38, size_);
    set_address(0x80, descriptors_);
    set_address(0x90, driver_);
    set_address(0xa0, device_);
    machine_.set_reg(0x44, 1);
  }

  Address descriptor_area() const { return descriptors_; }
  Address driver_area() const { return driver_; }
  Address device_area() const { return device_; }

  void describe(std::uint16_t number, const Descriptor& descriptor) {
    machine_.store(descriptors_ + 16U * number, descriptor);
  }
  /// Puts a chain into the ring without a notification.
  void offer(std::uint16_t head) {
    machine_.store<std::uint16_t>(driver_ + 4 + 2 * (available_ % size_), head);
    machine_.store<std::uint16_t>(driver_ + 2, ++available_);
  }
  void notify() { machine_.set_reg(0x50, index_); }

  std::uint16_t used() { return machine_.load<std::uint16_t>(device_ + 2); }
  std::uint32_t used_head(std::uint16_t at) { return machine_.load<std::uint32_t>(device_ + 4 + 8 * (at % size_)); }
  std::uint32_t used_length(std::uint16_t at) { return machine_.load<std::uint32_t>(device_ + 8 + 8 * (at % size_)); }
  std::uint16_t avail_event() { return machine_.load<std::uint16_t>(device_ + 4 + 8 * size_); }
  void set_used_event(std::uint16_t index) { machine_.store<std::uint16_t>(driver_ + 4 + 2 * size_, index); }
  void set_flags(std::uint16_t flags) { machine_.store<std::uint16_t>(driver_, flags); }
  void set_available(std::uint16_t index) { machine_.store<std::uint16_t>(driver_ + 2, available_ = index); }

  /// Descriptors 0, 1... for these buffers, as one chain, offered and notified.
  void send(const std::vector<Descriptor>& buffers) {
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      Descriptor descriptor = buffers[i];
      if (i + 1 < buffers.size()) descriptor.flags |= next_flag;
      descriptor.next = static_cast<std::uint16_t>(i + 1);
      describe(static_cast<std::uint16_t>(i), descriptor);
    }
    offer(0);
    notify();
  }

 private:
  void set_address(Address offset, Address value) {
    machine_.set_reg(offset, static_cast<std::uint32_t>(value));
    machine_.set_reg(offset + 4, static_cast<std::uint32_t>(value >> 32));
  }

  Machine& machine_;
  std::uint32_t index_;
  std::uint16_t size_;
  Address descriptors_;
  Address driver_;
  Address device_;
  std::uint16_t available_ = 0;
};

/// Takes a device as far as DRIVER_OK, with the features that it offers among `wanted`.
inline void start(Machine& machine, const std::vector<DriverQueue*>& queues, std::uint64_t wanted = ~UINT64_C(0)) {
  machine.set_reg(0x70, 0);
  machine.set_reg(0x70, status::kAcknowledge | status::kDriver);
  for (std::uint32_t half = 0; half < 2; ++half) {
    machine.set_reg(0x14, half);
    machine.set_reg(0x24, half);
    machine.set_reg(0x20, machine.reg(0x10) & static_cast<std::uint32_t>(wanted >> (32 * half)));
  }
  machine.set_reg(0x70, status::kAcknowledge | status::kDriver | status::kFeaturesOk);
  for (DriverQueue* queue : queues) queue->set_up();
  machine.set_reg(0x70, status::kAcknowledge | status::kDriver | status::kFeaturesOk | status::kDriverOk);
}

}  // namespace sc_memory::models::virtio::test
