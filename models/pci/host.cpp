// Decoding configuration accesses, and gathering interrupts.
#include "models/pci/host.h"

#include <fmt/format.h>

#include "sc_memory/access/io_ops.h"
#include "sc_memory/map/map_error.h"

namespace sc_memory::models::pci {

namespace {

constexpr Address kFunctionShift = 12;
constexpr Address kSlotShift = 15;

/// Red Hat's host bridge "generic PCI Express".
constexpr Identity kBridgeIdentity{0x1b36, 0x0008, 0x060000, 0, 0x1af4, 0x1100, false};

IoOps all_ones() {
  return io_ops()
      .read([](Address, unsigned) { return ~UINT64_C(0); })
      .write([](Address, std::uint64_t, unsigned) {})
      .reads_have_no_side_effects()
      .valid_unaligned()
      .impl(1, 8)
      .impl_unaligned();
}

unsigned register_of(Address offset) { return static_cast<unsigned>(offset % ConfigSpace::size); }

}  // namespace

Host::Host(MemoryRegion& system)
    : ecam_("pcie-mmcfg-mmio", ecam_size,
            io_ops()
                .read_with_attributes(
                    [this](Address offset, std::uint64_t& value, unsigned bytes, const Attributes& attributes) {
                      value = read_config(offset, bytes, attributes.debug);
                      return AccessResult::ok;
                    })
                .write_with_attributes(
                    [this](Address offset, std::uint64_t value, unsigned bytes, const Attributes& attributes) {
                      Function* const function = decode(offset);
                      if (function != nullptr && !attributes.debug)
                        function->write_config(register_of(offset), static_cast<std::uint32_t>(value), bytes);
                      return AccessResult::ok;
                    })),
      memory_space_("gpex_mmio_window", kWholeSpace, all_ones()),
      memory_bars_("gpex_mmio"),
      io_space_("gpex_ioport_window", io_space_size, all_ones()),
      io_bars_("gpex_ioport", io_space_size),
      bridge_("gpex-root", kBridgeIdentity, system) {
  memory_space_.add(0, memory_bars_);
  io_space_.add(0, io_bars_);
  plug(0, bridge_);
}

void Host::plug(unsigned slot, Function& function) {
  if (slot >= slots || functions_[slot] != nullptr)
    throw MapError(fmt::format("PCI function '{}': slot {} is taken or does not exist", function.name(), slot));
  functions_[slot] = &function;
  function.connect({&memory_bars_, &io_bars_});
  function.interrupt().connect([this, slot](bool level) { set_interrupt(slot, level); });
}

/// The function that a configuration access is for: there are no buses but 0, and no functions but 0 in a slot.
Function* Host::decode(Address offset) const {
  const Address slot = offset >> kSlotShift;
  const bool is_function_0 = (offset >> kFunctionShift) % 8 == 0;
  return slot < slots && is_function_0 ? functions_[slot] : nullptr;
}

/// A debugger sees what is in the registers; a function may do something when its driver reads them.
std::uint64_t Host::read_config(Address offset, unsigned bytes, bool debug) const {
  Function* const function = decode(offset);
  if (function == nullptr) return ~UINT64_C(0);
  const unsigned at = register_of(offset);
  return debug ? function->config().read(at, bytes) : function->read_config(at, bytes);
}

void Host::set_interrupt(unsigned slot, bool level) {
  const std::uint32_t bit = UINT32_C(1) << slot;
  levels_ = level ? levels_ | bit : levels_ & ~bit;
  constexpr std::uint32_t kEveryFourth = 0x1111'1111;
  const unsigned line = slot % interrupt_lines;
  interrupts_[line].set((levels_ & (kEveryFourth << line)) != 0);
}

}  // namespace sc_memory::models::pci
