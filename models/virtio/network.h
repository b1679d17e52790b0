// The virtio network device (Virtual I/O Device 1.2, 5.1) with one pair of queues and no offloads: Ethernet frames from
// the guest to a back end of the host's, and the other way.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <utility>

#include "models/network/frame.h"
#include "models/virtio/device.h"

namespace sc_memory::models::virtio {

/// A frame that the guest sends goes to `transmit` at once, which may call receive(): a back end that does nothing else
/// is a loopback. Frames for the guest wait until the driver gives buffers for them; when too many do, the next ones
/// are lost, as on any wire.
class Network final : public Device {
 public:
  static constexpr std::size_t max_frame_bytes = 1514;
  static constexpr std::size_t max_waiting = 256;

  Network(const sc_core::sc_module_name& name, const MacAddress& address);

  /// Where frames that the guest sends go; longer ones than max_frame_bytes go nowhere. Without it they are lost.
  void set_transmit(std::function<void(const EthernetFrame&)> transmit) { transmit_ = std::move(transmit); }
  /// A frame for the guest. Returns false if it was lost: too long, or too many wait already.
  bool receive(EthernetFrame frame);

 private:
  void serve(unsigned queue) override;
  void on_reset() override { waiting_.clear(); }
  std::size_t header_bytes() const;
  void give_frames();
  void take_frames();

  std::function<void(const EthernetFrame&)> transmit_;
  std::deque<EthernetFrame> waiting_;
};

}  // namespace sc_memory::models::virtio
