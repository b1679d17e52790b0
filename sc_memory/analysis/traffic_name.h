// Names of initiators and regions that stay good when what they name is gone.
//
// A record outlives the region that it tells of: it is kept by subscribers, and regions come and go. So a record holds
// a TrafficName: as small as a number, compared as fast, and with the text of its own. Two regions that exist at the
// same time never share one: the second "ram" is "ram#2". A region that takes the place of a destroyed one of the same
// name takes over its TrafficName.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace sc_memory {

class InitiatorPort;
class MemoryRegion;

/// In the simulation's thread only; names are never given back, so that their number is that of different texts.
class TrafficName {
 public:
  /// "(none)".
  TrafficName() = default;

  /// The port's name.
  static TrafficName of(const InitiatorPort& port);
  /// The region's name; "(unmapped)" for null.
  static TrafficName of(const MemoryRegion* region);
  /// For names of other origin, such as those of a recording that is read.
  static TrafficName of(const std::string& text);

  const std::string& text() const;
  /// Counts up from 0 in the order in which names were first used.
  std::uint32_t index() const { return index_; }

  friend bool operator==(TrafficName a, TrafficName b) { return a.index_ == b.index_; }
  friend bool operator!=(TrafficName a, TrafficName b) { return a.index_ != b.index_; }
  friend bool operator<(TrafficName a, TrafficName b) { return a.index_ < b.index_; }

 private:
  explicit TrafficName(std::uint32_t index) : index_(index) {}

  std::uint32_t index_ = 0;
};

}  // namespace sc_memory

template <>
struct std::hash<sc_memory::TrafficName> {
  std::size_t operator()(sc_memory::TrafficName name) const noexcept { return name.index(); }
};
