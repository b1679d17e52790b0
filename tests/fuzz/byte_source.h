// Turns the bytes that a fuzzer makes up into numbers and choices.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sc_memory::fuzz {

/// Zeros once the bytes are used up.
class ByteSource {
 public:
  ByteSource(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}

  bool empty() const { return size_ == 0; }
  std::uint8_t byte() {
    if (size_ == 0) return 0;
    --size_;
    return *data_++;
  }
  template <typename T>
  T number() {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
      value = static_cast<T>(value | static_cast<T>(static_cast<T>(byte()) << (8 * i)));
    return value;
  }
  /// 0 to count-1.
  std::size_t choice(std::size_t count) { return byte() % count; }
  /// Mostly small and page-like, sometimes anything, the ends of the address space included.
  std::uint64_t address() {
    switch (choice(4)) {
      case 0:
        return std::uint64_t{byte()} << 8;
      case 1:
        return number<std::uint16_t>();
      case 2:
        return UINT64_MAX - number<std::uint16_t>();
      default:
        return number<std::uint64_t>();
    }
  }
  std::uint64_t size() { return choice(8) == 0 ? UINT64_MAX : address(); }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
};

}  // namespace sc_memory::fuzz
