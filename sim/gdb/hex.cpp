// Hexadecimal text.
#include "sim/gdb/hex.h"

#include <algorithm>

namespace sc_memory::sim::gdb {

std::optional<std::uint8_t> hex_digit(std::uint8_t digit) {
  if (digit >= '0' && digit <= '9') return static_cast<std::uint8_t>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<std::uint8_t>(digit - 'a' + 10);
  if (digit >= 'A' && digit <= 'F') return static_cast<std::uint8_t>(digit - 'A' + 10);
  return std::nullopt;
}

std::string to_hex(const std::uint8_t* bytes, std::size_t size) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * size);
  for (std::size_t i = 0; i < size; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

std::string to_hex(const Bytes& bytes) { return to_hex(bytes.data(), bytes.size()); }

std::string to_hex(std::string_view text) { return to_hex(Bytes(text.begin(), text.end())); }

std::optional<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = hex_digit(static_cast<std::uint8_t>(text[i]));
    const auto low = hex_digit(static_cast<std::uint8_t>(text[i + 1]));
    if (!high || !low) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(*high << 4 | *low));
  }
  return bytes;
}

bool Cursor::skip(std::string_view prefix) {
  if (rest_.substr(0, prefix.size()) != prefix) return false;
  rest_.remove_prefix(prefix.size());
  return true;
}

std::optional<std::uint64_t> Cursor::number() {
  constexpr std::size_t kMaxDigits = 16;
  std::size_t length = 0;
  std::uint64_t value = 0;
  while (length < rest_.size()) {
    const auto digit = hex_digit(static_cast<std::uint8_t>(rest_[length]));
    if (!digit) break;
    if (++length > kMaxDigits) return std::nullopt;
    value = value << 4 | *digit;
  }
  if (length == 0) return std::nullopt;
  rest_.remove_prefix(length);
  return value;
}

std::string_view Cursor::until(char end) {
  const std::size_t length = std::min(rest_.find(end), rest_.size());
  const std::string_view found = rest_.substr(0, length);
  rest_.remove_prefix(std::min(length + 1, rest_.size()));
  return found;
}

}  // namespace sc_memory::sim::gdb
