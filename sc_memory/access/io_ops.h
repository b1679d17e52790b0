// Devices as callbacks: what an I/O region calls, which accesses the device takes, and how they are adapted to its
// registers.
//
//     IoRegion remap{"remap", 4, io_ops().write32([&](Address, std::uint32_t value) { shadow.set_enabled(value & 1);
//     })};
//
// Two sets of constraints, as in the 2013 API. `valid` is what the guest may do: anything else is rejected without
// reaching a callback. `impl` is what the callbacks understand: longer accesses are cut into ascending pieces, shorter
// and unaligned ones are made of aligned ones.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "sc_memory/map/io_handler.h"

namespace sc_memory {

/// Builds the IoHandler of a region. Every function returns the builder, so that a device reads as one expression.
/// Offsets given to callbacks are relative to the region, values are numbers (whatever the device's byte order), sizes
/// are 1, 2, 4 or 8 bytes.
class IoOps {
 public:
  using Read = std::function<std::uint64_t(Address offset, unsigned size)>;
  using Write = std::function<void(Address offset, std::uint64_t value, unsigned size)>;
  /// The forms that see who asks and can report a failure.
  using ReadWithAttributes =
      std::function<AccessResult(Address offset, std::uint64_t& value, unsigned size, const Attributes&)>;
  using WriteWithAttributes =
      std::function<AccessResult(Address offset, std::uint64_t value, unsigned size, const Attributes&)>;
  using Accepts = std::function<bool(Address offset, unsigned size, Direction direction, const Attributes&)>;

  IoOps& read(Read callback);
  IoOps& write(Write callback);
  /// They are called for debug accesses as well (Attributes::debug), which must not have side effects. The plain read
  /// is called for a debug access only if reads_have_no_side_effects(), the plain write never.
  IoOps& read_with_attributes(ReadWithAttributes callback);
  IoOps& write_with_attributes(WriteWithAttributes callback);

  /// Callbacks of registers of one width: short for read/write and impl(width, width).
  template <typename Callback>
  IoOps& read8(Callback&& callback) {
    return read_sized<std::uint8_t>(std::forward<Callback>(callback));
  }
  template <typename Callback>
  IoOps& read16(Callback&& callback) {
    return read_sized<std::uint16_t>(std::forward<Callback>(callback));
  }
  template <typename Callback>
  IoOps& read32(Callback&& callback) {
    return read_sized<std::uint32_t>(std::forward<Callback>(callback));
  }
  template <typename Callback>
  IoOps& read64(Callback&& callback) {
    return read_sized<std::uint64_t>(std::forward<Callback>(callback));
  }
  template <typename Callback>
  IoOps& write8(Callback&& callback) {
    return write_sized<std::uint8_t>(std::forward<Callback>(callback));
  }
  template <typename Callback>
  IoOps& write16(Callback&& callback) {
    return write_sized<std::uint16_t>(std::forward<Callback>(callback));
  }
  template <typename Callback>
  IoOps& write32(Callback&& callback) {
    return write_sized<std::uint32_t>(std::forward<Callback>(callback));
  }
  template <typename Callback>
  IoOps& write64(Callback&& callback) {
    return write_sized<std::uint64_t>(std::forward<Callback>(callback));
  }

  /// Sizes in bytes that the guest may use: powers of two up to 8. Without it, any from 1 to 8.
  IoOps& valid(unsigned min_size, unsigned max_size);
  /// The guest may access unaligned addresses; without it they are rejected.
  IoOps& valid_unaligned();
  /// Asked for every access first; false rejects it.
  IoOps& accepts(Accepts callback);
  /// Sizes in bytes that the callbacks implement. Without it, 1 to 4.
  IoOps& impl(unsigned min_size, unsigned max_size);
  /// The callbacks take unaligned offsets.
  IoOps& impl_unaligned();
  /// The byte order of the device's registers: little unless said otherwise.
  IoOps& endian(Endian order);
  /// Reading changes nothing, so a write narrower than impl's minimum may be made by reading the rest and writing all
  /// of it. Without it such a write is rejected.
  IoOps& reads_have_no_side_effects();

  /// The handler. Throws MapError when the constraints make no sense (a minimum above the maximum, no power of two).
  std::unique_ptr<IoHandler> build() const;
  operator std::unique_ptr<IoHandler>() const {
    return build();
  }  // NOLINT: so that a region takes the expression as it stands

 private:
  friend class CallbackHandler;

  template <typename T, typename Callback>
  IoOps& read_sized(Callback callback) {
    return read([callback](Address offset, unsigned) -> std::uint64_t { return static_cast<T>(callback(offset)); })
        .impl(sizeof(T), sizeof(T));
  }
  template <typename T, typename Callback>
  IoOps& write_sized(Callback callback) {
    return write([callback](Address offset, std::uint64_t value, unsigned) { callback(offset, static_cast<T>(value)); })
        .impl(sizeof(T), sizeof(T));
  }

  struct Constraints {
    unsigned min = 1;
    unsigned max = 0;
    bool unaligned = false;
  };

  Constraints valid_{1, 0, false};
  Constraints impl_{1, 4, false};
  Endian endian_ = Endian::little;
  bool reads_are_pure_ = false;
  bool read_sees_attributes_ = false;
  bool write_sees_attributes_ = false;
  ReadWithAttributes read_;
  WriteWithAttributes write_;
  Accepts accepts_;
};

/// The beginning of a device: io_ops().read32(...).write32(...).
inline IoOps io_ops() { return {}; }

}  // namespace sc_memory
