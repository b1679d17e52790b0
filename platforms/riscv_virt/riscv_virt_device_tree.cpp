// The device tree: it states what is there, and nothing else.
#include <fmt/format.h>

#include "models/boot/device_tree_builder.h"
#include "platforms/riscv_virt/riscv_virt.h"

namespace sc_memory::platforms {

using models::Cells;
using models::DeviceTree;
using models::DeviceTreeBuilder;
using models::DeviceTreeNode;

namespace {

constexpr std::uint32_t kPassValue = 0x5555;
constexpr std::uint32_t kResetValue = 0x7777;

/// Local interrupts of a hart, as an `interrupts-extended` property names them.
enum HartInterrupt : std::uint32_t { m_software = 3, m_timer = 7, s_external = 9, m_external = 11 };

std::string cpu_label(unsigned hart) { return fmt::format("cpu{}", hart); }
std::string interrupt_label(unsigned hart) { return fmt::format("cpu{}-interrupts", hart); }

void add_cpus(DeviceTreeNode& root, unsigned harts) {
  root.node("cpus", [&](DeviceTreeNode& cpus) {
    cpus.u32("#address-cells", {1}).u32("#size-cells", {0}).u32("timebase-frequency", {riscv_virt::kTimebaseHz});
    for (unsigned i = 0; i < harts; ++i) {
      cpus.node(fmt::format("cpu@{:x}", i), [&](DeviceTreeNode& cpu) {
        cpu.string("device_type", "cpu").u32("reg", {i}).string("status", "okay").string("compatible", "riscv");
        cpu.string("riscv,isa", models::riscv::isa_string).string("mmu-type", models::riscv::mmu_type);
        cpu.label(cpu_label(i));
        cpu.node("interrupt-controller", [&](DeviceTreeNode& controller) {
          controller.u32("#interrupt-cells", {1}).empty("interrupt-controller").string("compatible", "riscv,cpu-intc");
          controller.label(interrupt_label(i));
        });
      });
    }
    cpus.node("cpu-map", [&](DeviceTreeNode& map) {
      map.node("cluster0", [&](DeviceTreeNode& cluster) {
        for (unsigned i = 0; i < harts; ++i) {
          cluster.node(fmt::format("core{}", i),
                       [&](DeviceTreeNode& core) { core.u32("cpu", {core.handle_of(cpu_label(i))}); });
        }
      });
    });
  });
}

/// Pairs of (hart, local interrupt) for every hart.
std::vector<std::uint32_t> hart_interrupts(DeviceTreeNode& node, unsigned harts,
                                           std::initializer_list<HartInterrupt> interrupts) {
  std::vector<std::uint32_t> cells;
  for (unsigned i = 0; i < harts; ++i) {
    for (const HartInterrupt interrupt : interrupts) {
      cells.push_back(node.handle_of(interrupt_label(i)));
      cells.push_back(interrupt);
    }
  }
  return cells;
}

void add_interrupt_controllers(DeviceTreeNode& soc, unsigned harts) {
  soc.node(fmt::format("clint@{:x}", riscv_virt::kClint), [&](DeviceTreeNode& clint) {
    clint.strings("compatible", {"sifive,clint0", "riscv,clint0"})
        .u64("reg", {riscv_virt::kClint, models::Clint::size});
    clint.u32("interrupts-extended", hart_interrupts(clint, harts, {m_software, m_timer}));
  });
  soc.node(fmt::format("plic@{:x}", riscv_virt::kPlic), [&](DeviceTreeNode& plic) {
    plic.strings("compatible", {"sifive,plic-1.0.0", "riscv,plic0"})
        .u64("reg", {riscv_virt::kPlic, models::Plic::size});
    plic.u32("interrupts-extended", hart_interrupts(plic, harts, {m_external, s_external}));
    plic.u32("riscv,ndev", {riscv_virt::kInterruptSources}).empty("interrupt-controller");
    plic.u32("#address-cells", {0}).u32("#interrupt-cells", {1}).label("plic");
  });
}

void add_devices(DeviceTreeNode& soc) {
  soc.node(fmt::format("test@{:x}", riscv_virt::kTest), [](DeviceTreeNode& test) {
    test.strings("compatible", {"sifive,test1", "sifive,test0", "syscon"});
    test.u64("reg", {riscv_virt::kTest, models::SifiveTest::size}).label("test");
  });
  soc.node(fmt::format("rtc@{:x}", riscv_virt::kRtc), [](DeviceTreeNode& rtc) {
    rtc.string("compatible", "google,goldfish-rtc").u64("reg", {riscv_virt::kRtc, 0x1000});
    rtc.u32("interrupt-parent", {rtc.handle_of("plic")}).u32("interrupts", {riscv_virt::kRtcInterrupt});
  });
  soc.node(fmt::format("serial@{:x}", riscv_virt::kUart), [](DeviceTreeNode& serial) {
    serial.string("compatible", "ns16550a").u64("reg", {riscv_virt::kUart, 0x100});
    serial.u32("clock-frequency", {riscv_virt::kUartClockHz});
    serial.u32("interrupt-parent", {serial.handle_of("plic")}).u32("interrupts", {riscv_virt::kUartInterrupt});
  });
}

void add_virtio_slots(DeviceTreeNode& soc) {
  for (unsigned slot = 0; slot < riscv_virt::kVirtioMmioSlots; ++slot) {
    const Address address = riscv_virt::kVirtioMmio + slot * riscv_virt::kVirtioMmioStride;
    soc.node(fmt::format("virtio_mmio@{:x}", address), [&](DeviceTreeNode& virtio) {
      virtio.string("compatible", "virtio,mmio").u64("reg", {address, riscv_virt::kVirtioMmioStride});
      virtio.u32("interrupt-parent", {virtio.handle_of("plic")});
      virtio.u32("interrupts", {riscv_virt::kVirtioMmioInterrupt + slot});
    });
  }
}

/// Which line of the host INTA# to INTD# of a slot lead to. Slots come again every four, as the mask says.
std::vector<std::uint32_t> pci_interrupt_map(DeviceTreeNode& pci) {
  constexpr unsigned kLines = models::pci::Host::interrupt_lines;
  std::vector<std::uint32_t> cells;
  for (std::uint32_t slot = 0; slot < kLines; ++slot) {
    for (std::uint32_t pin = 1; pin <= kLines; ++pin) {
      const std::uint32_t line = (slot + pin - 1) % kLines;
      cells.insert(cells.end(), {slot << 11, 0, 0, pin, pci.handle_of("plic"), riscv_virt::kPcieInterrupt + line});
    }
  }
  return cells;
}

/// An entry of `ranges`: a window's kind, its addresses on the bus, which are those of the machine but for I/O.
void add_pci_window(Cells& cells, std::uint32_t kind, Address bus_address, const AddressRange& window) {
  cells.u32(kind).u64(bus_address).u64(window.first).u64(window.size());
}

void add_pci(DeviceTreeNode& soc, const AddressRange& memory_high) {
  constexpr std::uint32_t kIo = 0x01000000;
  constexpr std::uint32_t kMemory32 = 0x02000000;
  constexpr std::uint32_t kMemory64 = 0x03000000;
  soc.node(fmt::format("pci@{:x}", riscv_virt::kPcieEcam), [&](DeviceTreeNode& pci) {
    pci.string("compatible", "pci-host-ecam-generic").string("device_type", "pci");
    pci.u32("#address-cells", {3}).u32("#size-cells", {2}).u32("#interrupt-cells", {1});
    pci.u64("reg", {riscv_virt::kPcieEcam, models::pci::Host::ecam_size});
    pci.u32("bus-range", {0, 0xff}).u32("linux,pci-domain", {0}).empty("dma-coherent");
    Cells ranges;
    add_pci_window(ranges, kIo, 0, riscv_virt::kPcieIo);
    add_pci_window(ranges, kMemory32, riscv_virt::kPcieMemory.first, riscv_virt::kPcieMemory);
    add_pci_window(ranges, kMemory64, memory_high.first, memory_high);
    pci.cells("ranges", ranges);
    pci.u32("interrupt-map-mask", {0x1800, 0, 0, 7}).u32("interrupt-map", pci_interrupt_map(pci));
  });
}

void add_power_switches(DeviceTreeNode& root) {
  const auto add = [&](const char* name, std::uint32_t value) {
    root.node(name, [&](DeviceTreeNode& node) {
      node.string("compatible", fmt::format("syscon-{}", name)).u32("regmap", {node.handle_of("test")});
      node.u32("offset", {0}).u32("value", {value});
    });
  };
  add("poweroff", kPassValue);
  add("reboot", kResetValue);
}

void add_chosen(DeviceTreeNode& root, const std::string& append, const std::optional<AddressRange>& initrd) {
  root.node("chosen", [&](DeviceTreeNode& chosen) {
    chosen.string("stdout-path", fmt::format("/soc/serial@{:x}", riscv_virt::kUart));
    if (!append.empty()) chosen.string("bootargs", append);
    if (initrd) chosen.u64("linux,initrd-start", {initrd->first}).u64("linux,initrd-end", {initrd->last + 1});
  });
}

}  // namespace

DeviceTree RiscvVirt::device_tree(const std::string& append, const std::optional<AddressRange>& initrd) const {
  return DeviceTreeBuilder::build("the device tree of riscv_virt", [&](DeviceTreeNode& root) {
    root.u32("#address-cells", {2}).u32("#size-cells", {2});
    root.string("compatible", "riscv-virtio").string("model", "riscv-virtio,sc_memory");
    add_chosen(root, append, initrd);
    root.node(fmt::format("memory@{:x}", riscv_virt::kRam), [&](DeviceTreeNode& memory) {
      memory.string("device_type", "memory").u64("reg", {riscv_virt::kRam, config_.memory_bytes});
    });
    add_cpus(root, config_.harts);
    root.node(fmt::format("flash@{:x}", riscv_virt::kFlash), [&](DeviceTreeNode& flash) {
      flash.string("compatible", "cfi-flash").u32("bank-width", {4});
      flash.u64("reg", {riscv_virt::kFlash, riscv_virt::kFlashBankSize, riscv_virt::kFlash + riscv_virt::kFlashBankSize,
                        riscv_virt::kFlashBankSize});
    });
    add_power_switches(root);
    root.node("soc", [&](DeviceTreeNode& soc) {
      soc.u32("#address-cells", {2}).u32("#size-cells", {2}).string("compatible", "simple-bus").empty("ranges");
      add_devices(soc);
      add_virtio_slots(soc);
      add_pci(soc, pcie_memory_high());
      add_interrupt_controllers(soc, config_.harts);
    });
  });
}

}  // namespace sc_memory::platforms
