// A bank of NOR flash: two 16-bit devices side by side on a 32-bit bus, each with the common flash interface and
// Intel's extended command set, as on QEMU's virt machine.
//
// While the devices are in read-array state the bank is memory to its readers (the region is readable and direct
// pointers may be held). Any command that leaves that state, even for an instant, turns every read into a call: the map
// changes, pointers are taken back. Reading the array again (0xff) changes it back.
//
// Commands: 0xff (and AMD's 0xf0) read array, 0x90 read identifiers, 0x98 CFI query, 0x70 read status, 0x50 clear
// status, 0x20 0xd0 erase block, 0x40 or 0x10 program a word, 0xe8 program through the write buffer, 0x60 with 0x01,
// 0x2f or 0xd0 lock, lock down and unlock a block, 0xb0 and 0xd0 suspend and resume. Others are ignored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sc_memory/map/io_region.h"

#include "models/devices/cfi_query_table.h"
#include "models/devices/erased_memory.h"
#include "models/storage/replaceable_image.h"

namespace sc_memory::models {

/// Both devices are always given the same command, so there is one state for the two: a command is the low byte of what
/// is written, of any width, and each device's answer appears in its half of the bus. Erasing and programming take no
/// simulated time, so that the status is always ready. Debug accesses reach the contents whatever the state,
/// as a programmer's socket would; the map sees to that. Offsets are relative to the bank.
class CfiFlash {
 public:
  static constexpr std::uint64_t default_size = 32 * 1024 * 1024;
  static constexpr std::uint64_t block_bytes = 256 * 1024;  ///< Of the bank: half of it in each device.

  /// An erased bank, all 0xff. `size` is a power of two, at least one block (MapError otherwise). Untouched pages cost
  /// no memory.
  explicit CfiFlash(std::string name, std::uint64_t size = default_size);
  /// A bank that begins with the contents of the file at `image`, which has exactly `size` bytes and is locked. A file
  /// that cannot be written makes a bank that refuses to be programmed and erased, as with its write protect pin low.
  /// Throws LoadError when the file cannot be used.
  CfiFlash(std::string name, const std::string& image, ImageMode mode, std::uint64_t size = default_size);

  /// Gives the contents back to the image if they are not the same: as a whole, never torn. Nothing happens without an
  /// image. Throws LoadError when the host cannot write it.
  void write_back();

  RomDeviceRegion& region() { return region_; }

  /// How often the region has changed from direct reads to calls or back.
  std::uint64_t mode_switches() const { return mode_switches_; }

  /// Whether programming and erasing the block with the byte at `offset` is refused.
  bool is_locked(std::uint64_t offset) const {
    return is_write_protected() || locks_.at(offset / block_bytes) != Lock::open;
  }

 private:
  /// What reads show.
  enum class Show : std::uint8_t { array, status, identifiers, query };
  /// What the next write is.
  enum class Expect : std::uint8_t {
    command,
    program_data,
    erase_confirmation,
    lock_operation,
    buffer_count,
    buffer_data,
    buffer_confirmation,
  };
  enum class Lock : std::uint8_t { open, locked, locked_down };

  struct BufferedWrite {
    Address offset;
    std::uint32_t value;
    unsigned size;
  };

  bool is_write_protected() const { return image_ != nullptr && image_->readonly(); }
  /// Whether the image holds what the block at `offset` holds.
  bool is_saved(Address offset) const;
  std::uint32_t read(Address offset, unsigned size) const;
  std::uint32_t answer(Address offset) const;
  std::uint8_t identifier(Address offset) const;
  void write(Address offset, std::uint32_t value, unsigned size);
  void command(std::uint8_t code, Address offset);
  void start(Expect next, Address offset);
  void finish(std::uint8_t error_bits);
  void set_lock(std::uint8_t operation, Address offset);
  void count_buffer(std::uint32_t value);
  void fill_buffer(Address offset, std::uint32_t value, unsigned size);
  void program_buffer();
  std::uint8_t erase(Address offset);
  std::uint8_t program(Address offset, std::uint32_t value, unsigned size);
  void update_readable();

  ErasedMemory memory_;
  std::unique_ptr<ReplaceableImage> image_;  ///< May be null.
  CfiQueryTable query_table_;
  Show show_ = Show::array;
  Expect expect_ = Expect::command;
  std::uint8_t status_;
  Address block_ = 0;  ///< The block of the operation under way.
  unsigned buffer_left_ = 0;
  std::vector<BufferedWrite> buffer_;
  std::vector<Lock> locks_;
  std::uint64_t mode_switches_ = 0;
  RomDeviceRegion region_;
};

}  // namespace sc_memory::models
