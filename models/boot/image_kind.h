// Telling what a file is by its first bytes, so that one option takes an ELF, a kernel image, a device tree or raw
// code.
#pragma once

#include "models/boot/file_bytes.h"

namespace sc_memory::models {

enum class ImageKind {
  elf,          // begins with 7f 'ELF', whatever machine it is for
  linux_image,  // a RISC-V Linux `Image`: magic "RSC" 05 at offset 0x38
  device_tree,  // a flattened device tree: begins with d0 0d fe ed
  raw,          // anything else
};

/// Looks only at the magic numbers; a file of a kind may still be damaged, which its own reader says.
ImageKind identify_image(const Bytes& bytes);
/// "a device tree": as it stands in messages.
const char* describe(ImageKind kind);

}  // namespace sc_memory::models
