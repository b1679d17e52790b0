// Bytes and numbers as the remote serial protocol writes them, and a cursor to read a packet with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sc_memory::sim::gdb {

using Bytes = std::vector<std::uint8_t>;

/// The digit's value; nothing if it is none.
std::optional<std::uint8_t> hex_digit(std::uint8_t digit);

/// Two digits a byte, in their order in memory.
std::string to_hex(const std::uint8_t* bytes, std::size_t size);
std::string to_hex(const Bytes& bytes);
std::string to_hex(std::string_view text);
/// Nothing if the text is not all pairs of digits.
std::optional<Bytes> from_hex(std::string_view text);

/// Reads a packet from its beginning to its end.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  std::string_view rest() const { return rest_; }
  bool at_end() const { return rest_.empty(); }
  /// Goes past `prefix` if it comes next; whether it did.
  bool skip(std::string_view prefix);
  /// The hexadecimal number that comes next; nothing, and no step further, if there is none or it has more than 64
  /// bits.
  std::optional<std::uint64_t> number();
  /// What comes before the next `end`, or before the end of the packet; goes past it and `end`.
  std::string_view until(char end);

 private:
  std::string_view rest_;
};

}  // namespace sc_memory::sim::gdb
