// Both directions of the line.
#include "models/virtio/console.h"

#include <algorithm>
#include <array>

namespace sc_memory::models::virtio {

namespace {

constexpr std::uint64_t kFeatureEmergencyWrite = UINT64_C(1) << 2;

constexpr unsigned kReceiveQueue = 0;
constexpr unsigned kTransmitQueue = 1;

/// Of the configuration, 5.3.4.
constexpr Address kMaxPorts = 4;
constexpr Address kEmergencyWrite = 8;
constexpr std::size_t kConfigBytes = 12;

}  // namespace

Console::Console(const sc_core::sc_module_name& name)
    : Device(name, DeviceId::console, kFeatureEmergencyWrite, {64, 64}) {
  config().resize(kConfigBytes);
  config()[kMaxPorts] = 1;
}

bool Console::receive(std::uint8_t byte) {
  if (waiting_.size() == max_waiting) return false;
  waiting_.push_back(byte);
  serve_soon(kReceiveQueue);
  return true;
}

void Console::serve(unsigned queue) {
  if (queue == kReceiveQueue)
    give_input();
  else
    take_output();
}

void Console::give_input() {
  while (!waiting_.empty()) {
    const auto chain = next_chain(kReceiveQueue);
    if (!chain) return;
    ChainWriter writer(memory(), *chain);
    if (writer.left() == 0) return fail("a buffer for input has no room");
    while (!waiting_.empty() && writer.left() > 0) {
      writer.write(&waiting_.front(), 1);
      waiting_.pop_front();
    }
    complete(kReceiveQueue, *chain, writer.written());
  }
}

void Console::take_output() {
  while (const auto chain = next_chain(kTransmitQueue)) {
    ChainReader reader(memory(), *chain);
    if (reader.left() > max_output) return fail("a piece of output is longer than any sensible one");
    std::array<std::uint8_t, 256> bytes{};
    while (reader.left() > 0) {
      const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(reader.left(), bytes.size()));
      reader.read(bytes.data(), piece);
      std::for_each(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(piece),
                    [this](std::uint8_t byte) { transmit(byte); });
    }
    complete(kTransmitQueue, *chain, 0);
  }
}

void Console::on_config_write(Address offset, std::uint64_t value, unsigned) {
  if (offset == kEmergencyWrite) transmit(static_cast<std::uint8_t>(value));
}

}  // namespace sc_memory::models::virtio
