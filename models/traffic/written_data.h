// What an initiator wrote and so expects to read again, with any number of its accesses under way.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>
#include <vector>

#include "sc_memory/map/address_range.h"

namespace sc_memory::models {

/// A byte is certain if it was written, and nothing that overlaps in time with a write of it says otherwise: bytes that
/// two writes under way have in common are in doubt until one is written alone, and so are bytes for a read during
/// which they are written. Holds memory for what was written, page by page.
class WrittenData {
 public:
  /// An access under way.
  struct Pending {
    AddressRange range;
    bool write;
    std::vector<std::uint8_t> bytes;  ///< Written, or expected.
    std::vector<bool> certain;        ///< By byte.
  };
  using Ticket = std::list<Pending>::iterator;

  Ticket begin_write(const AddressRange& range, const std::uint8_t* data);
  /// `done`: the response was no error; else all bytes of the range are in doubt.
  void end_write(Ticket ticket, bool done);

  Ticket begin_read(const AddressRange& range);
  /// Returns the number of bytes of `data` that are certainly wrong.
  std::size_t end_read(Ticket ticket, const std::uint8_t* data);

 private:
  static constexpr unsigned kPageBits = 12;
  static constexpr std::size_t kPageBytes = std::size_t{1} << kPageBits;
  struct Page {
    std::array<std::uint8_t, kPageBytes> bytes{};
    std::bitset<kPageBytes> known;
  };

  void doubt_in_others(const AddressRange& range, Pending& fresh);

  std::unordered_map<std::uint64_t, Page> pages_;
  std::list<Pending> pending_;
};

}  // namespace sc_memory::models
