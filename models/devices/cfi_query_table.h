// What one flash device says of itself in answer to a CFI query.
#pragma once

#include <array>
#include <cstdint>

namespace sc_memory::models {

/// The geometry of one device of a bank.
struct CfiGeometry {
  std::uint64_t device_bytes = 0;  ///< A power of two.
  std::uint64_t block_bytes = 0;   ///< Of an erase block; all are alike.
  unsigned write_buffer_log2 = 0;  ///< The write buffer holds 2^n bytes.
};

/// By query address: one byte for each word of the device.
using CfiQueryTable = std::array<std::uint8_t, 0x52>;

/// A device of 16 bits with the Intel extended command set: instant block locking, uniform blocks.
CfiQueryTable make_cfi_query_table(const CfiGeometry& geometry);

}  // namespace sc_memory::models
