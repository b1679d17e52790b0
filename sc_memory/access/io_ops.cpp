// The handler made of callbacks: checks an access against what is valid, then makes it of accesses that are
// implemented.
#include "sc_memory/access/io_ops.h"

#include <cstring>
#include <fmt/format.h>

#include "sc_memory/map/map_error.h"

namespace sc_memory {

namespace {

constexpr bool is_power_of_two(std::uint64_t n) { return n != 0 && (n & (n - 1)) == 0; }

std::uint64_t largest_power_of_two(std::uint64_t limit) {
  std::uint64_t power = 1;
  while (power * 2 <= limit) power *= 2;
  return power;
}

/// The largest power of two that divides `offset`: everything divides 0.
std::uint64_t alignment_of(Address offset) { return offset == 0 ? UINT64_C(1) << 63 : offset & (~offset + 1); }

void check_sizes(const char* what, unsigned min, unsigned max) {
  const bool sane = is_power_of_two(min) && min <= 8 && (max == 0 || (is_power_of_two(max) && max <= 8 && min <= max));
  if (!sane)
    throw MapError(fmt::format("io_ops: {} access sizes {} to {} are not powers of two from 1 to 8 in ascending order",
                               what, min, max));
}

}  // namespace

/// One access to a callback: a register's worth of bytes, of which the guest's access wants some.
struct RegisterAccess {
  Address offset;  ///< Given to the callback.
  unsigned size;   ///< Given to the callback.
  unsigned skip;   ///< Bytes before those wanted.
  unsigned count;  ///< Bytes wanted.

  bool is_partial() const { return count != size; }
};

class CallbackHandler final : public IoHandler {
 public:
  explicit CallbackHandler(IoOps ops) : ops_(std::move(ops)) {}

  AccessResult read(Address offset, std::uint8_t* data, std::size_t length, const Attributes& attributes) override {
    std::memset(data, 0, length);
    AccessResult result = check(offset, length, Direction::read, attributes);
    if (result != AccessResult::ok) return result;
    for (std::size_t done = 0; done < length;) {
      const RegisterAccess part = next_register(offset + done, length - done);
      std::uint8_t bytes[8];
      result = worst(result, read_register(part, bytes, attributes));
      std::memcpy(data + done, bytes + part.skip, part.count);
      done += part.count;
    }
    return result;
  }

  AccessResult write(Address offset, const std::uint8_t* data, std::size_t length,
                     const Attributes& attributes) override {
    AccessResult result = check(offset, length, Direction::write, attributes);
    if (result == AccessResult::ok) result = check_partial_writes(offset, length);
    if (result != AccessResult::ok) return result;
    for (std::size_t done = 0; done < length;) {
      const RegisterAccess part = next_register(offset + done, length - done);
      result = worst(result, write_register(part, data + done, attributes));
      done += part.count;
    }
    return result;
  }

  std::size_t access_length(Address offset, std::size_t remaining) const override {
    std::uint64_t limit = std::min<std::uint64_t>(remaining, ops_.valid_.max == 0 ? 8 : ops_.valid_.max);
    if (!ops_.valid_.unaligned) limit = std::min(limit, alignment_of(offset));
    return largest_power_of_two(limit);
  }

  Endian endian() const override { return ops_.endian_; }

 private:
  AccessResult check(Address offset, std::size_t length, Direction direction, const Attributes& attributes) const {
    const bool callback = direction == Direction::read ? ops_.read_ != nullptr : ops_.write_ != nullptr;
    if (!is_power_of_two(length) || length > 8) return AccessResult::rejected;
    if (ops_.accepts_ && !ops_.accepts_(offset, static_cast<unsigned>(length), direction, attributes))
      return AccessResult::rejected;
    if (!ops_.valid_.unaligned && offset % length != 0) return AccessResult::rejected;
    if (ops_.valid_.max != 0 && (length < ops_.valid_.min || length > ops_.valid_.max)) return AccessResult::rejected;
    if (!callback) return AccessResult::refused;
    return attributes.debug && !debuggable(direction) ? AccessResult::refused : AccessResult::ok;
  }

  /// A callback that cannot see that an access is for debugging is only called where that does no harm.
  bool debuggable(Direction direction) const {
    return direction == Direction::read ? ops_.read_sees_attributes_ || ops_.reads_are_pure_
                                        : ops_.write_sees_attributes_;
  }

