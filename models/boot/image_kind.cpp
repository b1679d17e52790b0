// The magic numbers of the files that machines start from.
#include "models/boot/image_kind.h"

#include <array>
#include <cstring>

namespace sc_memory::models {
namespace {

constexpr std::array<uint8_t, 4> elf_magic{0x7f, 'E', 'L', 'F'};
constexpr std::array<uint8_t, 4> device_tree_magic{0xd0, 0x0d, 0xfe, 0xed};
constexpr std::array<uint8_t, 4> linux_magic{'R', 'S', 'C', 0x05};
constexpr size_t linux_magic_offset = 0x38;

bool has_at(const Bytes& bytes, size_t offset, const std::array<uint8_t, 4>& magic) {
  return bytes.size() >= offset + magic.size() && std::memcmp(bytes.data() + offset, magic.data(), magic.size()) == 0;
}

}  // namespace

ImageKind identify_image(const Bytes& bytes) {
  if (has_at(bytes, 0, elf_magic)) return ImageKind::elf;
  if (has_at(bytes, 0, device_tree_magic)) return ImageKind::device_tree;
  if (has_at(bytes, linux_magic_offset, linux_magic)) return ImageKind::linux_image;
  return ImageKind::raw;
}

const char* describe(ImageKind kind) {
  switch (kind) {
    case ImageKind::elf:
      return "an ELF file";
    case ImageKind::linux_image:
      return "a RISC-V Linux image";
    case ImageKind::device_tree:
      return "a device tree";
    case ImageKind::raw:
      break;
  }
  return "a raw binary";
}

}  // namespace sc_memory::models
