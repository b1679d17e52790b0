// Six instructions and the numbers that they load.
#include "platforms/riscv_virt/reset_vector.h"

namespace sc_memory::platforms::riscv_virt {

namespace {

enum Register : std::uint32_t { t0 = 5, a0 = 10, a1 = 11, a2 = 12 };

constexpr std::uint32_t auipc(Register rd) { return (rd << 7) | 0x17; }
constexpr std::uint32_t addi(Register rd, Register rs, std::uint32_t immediate) {
  return (immediate << 20) | (rs << 15) | (rd << 7) | 0x13;
}
constexpr std::uint32_t ld(Register rd, std::uint32_t offset, Register base) {
  return (offset << 20) | (base << 15) | (3U << 12) | (rd << 7) | 0x03;
}
constexpr std::uint32_t read_mhartid(Register rd) { return (0xf14U << 20) | (2U << 12) | (rd << 7) | 0x73; }
constexpr std::uint32_t jump_to(Register target) { return (target << 15) | 0x67; }

/// Where the numbers lie, from `base`. The information block follows them.
constexpr std::uint32_t kEntry = 0x20;
constexpr std::uint32_t kDeviceTree = 0x28;
constexpr std::uint32_t kInformation = 0x30;

constexpr std::uint64_t kInformationMagic = 0x4942534f;  // "OSBI"
constexpr std::uint64_t kInformationVersion = 2;
constexpr std::uint64_t kSupervisorMode = 1;
constexpr std::uint64_t kNoOptions = 0;
constexpr std::uint64_t kAnyBootHart = 0;

void append(std::vector<std::uint8_t>& bytes, std::uint64_t value, unsigned size) {
  for (unsigned i = 0; i < size; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

}  // namespace

std::vector<std::uint8_t> reset_vector(Address entry, Address device_tree, Address next_stage) {
  std::vector<std::uint8_t> bytes;
  for (const std::uint32_t instruction : {auipc(t0), addi(a2, t0, kInformation), read_mhartid(a0),
                                          ld(a1, kDeviceTree, t0), ld(t0, kEntry, t0), jump_to(t0)})
    append(bytes, instruction, 4);
  bytes.resize(kEntry);
  for (const std::uint64_t number :
       {std::uint64_t{entry}, std::uint64_t{device_tree}, kInformationMagic, kInformationVersion,
        std::uint64_t{next_stage}, kSupervisorMode, kNoOptions, kAnyBootHart})
    append(bytes, number, 8);
  return bytes;
}

}  // namespace sc_memory::platforms::riscv_virt
