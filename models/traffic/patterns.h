// The accesses of typical initiators: one after the other, anywhere, in strides, and copies as a DMA engine makes them.
//
//     StreamPattern({{0x8000'0000, 0x8000'ffff}, 64, 0.5, 1});         // half of them writes, with seed 1
//     CopyPattern({0x8000'0000, 0x8100'0000, 1_MiB, 256, 4});          // four bursts read, then the four written
#pragma once

#include <cstddef>
#include <vector>

#include "models/traffic/access_pattern.h"
#include "models/traffic/random_numbers.h"

namespace sc_memory::models {

/// What the patterns over one window have in common.
struct WindowTraffic {
  AddressRange window;     ///< In the initiator's addresses; at least `length` bytes.
  unsigned length = 4;     ///< Of each access, in bytes; above 0.
  double write_share = 0;  ///< 0 reads only, 1 writes only; between, each access is drawn.
  std::uint64_t seed = 1;  ///< Of the draws.
};

/// Access after access with `stride` bytes from one begin to the next, back to the begin of the window before one would
/// leave it. Never ends. Throws TrafficError for a window that is smaller than an access, and for lengths and strides
/// of 0.
class StridePattern final : public AccessPattern {
 public:
  StridePattern(const WindowTraffic& traffic, std::uint64_t stride);
  std::optional<Access> next() override;

 private:
  WindowTraffic traffic_;
  std::uint64_t stride_;
  std::uint64_t offset_ = 0;
  RandomNumbers random_;
};

/// The same with no bytes left out: a stream.
class StreamPattern final : public AccessPattern {
 public:
  explicit StreamPattern(const WindowTraffic& traffic) : strides_(traffic, traffic.length) {}
  std::optional<Access> next() override { return strides_.next(); }

 private:
  StridePattern strides_;
};

/// Anywhere in the window, at multiples of the length from its begin. Never ends.
class RandomPattern final : public AccessPattern {
 public:
  explicit RandomPattern(const WindowTraffic& traffic);
  std::optional<Access> next() override;

 private:
  WindowTraffic traffic_;
  std::uint64_t slots_;
  RandomNumbers random_;
};

/// What a DMA engine is programmed with.
struct Copy {
  Address source = 0;
  Address destination = 0;
  std::uint64_t size = 0;  ///< In bytes.
  unsigned burst = 64;     ///< Bytes an access; the last one is shorter where the size is no multiple.
  unsigned depth = 1;      ///< Bursts that are read before they are written.
  bool repeat = false;     ///< From the begin again, for ever.
};

/// Copies bytes: what was read is written. Throws TrafficError for a size, burst or depth of 0, and for addresses
/// beyond the top of the address space.
class CopyPattern final : public AccessPattern {
 public:
  explicit CopyPattern(const Copy& copy);
  std::optional<Access> next() override;
  void take(const Access& access, const std::uint8_t* data) override;
  bool give(const Access& access, std::uint8_t* data) override;

 private:
  std::uint64_t batch_end() const;

  Copy copy_;
  bool reading_ = true;
  std::uint64_t batch_ = 0;  ///< Offset of the bursts that are in the buffer.
  std::uint64_t next_ = 0;   ///< Offset of the next burst.
  std::vector<std::uint8_t> buffer_;
};

}  // namespace sc_memory::models
