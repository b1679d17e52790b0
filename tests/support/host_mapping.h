// What the host says of a part of this process's memory.
#pragma once

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>

namespace sc_memory::testing {

/// Of the mappings that touch the bytes asked for.
struct HostMapping {
  std::uint64_t private_dirty_bytes = 0;  ///< That this process alone holds.
  bool wants_huge_pages = false;
};

/// From /proc/self/smaps, whose man page is proc(5).
inline HostMapping host_mapping_of(const std::uint8_t* data, std::uint64_t size) {
  const auto first = reinterpret_cast<std::uintptr_t>(data);
  HostMapping mapping;
  bool is_ours = false;
  std::ifstream smaps("/proc/self/smaps");
  for (std::string line; std::getline(smaps, line);) {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    if (std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " ", &begin, &end) == 2)
      is_ours = begin < first + size && end > first;
    else if (is_ours && line.rfind("Private_Dirty:", 0) == 0)
      mapping.private_dirty_bytes += 1024 * std::stoull(line.substr(14));
    else if (is_ours && line.rfind("VmFlags:", 0) == 0)
      mapping.wants_huge_pages = line.find(" hg") != std::string::npos;
  }
  return mapping;
}

}  // namespace sc_memory::testing
