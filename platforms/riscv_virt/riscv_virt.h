// The machine: harts, interrupt controllers, UART, flash, clock and memory on one region tree, at the addresses of
// QEMU's `virt` board, so that unmodified firmware for that board runs.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <systemc>
#include <tlm_utils/simple_initiator_socket.h>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/region_kinds.h"
#include "sc_memory/tlm/router.h"
#include "sc_memory/tlm/target_region.h"

#include "models/boot/device_tree.h"
#include "models/devices/cfi_flash.h"
#include "models/devices/goldfish_rtc.h"
#include "models/devices/sifive_test.h"
#include "models/devices/uart16550.h"
#include "models/network/user_network.h"
#include "models/pci/dma_test_device.h"
#include "models/pci/host.h"
#include "models/riscv/clint.h"
#include "models/riscv/hart.h"
#include "models/riscv/plic.h"
#include "models/virtio/block.h"
#include "models/virtio/console.h"
#include "models/virtio/mmio_transport.h"
#include "models/virtio/pci_transport.h"
#include "platforms/riscv_virt/memory_map.h"

namespace sc_memory::platforms {

/// A file as a device's contents.
struct ImageConfig {
  std::string path;
  models::ImageMode mode = models::ImageMode::writable_if_permitted;
};

/// Where the random numbers of the entropy device come from.
struct EntropyConfig {
  std::optional<std::uint64_t> seed;  ///< Nothing: from the host.
};

/// What is at the other end of the network device's wire.
enum class NetworkKind : std::uint8_t {
  none,      ///< There is no network device.
  loopback,  ///< What the guest sends comes back to it.
  user,      ///< A network of its own in user space (models/network/user_network.h).
};

/// Devices on virtio-mmio take slots in the order in which they stand here, from the first on.
struct RiscvVirtConfig {
  std::uint64_t memory_bytes = 256_MiB;
  unsigned harts = 1;
  std::vector<ImageConfig> flash;           ///< Of bank 0 and bank 1; banks without one begin erased.
  std::vector<ImageConfig> disks;           ///< On virtio-mmio.
  bool virtio_console = false;              ///< On virtio-mmio.
  std::optional<EntropyConfig> entropy;     ///< On virtio-mmio.
  NetworkKind network = NetworkKind::none;  ///< On virtio-mmio.
  std::vector<ImageConfig> pci_disks;       ///< On the PCI bus, from slot 1 on.
  bool dma_test_device = false;             ///< On the PCI bus, behind the disks.
  /// What the clock says at first, in nanoseconds since 1970-01-01 UTC.
  std::uint64_t clock_start = models::GoldfishRtc::default_start;
};

class RiscvVirt : public sc_core::sc_module {
 public:
  using Outcome = models::SifiveTest::Outcome;

  /// Throws std::invalid_argument for a number of harts that is not 1 to kMaxHarts, or more devices than there are
  /// slots for, MapError for memory that the host does not have, and LoadError for an image that cannot be used.
  RiscvVirt(sc_core::sc_module_name name, const RiscvVirtConfig& config);

  const RiscvVirtConfig& config() const { return config_; }

  /// The device tree that describes this machine to firmware. `append` is the kernel's command line, `initrd` where an
  /// initial RAM disk lies.
  models::DeviceTree device_tree(const std::string& append = {}, const std::optional<AddressRange>& initrd = {}) const;

  AddressSpace& memory() { return memory_; }
  Router& bus() { return bus_; }
  models::Uart16550& uart() { return uart_; }
  models::CfiFlash& flash(unsigned bank) { return *flash_.at(bank); }
  models::GoldfishRtc& rtc() { return rtc_; }
  models::Clint& clint() { return clint_; }
  models::pci::Host& pci() { return pci_; }
  /// Null unless configured.
  models::virtio::Console* virtio_console() { return virtio_console_; }
  /// Brings what the guest wrote to disks and flash banks into their files: each, whatever becomes of the others.
  /// Returns what the host could not, a line each that names the file.
  std::vector<std::string> write_back();
  models::riscv::Hart& hart(unsigned index) { return *harts_.at(index); }
  unsigned hart_count() const { return static_cast<unsigned>(harts_.size()); }
  /// Whether all harts sleep until an interrupt comes.
  bool is_idle() const;
  /// The upper window onto the PCI bus, behind the RAM.
  AddressRange pcie_memory_high() const { return riscv_virt::pcie_memory_high(config_.memory_bytes); }
  AddressRange ram_range() const { return *AddressRange::sized(riscv_virt::kRam, config_.memory_bytes); }

