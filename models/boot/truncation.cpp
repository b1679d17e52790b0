// PE headers (Microsoft's PE format, of which the kernel's EFI stub uses the section table) and cpio archives (the
// kernel's Documentation/driver-api/early-userspace/buffer-format.rst).
#include "models/boot/truncation.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <optional>
#include <string_view>

#include "models/boot/load_error.h"

namespace sc_memory::models {
namespace {

// Offsets in the PE headers; all fields are little-endian.
constexpr size_t pe_offset_at = 0x3c;
constexpr size_t section_count_at = 0x06;  // from the PE signature on, as are the next two
constexpr size_t optional_header_size_at = 0x14;
constexpr size_t optional_header_at = 0x18;
constexpr size_t section_header_length = 40;
constexpr size_t raw_size_at = 0x10;  // within a section's header, as is the next
constexpr size_t raw_offset_at = 0x14;

// A cpio member: a header of letters, all numbers in eight hexadecimal digits, the name, the bytes; both padded to
// four.
constexpr size_t cpio_header_length = 110;
constexpr size_t cpio_file_size_at = 54;
constexpr size_t cpio_name_size_at = 94;
constexpr std::string_view cpio_trailer = "TRAILER!!!";

bool has_at(const Bytes& bytes, size_t offset, std::string_view text) {
  return offset <= bytes.size() && bytes.size() - offset >= text.size() &&
         std::memcmp(bytes.data() + offset, text.data(), text.size()) == 0;
}

/// What a field of `size` bytes holds, or nothing if it lies behind the end.
std::optional<uint64_t> little_endian(const Bytes& bytes, size_t offset, size_t size) {
  if (offset > bytes.size() || bytes.size() - offset < size) return std::nullopt;
  uint64_t value = 0;
  for (size_t i = size; i > 0; --i) value = value << 8 | bytes[offset + i - 1];
  return value;
}

std::optional<uint64_t> hexadecimal(const Bytes& bytes, size_t offset) {
  uint64_t value = 0;
  for (size_t i = offset; i < offset + 8; ++i) {
    constexpr std::string_view digits = "0123456789abcdef";
    const size_t digit = digits.find(static_cast<char>(bytes[i] | 0x20));
    if (digit == std::string_view::npos) return std::nullopt;
    value = value << 4 | digit;
  }
  return value;
}

[[noreturn]] void fail(const std::string& name, uint64_t has, const std::string& why, const char* wanted) {
  throw LoadError(name, fmt::format("is truncated: it has {} bytes, {}; expected {}", has, why, wanted));
}

uint64_t padded(uint64_t length) { return (length + 3) & ~uint64_t{3}; }

bool begins_cpio_member(const Bytes& bytes, size_t offset) {
  return has_at(bytes, offset, "070701") || has_at(bytes, offset, "070702");
}

}  // namespace

void check_linux_image_is_whole(const Bytes& bytes, const std::string& name) {
  const auto pe = little_endian(bytes, pe_offset_at, 4);
  if (!has_at(bytes, 0, "MZ") || !pe || !has_at(bytes, *pe, std::string_view("PE\0\0", 4))) return;
  const uint64_t sections = little_endian(bytes, *pe + section_count_at, 2).value_or(0);
  const uint64_t first = *pe + optional_header_at + little_endian(bytes, *pe + optional_header_size_at, 2).value_or(0);
  uint64_t end = first + sections * section_header_length;
  for (uint64_t i = 0; i < sections; ++i) {
    const uint64_t section = first + i * section_header_length;
    end = std::max(end, little_endian(bytes, section + raw_offset_at, 4).value_or(0) +
                            little_endian(bytes, section + raw_size_at, 4).value_or(0));
  }
  if (end > bytes.size())
    fail(name, bytes.size(), fmt::format("but its header tells of {}", end), "a whole RISC-V Linux image");
}

void check_initrd_is_whole(const Bytes& bytes, const std::string& name) {
  constexpr char wanted[] = "a whole initial RAM disk, such as a cpio archive, compressed or not";
  if (!begins_cpio_member(bytes, 0)) return;
  uint64_t offset = 0;
  while (offset + cpio_header_length <= bytes.size()) {
    const auto name_size = hexadecimal(bytes, offset + cpio_name_size_at);
    const auto file_size = hexadecimal(bytes, offset + cpio_file_size_at);
    if (!begins_cpio_member(bytes, offset) || !name_size || !file_size)
      throw LoadError(name, fmt::format("is damaged: a cpio archive, but at {:#x} no member's header; expected {}",
                                        offset, wanted));
    if (has_at(bytes, offset + cpio_header_length, cpio_trailer)) return;
    offset += padded(cpio_header_length + *name_size) + padded(*file_size);
  }
  fail(name, bytes.size(), "and the end of its cpio archive is missing", wanted);
}

}  // namespace sc_memory::models
