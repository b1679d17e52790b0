// A whole file as bytes in memory, so that what reads it later works on a copy that nobody can shorten under its hands.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sc_memory::models {

using Bytes = std::vector<uint8_t>;

/// No image for these machines comes near this; the limit keeps a mistaken path from eating the host's memory.
inline constexpr uint64_t largest_loadable_file = uint64_t{4} << 30;

/// Reads the regular file `path`. `wanted` says what should have been there ("a 64-bit RISC-V ELF file") and ends every
/// message. Throws LoadError when the file is missing, unreadable, a directory or another special file, empty, or
/// longer than `limit` bytes.
Bytes read_whole_file(const std::string& path, std::string_view wanted, uint64_t limit = largest_loadable_file);

}  // namespace sc_memory::models
