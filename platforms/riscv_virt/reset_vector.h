// The first instructions of the machine.
#pragma once

#include <cstdint>
#include <vector>

#include "sc_memory/map/address_range.h"

namespace sc_memory::platforms::riscv_virt {

/// The contents of the boot ROM, wherever it lies: sets a0 = the hart's number, a1 = `device_tree`, a2 = an information
/// block for OpenSBI's dynamic firmware (docs/firmware/fw_dynamic.md there) that names `next_stage` in supervisor mode,
/// then jumps to `entry`.
std::vector<std::uint8_t> reset_vector(Address entry, Address device_tree, Address next_stage);

}  // namespace sc_memory::platforms::riscv_virt
