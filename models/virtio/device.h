// What all virtio devices have in common (Virtual I/O Device 1.2, chapter 2): status, feature negotiation, queues, the
// configuration space, interrupts. A transport (mmio_transport.h, pci_transport.h) shows it to the driver; what the
// device is for is in the classes derived from it.
//
// The driver is not trusted. Whatever it does that the specification forbids ends in DEVICE_NEEDS_RESET at the worst:
// the device then does nothing until it is reset.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <systemc>

#include "sc_memory/map/address_space.h"

#include "models/virtio/queue.h"

namespace sc_memory::models::virtio {

/// Chapter 5: the devices there are.
enum class DeviceId : std::uint16_t { none = 0, network = 1, block = 2, console = 3, entropy = 4 };

/// Feature bits of chapter 6, which every device here offers.
namespace feature {
inline constexpr std::uint64_t kIndirectDescriptors = UINT64_C(1) << 28;
inline constexpr std::uint64_t kEventIndex = UINT64_C(1) << 29;
inline constexpr std::uint64_t kVersion1 = UINT64_C(1) << 32;
inline constexpr std::uint64_t kCommon = kIndirectDescriptors | kEventIndex | kVersion1;
}  // namespace feature

/// Bits of the device status, section 2.1.
namespace status {
inline constexpr std::uint8_t kAcknowledge = 1;
inline constexpr std::uint8_t kDriver = 2;
inline constexpr std::uint8_t kDriverOk = 4;
inline constexpr std::uint8_t kFeaturesOk = 8;
inline constexpr std::uint8_t kNeedsReset = 64;
inline constexpr std::uint8_t kFailed = 128;
}  // namespace status

/// Bits of the interrupt status.
namespace interrupt {
inline constexpr std::uint8_t kQueue = 1;
inline constexpr std::uint8_t kConfiguration = 2;
}  // namespace interrupt

/// Requests are served within the driver's notification, in no simulated time. A driver that keeps a device busy
/// without end, as one can whose buffers overlap its own rings, gets a pause of simulated time now and then, so that
/// the simulation goes on. All calls are made in the simulation's thread.
class Device : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Device);

  /// `features` are the device's own; those of chapter 6 are added. One queue for each of `queue_sizes`, which are
  /// their maxima: at most 32 queues.
  Device(const sc_core::sc_module_name& name, DeviceId id, std::uint64_t features,
         const std::vector<std::uint16_t>& queue_sizes);

  DeviceId id() const { return id_; }

  // The rest of the public functions is for the transport.

  /// Where the queues and buffers lie, and who is to hear that interrupt_status() has changed.
  void attach(AddressSpace& memory, std::function<void()> on_interrupt);

  std::uint64_t offered_features() const { return offered_; }
  std::uint64_t driver_features() const { return accepted_; }
  /// One half of the driver's features. Too late once FEATURES_OK or DRIVER_OK is set.
  void set_driver_features(bool high_half, std::uint32_t value);

  std::uint8_t device_status() const { return status_; }
  /// 0 resets the device. Bits are only ever added otherwise; FEATURES_OK stays away where the features make no sense,
  /// DRIVER_OK without FEATURES_OK. A driver that does not accept VIRTIO_F_VERSION_1 gets both whatever it does, and of
  /// the features that it accepts those that were offered.
  void write_status(std::uint8_t value);

  unsigned queue_count() const { return static_cast<unsigned>(queues_.size()); }
  /// Null if there is no such queue.
  Queue* queue(unsigned index) { return index < queues_.size() ? &queues_[index] : nullptr; }
  void enable_queue(unsigned index);
  /// The driver has made chains available. Nothing happens unless the device is live and has the queue.
  void notify(unsigned index);

  /// Bits of namespace interrupt.
  std::uint8_t interrupt_status() const { return interrupt_status_; }
  void acknowledge(std::uint8_t bits);

  /// The device-specific configuration, little-endian; beyond it are zeros. Sizes are 1 to 8 bytes.
  std::uint64_t read_config(Address offset, unsigned size) const;
  void write_config(Address offset, std::uint64_t value, unsigned size);
  std::uint64_t config_size() const { return config_.size(); }
  /// Changes whenever the configuration does.
  std::uint8_t config_generation() const { return config_generation_; }

  /// Why the device needs a reset, in words; null if it does not.
  const char* fault() const { return fault_; }

 protected:
  /// Serves what is available in a queue: takes chains with next_chain() until there is none.
  virtual void serve(unsigned queue) = 0;
  /// The driver has reset the device: forget what was under way.
  virtual void on_reset() {}
  /// The driver has written to the configuration. `offset` and `size` lie within it.
  virtual void on_config_write(Address, std::uint64_t, unsigned) {}

  bool is_live() const { return (status_ & (status::kDriverOk | status::kNeedsReset)) == status::kDriverOk; }
  bool has_feature(std::uint64_t bit) const { return (accepted_ & bit) != 0; }
  AddressSpace& memory() { return *memory_; }
  /// One more feature, from a derived class's constructor.
  void offer(std::uint64_t bit) { offered_ |= bit; }
  /// The contents at offset 0 on; sized by the derived class's constructor.
  std::vector<std::uint8_t>& config() { return config_; }
  /// Tells the driver that config() is not what it was.
  void config_changed();

  /// The next chain of a queue. None also when the device should make a pause: it is then called again.
  std::optional<DescriptorChain> next_chain(unsigned queue);
  /// Gives a chain back. Nothing happens if the driver has reset the device since it was taken.
  void complete(unsigned queue, const DescriptorChain& chain, std::uint32_t written);
  /// As if the driver had notified the queue: for devices that have got something for it from elsewhere.
  void serve_soon(unsigned queue) { notify(queue); }
  /// The driver broke a rule: DEVICE_NEEDS_RESET.
  void fail(const char* why);

 private:
  void reset();
  void run();
  void serve_pending(unsigned queue);
  void raise(std::uint8_t bits);
  bool features_make_sense() const;
  void agree(std::uint8_t bit);

  DeviceId id_;
  std::uint64_t offered_;
  std::uint64_t accepted_ = 0;
  std::uint8_t status_ = 0;
  std::uint8_t interrupt_status_ = 0;
  std::uint8_t config_generation_ = 0;
  const char* fault_ = nullptr;
  AddressSpace* memory_ = nullptr;
  std::function<void()> on_interrupt_;
  std::deque<Queue> queues_;
  std::vector<std::uint8_t> config_;

  std::uint32_t pending_ = 0;  ///< Queues to serve, a bit each.
  bool running_ = false;       ///< Requests may write to the device's own registers.
  unsigned chains_left_ = 0;   ///< Until the next pause.
  std::uint64_t resets_ = 0;
  std::uint64_t resets_at_start_ = 0;  ///< Of the run under way.
  sc_core::sc_event go_on_;
};

}  // namespace sc_memory::models::virtio
