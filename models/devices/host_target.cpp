// Looking at what was written to `tohost`.
#include "models/devices/host_target.h"

#include <array>
#include <utility>

namespace sc_memory::models {

HostTarget::HostTarget(AddressSpace& space, Address tohost, std::function<void(Report)> report)
    : space_(space),
      report_(std::move(report)),
      watchpoint_(space, {tohost, tohost + 7}, WatchFor::writes, [this](const WatchHit&) { look(); }) {}

// The variable may be written in halves: what counts is what memory holds afterwards.
void HostTarget::look() {
  std::array<std::uint8_t, 8> bytes{};
  Attributes debug;
  debug.debug = true;
  if (space_.read(watchpoint_.range().first, bytes.data(), bytes.size(), debug) != AccessResult::ok) return;
  Report report;
  for (std::size_t i = bytes.size(); i-- > 0;) report.value = report.value << 8 | bytes[i];
  if (report.value != 0) report_(report);
}

}  // namespace sc_memory::models
