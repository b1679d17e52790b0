// Frames with the header that the driver and the device put before them.
#include "models/virtio/network.h"

#include <algorithm>

namespace sc_memory::models::virtio {

namespace {

constexpr std::uint64_t kFeatureMac = UINT64_C(1) << 5;
constexpr std::uint64_t kFeatureStatus = UINT64_C(1) << 16;

constexpr unsigned kReceiveQueue = 0;
constexpr unsigned kTransmitQueue = 1;

/// Of the configuration, 5.1.4.
constexpr std::size_t kConfigStatus = 6;
constexpr std::uint8_t kLinkUp = 1;
constexpr std::size_t kConfigBytes = 8;

/// 5.1.6: without offloads all of it is zeros, but the number of buffers, which drivers from before version 1 know
/// nothing of.
constexpr std::size_t kHeaderBytes = 12;
constexpr std::size_t kHeaderBuffers = 10;
constexpr std::size_t kOldHeaderBytes = 10;

}  // namespace

Network::Network(const sc_core::sc_module_name& name, const MacAddress& address)
    : Device(name, DeviceId::network, kFeatureMac | kFeatureStatus, {256, 256}) {
  config().resize(kConfigBytes);
  std::copy(address.begin(), address.end(), config().begin());
  config()[kConfigStatus] = kLinkUp;
}

bool Network::receive(EthernetFrame frame) {
  if (!is_live() || frame.size() > max_frame_bytes || waiting_.size() == max_waiting) return false;
  waiting_.push_back(std::move(frame));
  serve_soon(kReceiveQueue);
  return true;
}

void Network::serve(unsigned queue) {
  if (queue == kReceiveQueue)
    give_frames();
  else
    take_frames();
}

std::size_t Network::header_bytes() const { return has_feature(feature::kVersion1) ? kHeaderBytes : kOldHeaderBytes; }

void Network::give_frames() {
  while (!waiting_.empty()) {
    const auto chain = next_chain(kReceiveQueue);
    if (!chain) return;
    const EthernetFrame frame = std::move(waiting_.front());
    waiting_.pop_front();
    ChainWriter writer(memory(), *chain);
    if (writer.left() < header_bytes() + frame.size()) return fail("a buffer is too small for the frame");
    std::array<std::uint8_t, kHeaderBytes> header{};
    header[kHeaderBuffers] = 1;
    writer.write(header.data(), header_bytes());
    writer.write(frame.data(), frame.size());
    complete(kReceiveQueue, *chain, writer.written());
  }
}

void Network::take_frames() {
  while (const auto chain = next_chain(kTransmitQueue)) {
    ChainReader reader(memory(), *chain);
    if (reader.left() < header_bytes()) return fail("a frame to send has no header");
    std::array<std::uint8_t, kHeaderBytes> header{};
    reader.read(header.data(), header_bytes());
    if (reader.left() <= max_frame_bytes) {
      EthernetFrame frame(reader.left());
      const bool readable = reader.read(frame.data(), frame.size()) == AccessResult::ok;
      if (readable && transmit_) transmit_(frame);
    }
    complete(kTransmitQueue, *chain, 0);
  }
}

}  // namespace sc_memory::models::virtio
