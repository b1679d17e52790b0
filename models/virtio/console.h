// The virtio console (Virtual I/O Device 1.2, 5.3) with one port: a line to the host, the guest's hvc0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <utility>

#include "models/virtio/device.h"

namespace sc_memory::models::virtio {

/// What the guest writes goes to `transmit` at once, by queues or by the emergency register. What the host has for the
/// guest waits until the driver gives buffers for it.
class Console final : public Device {
 public:
  static constexpr std::size_t max_waiting = 64 * 1024;
  /// A longer piece of output is taken for a mistake.
  static constexpr std::uint64_t max_output = 1024 * 1024;

  explicit Console(const sc_core::sc_module_name& name);

  /// Where bytes that the guest sends go. Without it they are lost.
  void set_transmit(std::function<void(std::uint8_t)> transmit) { transmit_ = std::move(transmit); }
  /// A byte for the guest. Returns false if it was lost: max_waiting wait already.
  bool receive(std::uint8_t byte);

 private:
  void serve(unsigned queue) override;
  void on_config_write(Address offset, std::uint64_t value, unsigned size) override;
  void give_input();
  void take_output();
  void transmit(std::uint8_t byte) const {
    if (transmit_) transmit_(byte);
  }

  std::function<void(std::uint8_t)> transmit_;
  std::deque<std::uint8_t> waiting_;
};

}  // namespace sc_memory::models::virtio
