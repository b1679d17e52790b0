// Putting the machine together.
#include "platforms/riscv_virt/riscv_virt.h"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

#include "platforms/riscv_virt/reset_vector.h"

namespace sc_memory::platforms {

using models::riscv::Hart;
using models::riscv::HartConfig;
using models::riscv::Interrupt;

namespace {

const RiscvVirtConfig& checked(const RiscvVirtConfig& config) {
  if (config.harts == 0 || config.harts > riscv_virt::kMaxHarts)
    throw std::invalid_argument(fmt::format("{} harts; the machine has 1 to {}", config.harts, riscv_virt::kMaxHarts));
  if (config.memory_bytes > riscv_virt::kMaxMemory)
    throw std::invalid_argument(fmt::format("{} bytes of memory; the harts can address {} at the most",
                                            config.memory_bytes, riscv_virt::kMaxMemory));
  return config;
}

}  // namespace

RiscvVirt::RiscvVirt(sc_core::sc_module_name name, const RiscvVirtConfig& config)
    : sc_module(name),
      config_(checked(config)),
      ram_("riscv_virt_board.ram", config.memory_bytes),
      pcie_memory_high_("pcie-mmio-high", pci_.memory_space(), pcie_memory_high().first, pcie_memory_high().size()),
      test_("riscv.sifive.test", [this](Outcome outcome) { outcome_handler_(outcome); }),
      rtc_("rtc", config.clock_start),
      clint_("clint", config.harts),
      plic_("riscv.sifive.plic", riscv_virt::kInterruptSources, config.harts) {
  outcome_handler_ = [](Outcome) { sc_core::sc_stop(); };
  add_flash();
  for (unsigned slot = 0; slot < riscv_virt::kVirtioMmioSlots; ++slot) virtio_slots_.emplace_back("virtio-mmio");
  build_map();
  add_virtio_devices();
  add_pci_functions();
  add_harts();
  wire_interrupts();
  bus_.initiator("loader", memory_).bind(loader_);
}

void RiscvVirt::build_map() {
  using namespace riscv_virt;
  system_.add(kBootRom.first, boot_rom_);
  system_.add(kTest, test_.region());
  system_.add(kRtc, rtc_.region());
  system_.add(kClint, software_interrupts_);
  system_.add(kClint + models::Clint::software_size, timer_);
  system_.add(kPcieIo.first, pci_.io_space());
  system_.add(kPlic, plic_.region());
  system_.add(kUart, uart_.region());
  for (unsigned slot = 0; slot < kVirtioMmioSlots; ++slot)
    system_.add(kVirtioMmio + slot * kVirtioMmioStride, virtio_slots_[slot].region());
  system_.add(kFlash, flash_[0]->region());
  system_.add(kFlash + kFlashBankSize, flash_[1]->region());
  system_.add(kPcieEcam, pcie_ecam_);
  system_.add(kPcieMemory.first, pcie_memory_);
  system_.add(kRam, ram_);
  system_.add(pcie_memory_high().first, pcie_memory_high_);
  software_interrupts_.bind(clint_.software_socket);
  timer_.bind(clint_.timer_socket);
}

void RiscvVirt::add_harts() {
  for (unsigned i = 0; i < config_.harts; ++i) {
    HartConfig config;
    config.hart_id = i;
    config.reset_pc = riscv_virt::kBootRom.first;
    harts_.push_back(std::make_unique<Hart>(fmt::format("hart{}", i).c_str(), config));
    Hart& hart = *harts_.back();
    hart.set_time_source([this](const sc_core::sc_time& local_offset) { return clint_.mtime(local_offset); },
                         sc_core::sc_time(1.0 / riscv_virt::kTimebaseHz, sc_core::SC_SEC));
    hart.on_stop([this](const std::string& report) {
      if (hart_stop_handler_) hart_stop_handler_(report);
      sc_core::sc_stop();
    });
    bus_.initiator(fmt::format("hart{}", i), memory_).bind(hart.socket);
  }
}

void RiscvVirt::wire_interrupts() {
  clint_.on_time_written([this](const sc_core::sc_time& local_offset) {
    for (const auto& hart : harts_) hart->time_changed(local_offset);
  });
  plic_.tells_of_events(riscv_virt::kUartInterrupt);
  uart_.interrupt().connect(plic_.source(riscv_virt::kUartInterrupt));
  rtc_.interrupt().connect(plic_.source(riscv_virt::kRtcInterrupt));
  for (unsigned slot = 0; slot < riscv_virt::kVirtioMmioSlots; ++slot)
    virtio_slots_[slot].interrupt().connect(plic_.source(riscv_virt::kVirtioMmioInterrupt + slot));
  for (unsigned line = 0; line < models::pci::Host::interrupt_lines; ++line)
    pci_.interrupt(line).connect(plic_.source(riscv_virt::kPcieInterrupt + line));
  for (unsigned i = 0; i < config_.harts; ++i) {
    const auto to_hart = [this, i](Interrupt interrupt) {
      return [hart = harts_[i].get(), interrupt](bool level) { hart->set_interrupt(interrupt, level); };
    };
    clint_.software_interrupt(i).connect(to_hart(Interrupt::m_software));
    clint_.timer_interrupt(i).connect(to_hart(Interrupt::m_timer));
    plic_.machine_interrupt(i).connect(to_hart(Interrupt::m_external));
    plic_.supervisor_interrupt(i).connect(to_hart(Interrupt::s_external));
  }
}

bool RiscvVirt::is_idle() const {
  return std::all_of(harts_.begin(), harts_.end(), [](const auto& hart) { return hart->waiting_for_interrupt(); });
}

void RiscvVirt::set_reset_vector(Address entry, Address device_tree, Address next_stage) {
  const std::vector<std::uint8_t> code = riscv_virt::reset_vector(entry, device_tree, next_stage);
  Attributes loader;
  loader.debug = true;
  memory_.write(riscv_virt::kBootRom.first, code.data(), code.size(), loader);
}

}  // namespace sc_memory::platforms
