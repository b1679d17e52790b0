// A reader of CBOR for tests of what writes it: turns bytes into a tree.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace sc_memory::testing {

/// A data item of RFC 8949. Throws std::runtime_error where bytes end too early, except in an array without an end of
/// its own: it then ends there, as a recording whose writer was killed does.
struct CborItem {
  unsigned type = 0;            ///< The major type.
  std::uint64_t number = 0;     ///< Value, tag, or length.
  std::string bytes;            ///< Of strings.
  std::vector<CborItem> items;  ///< Of arrays; of maps, keys and values in turn; of a tag, what it is for.

  const CborItem& at(std::size_t i) const { return items.at(i); }
  const CborItem& tagged(std::uint64_t tag) const {
    if (type != 6 || number != tag) throw std::runtime_error("not tag " + std::to_string(tag));
    return items.at(0);
  }
};

class CborReader {
 public:
  explicit CborReader(std::string bytes) : bytes_(std::move(bytes)) {}

  CborItem item() {
    const unsigned first = byte();
    CborItem result;
    result.type = first >> 5;
    const bool open = (first & 31) == 31;
    if (!open) result.number = argument(first & 31);
    if (result.type == 2 || result.type == 3) {
      if (result.number > bytes_.size() - at_) throw std::runtime_error("a string ends too early");
      result.bytes = bytes_.substr(at_, result.number);
      at_ += result.number;
    }
    if (open) {
      while (at_ < bytes_.size() && static_cast<unsigned char>(bytes_[at_]) != 0xff) result.items.push_back(item());
      closed = at_ < bytes_.size();
      if (closed) ++at_;
      return result;
    }
    const std::uint64_t count = result.type == 4   ? result.number
                                : result.type == 5 ? 2 * result.number
                                                   : (result.type == 6 ? 1 : 0);
    for (std::uint64_t i = 0; i < count; ++i) result.items.push_back(item());
    return result;
  }
  bool at_end() const { return at_ == bytes_.size(); }

  bool closed = false;  ///< Whether the last array without an end of its own had its mark.

 private:
  unsigned byte() {
    if (at_ >= bytes_.size()) throw std::runtime_error("the bytes end too early");
    return static_cast<unsigned char>(bytes_[at_++]);
  }
  std::uint64_t argument(unsigned information) {
    if (information < 24) return information;
    if (information > 27) throw std::runtime_error("no length");
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 1U << (information - 24); ++i) value = value << 8 | byte();
    return value;
  }

  std::string bytes_;
  std::size_t at_ = 0;
};

}  // namespace sc_memory::testing