  /// Before anything is written: no part of the access may be narrower than a register unless the rest of it can be
  /// read.
  AccessResult check_partial_writes(Address offset, std::size_t length) const {
    const bool readable = ops_.reads_are_pure_ && ops_.read_ != nullptr;
    for (std::size_t done = 0; done < length && !readable;) {
      const RegisterAccess part = next_register(offset + done, length - done);
      if (part.is_partial()) return AccessResult::rejected;
      done += part.count;
    }
    return AccessResult::ok;
  }

  /// The access to a callback that covers the byte at `offset` and as many of `remaining` as one can.
  RegisterAccess next_register(Address offset, std::size_t remaining) const {
    const std::uint64_t limit = std::min<std::uint64_t>(remaining, ops_.impl_.max == 0 ? 8 : ops_.impl_.max);
    const auto size = static_cast<unsigned>(
        largest_power_of_two(ops_.impl_.unaligned ? limit : std::min(limit, alignment_of(offset))));
    if (size >= ops_.impl_.min) return {offset, size, 0, size};
    const unsigned skip = static_cast<unsigned>(offset % ops_.impl_.min);
    const unsigned count = static_cast<unsigned>(std::min<std::uint64_t>(remaining, ops_.impl_.min - skip));
    return {offset - skip, ops_.impl_.min, skip, count};
  }

  /// Writes the bytes wanted of a register; those around them are what they were.
  AccessResult write_register(const RegisterAccess& access, const std::uint8_t* data,
                              const Attributes& attributes) const {
    std::uint8_t bytes[8];
    if (access.is_partial()) {
      const AccessResult result = read_register(access, bytes, attributes);
      if (result != AccessResult::ok) return result;
    }
    std::memcpy(bytes + access.skip, data, access.count);
    return ops_.write_(access.offset, number_from(bytes, access.size, ops_.endian_), access.size, attributes);
  }

  AccessResult read_register(const RegisterAccess& access, std::uint8_t* bytes, const Attributes& attributes) const {
    std::uint64_t value = 0;
    const AccessResult result = ops_.read_(access.offset, value, access.size, attributes);
    number_to(result == AccessResult::ok ? value : 0, bytes, access.size, ops_.endian_);
    return result;
  }

  IoOps ops_;
};

IoOps& IoOps::read(Read callback) {
  read_with_attributes(
      [callback = std::move(callback)](Address offset, std::uint64_t& value, unsigned size, const Attributes&) {
        value = callback(offset, size);
        return AccessResult::ok;
      });
  read_sees_attributes_ = false;
  return *this;
}

IoOps& IoOps::write(Write callback) {
  write_with_attributes(
      [callback = std::move(callback)](Address offset, std::uint64_t value, unsigned size, const Attributes&) {
        callback(offset, value, size);
        return AccessResult::ok;
      });
  write_sees_attributes_ = false;
  return *this;
}

IoOps& IoOps::read_with_attributes(ReadWithAttributes callback) {
  read_ = std::move(callback);
  read_sees_attributes_ = true;
  return *this;
}

IoOps& IoOps::write_with_attributes(WriteWithAttributes callback) {
  write_ = std::move(callback);
  write_sees_attributes_ = true;
  return *this;
}

IoOps& IoOps::valid(unsigned min_size, unsigned max_size) {
  valid_.min = min_size;
  valid_.max = max_size;
  return *this;
}

IoOps& IoOps::valid_unaligned() {
  valid_.unaligned = true;
  return *this;
}

IoOps& IoOps::accepts(Accepts callback) {
  accepts_ = std::move(callback);
  return *this;
}

IoOps& IoOps::impl(unsigned min_size, unsigned max_size) {
  impl_.min = min_size;
  impl_.max = max_size;
  return *this;
}

IoOps& IoOps::impl_unaligned() {
  impl_.unaligned = true;
  return *this;
}

IoOps& IoOps::endian(Endian order) {
  endian_ = order;
  return *this;
}

IoOps& IoOps::reads_have_no_side_effects() {
  reads_are_pure_ = true;
  return *this;
}

std::unique_ptr<IoHandler> IoOps::build() const {
  check_sizes("valid", valid_.min, valid_.max);
  check_sizes("impl", impl_.min, impl_.max);
  return std::make_unique<CallbackHandler>(*this);
}

}  // namespace sc_memory
