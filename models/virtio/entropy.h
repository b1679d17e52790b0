// The virtio entropy device (Virtual I/O Device 1.2, 5.4): fills the driver's buffers with random numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <random>

#include "models/virtio/device.h"

namespace sc_memory::models::virtio {

/// Numbers come from the host's generator (getrandom(2)), or, for runs that can be repeated, from a seed: those are no
/// secret to anybody. A request gets at most max_bytes, and its used length says how many.
class Entropy final : public Device {
 public:
  static constexpr std::size_t max_bytes = 4096;

  explicit Entropy(const sc_core::sc_module_name& name, std::optional<std::uint64_t> seed = {});

 private:
  void serve(unsigned queue) override;
  bool fill(std::uint8_t* bytes, std::size_t count);

  std::optional<std::mt19937_64> generator_;
};

}  // namespace sc_memory::models::virtio
