// The command state machine of the flash bank.
#include "models/devices/cfi_flash.h"

#include <cstring>
#include <fmt/format.h>
#include <utility>

#include "sc_memory/access/io_ops.h"
#include "sc_memory/map/map_error.h"

#include "models/boot/file_bytes.h"
#include "models/boot/load_error.h"

namespace sc_memory::models {

namespace {

constexpr unsigned bus_bytes = 4;
constexpr unsigned devices = 2;
constexpr std::uint8_t manufacturer = 0x89;
constexpr std::uint8_t device_code = 0x18;

/// 2 KiB in each device, which takes them a word of two bytes at a time.
constexpr unsigned write_buffer_log2 = 11;
constexpr unsigned write_buffer_words = (1U << write_buffer_log2) / 2;

constexpr std::uint8_t status_ready = 0x80;
constexpr std::uint8_t status_erase_error = 0x20;
constexpr std::uint8_t status_program_error = 0x10;
constexpr std::uint8_t status_locked = 0x02;
/// Both error bits together say that the sequence of commands made no sense.
constexpr std::uint8_t status_sequence_error = status_erase_error | status_program_error;

constexpr std::uint8_t confirm = 0xd0;

Address block_of(Address offset) { return offset - offset % CfiFlash::block_bytes; }

/// Identifiers are decoded by a few address pins only, so that they come again every 64 words, as on QEMU's virt:
/// software that takes the bank for smaller blocks finds them at each of its own.
Address identifier_word(Address offset) { return offset / bus_bytes % 64; }

std::uint64_t checked_size(const std::string& name, std::uint64_t size) {
  if (size < CfiFlash::block_bytes || (size & (size - 1)) != 0)
    throw MapError(fmt::format("flash '{}': a size of {:#x} bytes is no power of two from {:#x} on", name, size,
                               CfiFlash::block_bytes));
  return size;
}

}  // namespace

CfiFlash::CfiFlash(std::string name, std::uint64_t size)
    : memory_(checked_size(name, size), block_bytes),
      query_table_(make_cfi_query_table({size / devices, block_bytes / devices, write_buffer_log2})),
      status_(status_ready),
      locks_(size / block_bytes, Lock::open),
      region_(std::move(name), memory_.borrow(),
              io_ops()
                  .read([this](Address offset, unsigned bytes) { return read(offset, bytes); })
                  .write([this](Address offset, std::uint64_t value, unsigned bytes) {
                    write(offset, static_cast<std::uint32_t>(value), bytes);
                  })
                  .impl(1, bus_bytes)) {
  buffer_.reserve(write_buffer_words);
}

CfiFlash::CfiFlash(std::string name, const std::string& image, ImageMode mode, std::uint64_t size)
    : CfiFlash(std::move(name), size) {
  image_ = std::make_unique<ReplaceableImage>(image, "a flash image as large as the bank", mode);
  if (image_->size() != size)
    throw LoadError(image, fmt::format("has {} bytes; the flash bank has {}, and its image must have as many",
                                       image_->size(), size));
  Bytes block(block_bytes);
  for (Address offset = 0; offset < size; offset += block_bytes) {
    image_->read(offset, block.data(), block.size());
    // Erased blocks go on costing no memory.
    if (std::memcmp(block.data(), memory_.data() + offset, block.size()) != 0)
      std::memcpy(memory_.data() + offset, block.data(), block.size());
  }
}

bool CfiFlash::is_saved(Address offset) const {
  Bytes block(block_bytes);
  image_->read(offset, block.data(), block.size());
  return std::memcmp(block.data(), memory_.data() + offset, block.size()) == 0;
}

/// Compared, rather than noted while it changes: loaders and debuggers write past the commands.
void CfiFlash::write_back() {
  if (image_ == nullptr || image_->readonly()) return;
  for (Address offset = 0; offset < memory_.size(); offset += block_bytes)
    if (!is_saved(offset)) return image_->replace(memory_.data());
}

std::uint32_t CfiFlash::read(Address offset, unsigned size) const {
  std::uint32_t word = 0;
  const Address start = offset - offset % bus_bytes;
  if (show_ == Show::array)
    std::memcpy(&word, memory_.data() + start, bus_bytes);
  else
    word = answer(start) * 0x00010001U;
  word >>= 8 * (offset % bus_bytes);
  return size == bus_bytes ? word : word & ((1U << (8 * size)) - 1);
}

/// What each of the devices puts on its half of the bus.
std::uint32_t CfiFlash::answer(Address offset) const {
  const Address word = offset / bus_bytes;
  if (show_ == Show::identifiers) return identifier(offset);
  if (show_ == Show::query) return word < query_table_.size() ? query_table_[word] : 0;
  return status_;
}

std::uint8_t CfiFlash::identifier(Address offset) const {
  switch (identifier_word(offset)) {
    case 0:
      return manufacturer;
    case 1:
      return device_code;
    case 2: {
      const Lock lock = locks_[offset / block_bytes];
      return lock == Lock::locked_down ? 3 : lock == Lock::locked ? 1 : 0;
    }
    default:
      return 0;
  }
}

void CfiFlash::write(Address offset, std::uint32_t value, unsigned size) {
  const auto code = static_cast<std::uint8_t>(value);
  switch (expect_) {
    case Expect::command:
      command(code, offset);
      break;
    case Expect::program_data:
      finish(program(offset, value, size));
      break;
    case Expect::erase_confirmation:
      finish(code == confirm ? erase(offset) : status_sequence_error);
      break;
    case Expect::lock_operation:
      set_lock(code, offset);
      break;
    case Expect::buffer_count:
      count_buffer(value);
      break;
    case Expect::buffer_data:
      fill_buffer(offset, value, size);
      break;
    case Expect::buffer_confirmation:
      if (code == confirm)
        program_buffer();
      else
        finish(status_sequence_error);
      break;
  }
  update_readable();
}

void CfiFlash::command(std::uint8_t code, Address offset) {
  switch (code) {
    case 0xff:
    case 0xf0:
      show_ = Show::array;
      break;
    case 0x90:
      show_ = Show::identifiers;
      break;
    case 0x98:
      show_ = Show::query;
      break;
    case 0x70:
      show_ = Show::status;
      break;
    case 0x50:
      status_ = status_ready;
      break;
    case 0x10:
    case 0x40:
      start(Expect::program_data, offset);
      break;
    case 0x20:
      start(Expect::erase_confirmation, offset);
      break;
    case 0x60:
      start(Expect::lock_operation, offset);
      break;
    case 0xe8:
      start(Expect::buffer_count, offset);
      break;
    case 0xb0:  // Suspend and resume: every operation is over already, which is what the status says.
    case confirm:
      show_ = Show::status;
      break;
    default:
      break;
  }
}

/// An operation of several writes begins: from here on the devices show their status.
void CfiFlash::start(Expect next, Address offset) {
  expect_ = next;
  show_ = Show::status;
  block_ = block_of(offset);
}

/// The operation is over. Error bits stay until the status is cleared.
void CfiFlash::finish(std::uint8_t error_bits) {
  expect_ = Expect::command;
  status_ |= error_bits;
}

void CfiFlash::set_lock(std::uint8_t operation, Address offset) {
  Lock& lock = locks_[offset / block_bytes];
  switch (operation) {
    case 0x01:
      if (lock == Lock::open) lock = Lock::locked;
      return finish(0);
    case 0x2f:
      lock = Lock::locked_down;
      return finish(0);
    case confirm:
      if (lock != Lock::locked_down) lock = Lock::open;
      return finish(0);
    default:
      return finish(status_sequence_error);
  }
}

/// The count is that of one device's words, less one: as many as there are writes to come.
void CfiFlash::count_buffer(std::uint32_t value) {
  buffer_left_ = (value & 0xffff) + 1;
  buffer_.clear();
  if (buffer_left_ > write_buffer_words) return finish(status_sequence_error);
  expect_ = Expect::buffer_data;
}

void CfiFlash::fill_buffer(Address offset, std::uint32_t value, unsigned size) {
  if (block_of(offset) != block_) return finish(status_sequence_error);
  buffer_.push_back({offset, value, size});
  if (--buffer_left_ == 0) expect_ = Expect::buffer_confirmation;
}

void CfiFlash::program_buffer() {
  std::uint8_t errors = 0;
  for (const BufferedWrite& write : buffer_) errors |= program(write.offset, write.value, write.size);
  finish(errors);
}

/// Returns the status bits of what went wrong.
std::uint8_t CfiFlash::erase(Address offset) {
  if (is_locked(offset)) return status_erase_error | status_locked;
  const Address block = block_of(offset);
  memory_.erase_block(block);
  region_.note_write({block, block + block_bytes - 1});
  return 0;
}

/// Programming only clears bits. Returns the status bits of what went wrong.
std::uint8_t CfiFlash::program(Address offset, std::uint32_t value, unsigned size) {
  if (is_locked(offset)) return status_program_error | status_locked;
  std::uint32_t contents = 0;
  std::memcpy(&contents, memory_.data() + offset, size);
  contents &= value;
  std::memcpy(memory_.data() + offset, &contents, size);
  region_.note_write({offset, offset + size - 1});
  return 0;
}

void CfiFlash::update_readable() {
  const bool readable = show_ == Show::array;
  if (readable == region_.readable()) return;
  region_.set_readable(readable);
  ++mode_switches_;
}

}  // namespace sc_memory::models
