// Random numbers for the guest.
#include "models/virtio/entropy.h"

#include <algorithm>
#include <array>
#include <sys/random.h>

namespace sc_memory::models::virtio {

Entropy::Entropy(const sc_core::sc_module_name& name, std::optional<std::uint64_t> seed)
    : Device(name, DeviceId::entropy, 0, {64}) {
  if (seed) generator_.emplace(*seed);
}

void Entropy::serve(unsigned queue) {
  while (const auto chain = next_chain(queue)) {
    ChainWriter writer(memory(), *chain);
    std::array<std::uint8_t, max_bytes> bytes{};
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(writer.left(), bytes.size()));
    // 5.4.6.1: the device must place at least one byte.
    if (count == 0 || !fill(bytes.data(), count)) return fail("there is no room for random numbers, or there are none");
    writer.write(bytes.data(), count);
    complete(queue, *chain, writer.written());
  }
}

bool Entropy::fill(std::uint8_t* bytes, std::size_t count) {
  if (generator_) {
    std::generate_n(bytes, count, [this] { return static_cast<std::uint8_t>((*generator_)() >> 56); });
    return true;
  }
  // Up to 256 bytes come whole; more may be cut short by a signal.
  constexpr std::size_t kWhole = 256;
  for (std::size_t done = 0; done < count; done += kWhole) {
    const std::size_t piece = std::min(count - done, kWhole);
    if (::getrandom(bytes + done, piece, 0) != static_cast<ssize_t>(piece)) return false;
  }
  return true;
}

}  // namespace sc_memory::models::virtio
