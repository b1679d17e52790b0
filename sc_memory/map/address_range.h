// Addresses and inclusive address ranges. All address arithmetic of the library lives here, and none of it wraps: a
// range that covers the whole 2^64 space is an ordinary value, and nothing needs 128-bit numbers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace sc_memory {

using Address = std::uint64_t;

/// The size of the whole address space, 2^64 bytes, as the 2013 API writes it: it does not fit into 64 bits, so the
/// largest value stands for it (a size of 2^64-1 bytes can therefore not be said).
inline constexpr std::uint64_t kWholeSpace = UINT64_MAX;

/// The bytes from `first` to `last`, both included. A range always holds at least one byte; where there may be none,
/// the functions below answer std::nullopt.
struct AddressRange {
  Address first = 0;
  Address last = 0;

  static constexpr AddressRange whole() { return {0, UINT64_MAX}; }

  /// `size` bytes from `first`, cut at the top of the address space. Empty when `size` is 0. A size of kWholeSpace is
  /// 2^64.
  static constexpr std::optional<AddressRange> sized(Address first, std::uint64_t size) {
    if (size == 0) return std::nullopt;
    if (size == kWholeSpace) return AddressRange{first, UINT64_MAX};
    return AddressRange{first, first + std::min(size - 1, UINT64_MAX - first)};
  }

  /// The number of bytes; 2^64 is reported as kWholeSpace.
  constexpr std::uint64_t size() const { return last - first == UINT64_MAX ? kWholeSpace : last - first + 1; }

  constexpr bool contains(Address address) const { return first <= address && address <= last; }
  constexpr bool contains(const AddressRange& other) const { return first <= other.first && other.last <= last; }
  constexpr bool overlaps(const AddressRange& other) const { return first <= other.last && other.first <= last; }

  /// True when `next` begins at the byte after this range's last one.
  constexpr bool ends_right_before(const AddressRange& next) const {
    return last != UINT64_MAX && last + 1 == next.first;
  }

  constexpr std::optional<AddressRange> intersection(const AddressRange& other) const {
    if (!overlaps(other)) return std::nullopt;
    return AddressRange{std::max(first, other.first), std::min(last, other.last)};
  }

  /// The range moved up by `distance`, cut at the top of the address space; empty when all of it is beyond.
  constexpr std::optional<AddressRange> moved_up(std::uint64_t distance) const {
    if (distance > UINT64_MAX - first) return std::nullopt;
    return AddressRange{first + distance, last + std::min(distance, UINT64_MAX - last)};
  }

  /// The range moved down by `distance`, which is at most `first`.
  constexpr AddressRange moved_down(std::uint64_t distance) const { return {first - distance, last - distance}; }

  friend constexpr bool operator==(const AddressRange& a, const AddressRange& b) {
    return a.first == b.first && a.last == b.last;
  }
  friend constexpr bool operator!=(const AddressRange& a, const AddressRange& b) { return !(a == b); }
};

/// Sizes as people write them: 4_KiB, 256_MiB, 1_GiB.
inline namespace literals {
constexpr std::uint64_t operator""_KiB(unsigned long long n) { return n << 10; }
constexpr std::uint64_t operator""_MiB(unsigned long long n) { return n << 20; }
constexpr std::uint64_t operator""_GiB(unsigned long long n) { return n << 30; }
}  // namespace literals

}  // namespace sc_memory
