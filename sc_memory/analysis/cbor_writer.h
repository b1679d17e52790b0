// The part of CBOR (RFC 8949) that recordings need.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sc_memory {

/// Appends data items to a string of bytes.
class CborWriter {
 public:
  explicit CborWriter(std::string& bytes) : bytes_(bytes) {}

  void integer(std::int64_t value) {
    if (value >= 0)
      head(0, static_cast<std::uint64_t>(value));
    else
      head(1, ~static_cast<std::uint64_t>(value));
  }
  void unsigned_integer(std::uint64_t value) { head(0, value); }
  void byte_string(std::string_view value) {
    head(2, value.size());
    bytes_.append(value);
  }
  void text(std::string_view value) {
    head(3, value.size());
    bytes_.append(value);
  }
  /// The items of an array, or pairs of a map, follow.
  void array(std::uint64_t count) { head(4, count); }
  void map(std::uint64_t count) { head(5, count); }
  /// Of any number of items, up to end().
  void open_array() { bytes_.push_back('\x9f'); }
  void end() { bytes_.push_back('\xff'); }
  /// Of the item that follows.
  void tag(std::uint64_t number) { head(6, number); }

 private:
  void head(unsigned major_type, std::uint64_t value) {
    const unsigned size = value < 24 ? 0 : value <= 0xff ? 1 : value <= 0xffff ? 2 : value <= 0xffffffff ? 4 : 8;
    const unsigned information = size == 0   ? static_cast<unsigned>(value)
                                 : size == 1 ? 24
                                 : size == 2 ? 25
                                 : size == 4 ? 26
                                             : 27;
    bytes_.push_back(static_cast<char>(major_type << 5 | information));
    for (unsigned i = size; i-- > 0;) bytes_.push_back(static_cast<char>(value >> (8 * i)));
  }

  std::string& bytes_;
};

}  // namespace sc_memory
