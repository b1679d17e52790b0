// A split virtqueue (Virtual I/O Device 1.2, 2.7): three areas in guest memory, through which a driver makes buffers
// available and a device gives them back used.
//
//   descriptor area   size x { address 8, length 4, flags 2, next 2 }
//   driver area       flags 2, index 2, size x { head 2 }, used_event 2           "available ring"
//   device area       flags 2, index 2, size x { head 4, length 4 }, avail_event 2    "used ring"
//
// All of it is the driver's, and so is believed only as far as it was checked. What makes no sense - a loop, an index
// out of range, rings where there is no memory - is a fault: the queue stands still from then on, and the device tells
// the driver that it needs a reset.
#pragma once

#include <cstdint>
#include <optional>

#include "sc_memory/access/cached_window.h"
#include "sc_memory/map/address_space.h"

#include "models/virtio/descriptor_chain.h"

namespace sc_memory::models::virtio {

/// Where the driver put the areas, in the addresses of the device's address space.
struct QueueLayout {
  std::uint16_t size = 0;  ///< In descriptors.
  Address descriptor_area = 0;
  Address driver_area = 0;
  Address device_area = 0;
};

/// What was negotiated and concerns queues.
struct QueueFeatures {
  bool indirect_descriptors = false;  ///< VIRTIO_F_INDIRECT_DESC
  bool event_index = false;           ///< VIRTIO_F_EVENT_IDX
};

/// In the simulation's thread only.
class Queue {
 public:
  /// No chain has more descriptors: drivers may make them longer than the queue with indirect descriptors, as far as
  /// existing devices let them.
  static constexpr unsigned kMaxChain = 1024;

  /// `max_size` is a power of two, up to 32768.
  explicit Queue(std::uint16_t max_size) : max_size_(max_size) { reset(); }
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  std::uint16_t max_size() const { return max_size_; }

  /// The driver's words about the layout are kept until it enables the queue; from then on they have no effect.
  QueueLayout layout;

  /// Begins with empty rings at the layout. A layout that cannot be (size, alignment) is a fault.
  void enable(AddressSpace& memory, const QueueFeatures& features);
  bool enabled() const { return enabled_; }
  /// As after power-on.
  void reset();

  /// The next chain that the driver has made available, if there is one. None after a fault.
  std::optional<DescriptorChain> pop();
  /// Gives a chain back, of whose writable bytes the first `written` were written.
  void push(const DescriptorChain& chain, std::uint32_t written);
  /// Whether the driver wants to be interrupted because of what was pushed since the last call.
  bool wants_interrupt();

  /// What is wrong, in words, or null.
  const char* fault() const { return fault_; }

 private:
  /// A table of descriptors: the queue's own, or an indirect one.
  struct Table {
    Address address;
    std::uint32_t entries;
  };
  struct Descriptor;

  bool set_fault(const char* fault);
  bool read(CachedWindow& window, Address address, void* data, std::size_t length, const char* fault);
  bool write(Address address, const void* data, std::size_t length);
  std::uint16_t read_driver_area(Address offset);
  bool follow(std::uint16_t head, DescriptorChain& chain);
  bool read_descriptor(const Table& table, bool is_indirect, std::uint32_t index, Descriptor& descriptor);
  bool enter_indirect(const Descriptor& descriptor, Table& table);
  bool add_buffer(const Descriptor& descriptor, DescriptorChain& chain);

  std::uint16_t max_size_;
  AddressSpace* memory_ = nullptr;
  bool enabled_ = false;
  const char* fault_ = nullptr;
  QueueLayout area_;  ///< Since it was enabled.
  QueueFeatures features_;
  std::uint16_t next_available_ = 0;  ///< These count modulo 2^16.
  std::uint16_t used_ = 0;
  std::uint16_t signalled_used_ = 0;
  std::optional<CachedWindow> descriptors_;
  std::optional<CachedWindow> driver_;
  std::optional<CachedWindow> device_;
};

}  // namespace sc_memory::models::virtio
