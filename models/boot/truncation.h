// Files that were cut short, by a broken download or a full disk, told by what their own formats say. A guest would
// fail on them long after its start, with words that name no file.
#pragma once

#include <string>

#include "models/boot/file_bytes.h"

namespace sc_memory::models {

/// Throws LoadError, with `name` for the file, when `bytes` are a Linux image whose PE header lists sections behind
/// their end. An image without such a header (a kernel without its EFI stub) does not tell.
void check_linux_image_is_whole(const Bytes& bytes, const std::string& name);

/// Throws LoadError, with `name` for the file, when `bytes` begin as a cpio archive (an initial RAM disk that is not
/// compressed) and end before its trailer, or when a member's header is none. Of other bytes it says nothing.
void check_initrd_is_whole(const Bytes& bytes, const std::string& name);

}  // namespace sc_memory::models
