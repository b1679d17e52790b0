// Raw images and the header of RISC-V Linux kernels.
#include "models/boot/raw_image.h"

#include <fmt/format.h>
#include <utility>

#include "models/boot/image_kind.h"
#include "models/boot/load_error.h"

namespace sc_memory::models {
namespace {

// Offsets in the kernel's header; all fields are little-endian.
constexpr size_t text_offset_at = 0x08;
constexpr size_t image_size_at = 0x10;
constexpr size_t flags_at = 0x18;
constexpr size_t header_length = 0x40;
constexpr uint64_t big_endian_flag = 1;

uint64_t read_u64(const Bytes& bytes, size_t offset) {
  uint64_t value = 0;
  for (size_t i = 8; i > 0; --i) value = value << 8 | bytes[offset + i - 1];
  return value;
}

}  // namespace

RawImage RawImage::read(const std::string& path, Address address) {
  return from_bytes(read_whole_file(path, "a binary image"), path, address);
}

RawImage RawImage::from_bytes(Bytes bytes, std::string name, Address address) {
  if (bytes.empty()) throw LoadError(name, "is empty; expected a binary image");
  const Address last = address + (bytes.size() - 1);
  if (last < address) {
    throw LoadError(name, fmt::format("has {} bytes, which from {:#x} run over the top of the address space; "
                                      "expected a lower address",
                                      bytes.size(), address));
  }
  RawImage image;
  image.name_ = std::move(name);
  image.bytes_ = std::move(bytes);
  image.segment_ = {AddressRange{address, last}, image.bytes_.data(), image.bytes_.size()};
  return image;
}

std::optional<LinuxImageHeader> read_linux_header(const Bytes& bytes, const std::string& name) {
  if (identify_image(bytes) != ImageKind::linux_image) return std::nullopt;
  if (bytes.size() < header_length) {
    throw LoadError(name, fmt::format("is truncated: {} bytes do not hold the header of a Linux image; "
                                      "expected a whole RISC-V Linux image",
                                      bytes.size()));
  }
  if ((read_u64(bytes, flags_at) & big_endian_flag) != 0) {
    throw LoadError(name, "is a big-endian Linux image; this machine runs little-endian RISC-V");
  }
  const LinuxImageHeader header{read_u64(bytes, text_offset_at), read_u64(bytes, image_size_at)};
  if (header.image_size < bytes.size()) {
    throw LoadError(name, fmt::format("is a Linux image of {} bytes that asks for only {} bytes of memory; "
                                      "give the image alone, with nothing behind it",
                                      bytes.size(), header.image_size));
  }
  return header;
}

}  // namespace sc_memory::models