  /// The way of a loader or debugger into the machine: debug transport, once elaboration is done.
  tlm::tlm_fw_transport_if<>& debug_port() { return *loader_.operator->(); }

  /// Writes the boot ROM: all harts start there, with a0 = their number, a1 = `device_tree`, a2 = where OpenSBI's
  /// dynamic firmware finds out about `next_stage`, and jump to `entry`. To be called before the harts run.
  void set_reset_vector(Address entry, Address device_tree, Address next_stage);

  /// Called when the guest ends the machine through the test finisher, within its write.
  void on_outcome(std::function<void(Outcome)> handler) { outcome_handler_ = std::move(handler); }
  /// Called when a hart can go on no more, with a report.
  void on_hart_stop(std::function<void(const std::string&)> handler) { hart_stop_handler_ = std::move(handler); }

 private:
  void build_map();
  void add_flash();
  void add_harts();
  void add_virtio_devices();
  void add_network();
  template <typename Device, typename... Arguments>
  Device& plug(const std::string& name, Arguments&&... arguments);
  void add_pci_functions();
  unsigned next_pci_slot();
  void wire_interrupts();

  RiscvVirtConfig config_;
  std::function<void(Outcome)> outcome_handler_;
  std::function<void(const std::string&)> hart_stop_handler_;

  Container system_{"system"};
  RomRegion boot_rom_{"riscv_virt_board.mrom", riscv_virt::kBootRom.size()};
  RamRegion ram_;
  TargetRegion software_interrupts_{"riscv.aclint.swi", models::Clint::software_size};
  TargetRegion timer_{"riscv.aclint.mtimer", models::Clint::timer_size};
  models::pci::Host pci_{system_};
  AliasRegion pcie_ecam_{"pcie-ecam", pci_.ecam(), 0, models::pci::Host::ecam_size};
  AliasRegion pcie_memory_{"pcie-mmio", pci_.memory_space(), riscv_virt::kPcieMemory.first,
                           riscv_virt::kPcieMemory.size()};
  AliasRegion pcie_memory_high_;
  AddressSpace memory_{"memory", system_};
  Router bus_{"bus"};

  models::SifiveTest test_;
  models::GoldfishRtc rtc_;
  models::Clint clint_;
  models::Plic plic_;
  models::Uart16550 uart_{"uart", riscv_virt::kUartClockHz};
  std::vector<std::unique_ptr<models::CfiFlash>> flash_;
  std::deque<models::virtio::MmioTransport> virtio_slots_;
  std::vector<std::unique_ptr<models::virtio::Device>> virtio_devices_;  ///< By slot.
  std::vector<models::virtio::Block*> disks_;                            ///< On either transport.
  models::virtio::Console* virtio_console_ = nullptr;
  std::unique_ptr<models::UserNetwork> user_network_;
  struct PciDisk {
    std::unique_ptr<models::virtio::Block> device;
    std::unique_ptr<models::virtio::PciTransport> function;
  };
  std::vector<PciDisk> pci_disks_;
  std::unique_ptr<models::pci::DmaTestDevice> dma_test_device_;
  unsigned pci_slots_used_ = 1;  ///< The first is the host bridge's.
  std::vector<std::unique_ptr<models::riscv::Hart>> harts_;
  tlm_utils::simple_initiator_socket<RiscvVirt> loader_{"loader"};
};

}  // namespace sc_memory::platforms
