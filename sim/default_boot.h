// What vpsim boots when nothing else is asked for: files of Debian's packages opensbi and u-boot-qemu, and what is
// typed then.
#pragma once

namespace sc_memory::sim {

inline constexpr char kDefaultBios[] = "/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.elf";
inline constexpr char kDefaultKernel[] = "/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin";

/// A tour of U-Boot: the machine, its memory, its flash, and off.
extern const char kDefaultScript[];

}  // namespace sc_memory::sim
