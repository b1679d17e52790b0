// Facts about QEMU's machines that `info mtree` does not print: which of its regions are not what they look like.
#pragma once

#include <algorithm>
#include <string_view>

namespace sc_memory::mtree_names {

/// Devices that hold other regions and serve what those leave.
inline constexpr std::string_view kDevicesWithChildren[] = {
    "ahci",
    "aspeed.i2c",
    "aspeed.sdhci",
    "aspeed.smc.flash",
    "dino",
    "gpex_ioport_window",
    "gpex_mmio_window",
    "io",
    "iocsr",
    "onenand",
    "pci-isa-mmio",
    "pci0-io",
    "rtc",
    "sabre-config",
    "unin-pci-isa-mmio",
    "via-pm",
    "xlnx-zynmp.rtc",
    "xlnx.csu_dma",
    "xlnx.pmu_io_intc",
    "xlnx.versal-ospi",
    "xlnx.versal-pmc-iou-slcr",
    "xlnx.versal-usb2-ctrl-regs",
    "xlnx.zynqmp-can",
    "xlnx.zynqmp_ipi",
    "xtfpga.io",
};

/// Containers that are often empty.
inline constexpr std::string_view kEmptyContainers[] = {
    "bus master container", "gpex_ioport", "gpex_mmio", "isa-mem",      "memhp container",
    "pci bus memory",       "pci-memory",  "pci0-io",   "pci0-mem",     "pci_bridge_io",
    "pci_bridge_pci",       "pci_io",      "pci_mem",   "platform bus", "smram",
};

/// Devices of a size that only containers have. Names that hold "iommu" are such, too.
inline constexpr std::string_view kHugeDevices[] = {"er", "intc", "lpcm", "rc4030.dma", "xscom-0", "xscom-quad.0"};

/// Aliases that are read-only.
inline constexpr std::string_view kReadonlyAliases[] = {"pam-rom"};

template <std::size_t count>
bool is_one_of(const std::string_view (&names)[count], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

}  // namespace sc_memory::mtree_names
