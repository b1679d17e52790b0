// The CFI query table, field by field as the CFI specification (JEDEC JESD68.01) and Intel's extension lay it out.
#include "models/devices/cfi_query_table.h"

namespace sc_memory::models {

namespace {

/// Writes fields one after the other, least significant byte first.
class TableWriter {
 public:
  TableWriter(CfiQueryTable& table, unsigned at) : table_(table), at_(at) {}

  TableWriter& bytes(const char* text) {
    for (; *text != '\0'; ++text) table_[at_++] = static_cast<std::uint8_t>(*text);
    return *this;
  }
  TableWriter& field(unsigned width, std::uint64_t value) {
    for (unsigned i = 0; i < width; ++i) table_[at_++] = static_cast<std::uint8_t>(value >> (8 * i));
    return *this;
  }

 private:
  CfiQueryTable& table_;
  unsigned at_;
};

unsigned log2_of(std::uint64_t power_of_two) {
  unsigned log = 0;
  while (power_of_two >>= 1) ++log;
  return log;
}

constexpr unsigned identification = 0x10;
constexpr unsigned extended_table = 0x31;

}  // namespace

CfiQueryTable make_cfi_query_table(const CfiGeometry& geometry) {
  CfiQueryTable table{};
  TableWriter(table, identification)
      .bytes("QRY")
      .field(2, 0x0001)          // The primary command set: Intel extended.
      .field(2, extended_table)  // Where its own table begins.
      .field(2, 0)               // No alternate command set,
      .field(2, 0)               // nor a table of it.
      .field(1, 0x45)            // Supply voltage 4.5 V
      .field(1, 0x55)            // to 5.5 V,
      .field(1, 0)               // no programming voltage pin.
      .field(1, 0)
      .field(1, 7)   // Typical times, powers of two: a word 128 us,
      .field(1, 7)   // a write buffer 128 us,
      .field(1, 10)  // a block's erasure 1 s,
      .field(1, 0)   // no erasure of the whole device.
      .field(1, 4)   // The longest are 16 times as long.
      .field(1, 4)
      .field(1, 4)
      .field(1, 0)
      .field(1, log2_of(geometry.device_bytes))
      .field(2, 0x0002)  // The interface: 8 and 16 bits.
      .field(2, geometry.write_buffer_log2)
      .field(1, 1)  // One region of blocks:
      .field(2, geometry.device_bytes / geometry.block_bytes - 1)
      .field(2, geometry.block_bytes / 256);
  TableWriter(table, extended_table)
      .bytes("PRI10")
      .field(4, 0x26)    // Features: suspending erasure and programming, instant locking of blocks.
      .field(1, 0x01)    // Programming is possible while an erasure is suspended.
      .field(2, 0x0001)  // The block status register has the lock bit.
      .field(1, 0x50)    // Best supply voltage: 5.0 V; no programming voltage.
      .field(1, 0)
      .field(1, 1)   // One protection register field, for readers that count on it:
      .field(4, 0);  // of no size.
  return table;
}

}  // namespace sc_memory::models
