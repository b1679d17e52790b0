// What a driver hands to a device in one piece: buffers in guest memory, those that the device reads before those that
// it writes. Reader and writer make one stream of bytes of each, since a device must not care how a driver cut its
// request up (Virtual I/O Device 1.2, 2.7.4: message framing).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sc_memory/map/address_space.h"

namespace sc_memory::models::virtio {

/// In the addresses of the device's address space. It may lie anywhere, memory or not: an access says.
struct GuestBuffer {
  Address address = 0;
  std::uint32_t length = 0;
};

struct DescriptorChain {
  std::uint16_t head = 0;  ///< The index of its first descriptor, by which the driver knows it.
  std::vector<GuestBuffer> readable;
  std::vector<GuestBuffer> writable;
};

/// A position in a sequence of buffers, which outlives it.
class BufferCursor {
 public:
  explicit BufferCursor(const std::vector<GuestBuffer>& buffers);

  /// Bytes not yet passed over.
  std::uint64_t left() const { return left_; }
  /// Passes over `length` bytes, of which there are so many, calling `access(address, length)` for each contiguous
  /// piece.
  template <typename Access>
  void advance(std::uint64_t length, Access&& access) {
    left_ -= length;
    while (length > 0) {
      const GuestBuffer& buffer = *buffer_;
      const std::uint64_t piece = std::min<std::uint64_t>(length, buffer.length - used_);
      if (piece > 0) access(buffer.address + used_, static_cast<std::size_t>(piece));
      used_ += piece;
      length -= piece;
      if (used_ == buffer.length) next();
    }
  }

 private:
  void next() {
    ++buffer_;
    used_ = 0;
  }

  std::vector<GuestBuffer>::const_iterator buffer_;
  std::uint64_t used_ = 0;  ///< Of *buffer_.
  std::uint64_t left_ = 0;
};

/// The bytes that the driver wrote for the device.
class ChainReader {
 public:
  ChainReader(AddressSpace& memory, const DescriptorChain& chain) : memory_(memory), cursor_(chain.readable) {}

  std::uint64_t left() const { return cursor_.left(); }
  /// The next `length` bytes, of which there must be so many. The worst result of the pieces; what cannot be read is 0.
  AccessResult read(void* data, std::size_t length);

 private:
  AddressSpace& memory_;
  BufferCursor cursor_;
};

/// The bytes that the device writes for the driver.
class ChainWriter {
 public:
  ChainWriter(AddressSpace& memory, const DescriptorChain& chain) : memory_(memory), cursor_(chain.writable) {}

  std::uint64_t left() const { return cursor_.left(); }
  /// The next `length` bytes, for which there must be room.
  AccessResult write(const void* data, std::size_t length);
  /// Leaves the next `length` bytes as they are.
  void skip(std::uint64_t length);
  /// How many bytes were written from the beginning on before the first that was skipped: what the driver may look at,
  /// the used length of 2.7.8.
  std::uint32_t written() const { return static_cast<std::uint32_t>(std::min<std::uint64_t>(written_, UINT32_MAX)); }

 private:
  AddressSpace& memory_;
  BufferCursor cursor_;
  std::uint64_t written_ = 0;
  bool has_gap_ = false;
};

}  // namespace sc_memory::models::virtio
