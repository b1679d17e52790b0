// The devices that a configuration chooses: flash images, virtio devices, functions on the PCI bus.
#include <fmt/format.h>
#include <stdexcept>
#include <utility>

#include "models/boot/load_error.h"
#include "models/virtio/entropy.h"
#include "models/virtio/network.h"
#include "platforms/riscv_virt/riscv_virt.h"

namespace sc_memory::platforms {

using models::CfiFlash;
using models::EthernetFrame;
using models::virtio::Block;
using models::virtio::Console;
using models::virtio::Entropy;
using models::virtio::Network;

namespace {

/// Of QEMU's first network device: locally administered, and unique enough on a wire with one end.
constexpr models::MacAddress kMacAddress{0x52, 0x54, 0x00, 0x12, 0x34, 0x56};

}  // namespace

void RiscvVirt::add_flash() {
  if (config_.flash.size() > riscv_virt::kFlashBanks)
    throw std::invalid_argument(
        fmt::format("{} flash images; the machine has {} banks", config_.flash.size(), riscv_virt::kFlashBanks));
  for (unsigned bank = 0; bank < riscv_virt::kFlashBanks; ++bank) {
    const std::string name = fmt::format("virt.flash{}", bank);
    if (bank < config_.flash.size())
      flash_.push_back(std::make_unique<CfiFlash>(name, config_.flash[bank].path, config_.flash[bank].mode,
                                                  riscv_virt::kFlashBankSize));
    else
      flash_.push_back(std::make_unique<CfiFlash>(name, riscv_virt::kFlashBankSize));
  }
}

void RiscvVirt::add_virtio_devices() {
  for (unsigned i = 0; i < config_.disks.size(); ++i) {
    const std::string name = fmt::format("disk{}", i);
    disks_.push_back(&plug<Block>(name, config_.disks[i].path, config_.disks[i].mode, name));
  }
  if (config_.virtio_console) virtio_console_ = &plug<Console>("hvc0");
  if (config_.entropy) plug<Entropy>("rng", config_.entropy->seed);
  if (config_.network != NetworkKind::none) add_network();
}

void RiscvVirt::add_network() {
  Network& network = plug<Network>("net", kMacAddress);
  const auto receive = [&network](EthernetFrame frame) { network.receive(std::move(frame)); };
  if (config_.network == NetworkKind::loopback) {
    network.set_transmit(receive);
    return;
  }
  user_network_ = std::make_unique<models::UserNetwork>("user-network", receive);
  network.set_transmit([this](const EthernetFrame& frame) { user_network_->send(frame); });
}

/// Makes a device and puts it into the next slot.
template <typename Device, typename... Arguments>
Device& RiscvVirt::plug(const std::string& name, Arguments&&... arguments) {
  if (virtio_devices_.size() == virtio_slots_.size())
    throw std::invalid_argument(
        fmt::format("more virtio-mmio devices than the machine has slots: it has {}", riscv_virt::kVirtioMmioSlots));
  auto device = std::make_unique<Device>(name.c_str(), std::forward<Arguments>(arguments)...);
  Device& plugged = *device;
  virtio_slots_[virtio_devices_.size()].plug(plugged, memory_);
  virtio_devices_.push_back(std::move(device));
  return plugged;
}

void RiscvVirt::add_pci_functions() {
  for (const ImageConfig& disk : config_.pci_disks) {
    const unsigned slot = next_pci_slot();
    const std::string name = fmt::format("pci{}-disk", slot);
    PciDisk added;
    added.device = std::make_unique<Block>(name.c_str(), disk.path, disk.mode, name);
    added.function = std::make_unique<models::virtio::PciTransport>(name, *added.device, system_);
    pci_.plug(slot, *added.function);
    disks_.push_back(added.device.get());
    pci_disks_.push_back(std::move(added));
  }
  if (config_.dma_test_device) {
    dma_test_device_ = std::make_unique<models::pci::DmaTestDevice>("dma-test", system_);
    pci_.plug(next_pci_slot(), dma_test_device_->function());
    bus_.initiator("dma-test", dma_test_device_->function().dma_space()).bind(dma_test_device_->socket);
  }
}

unsigned RiscvVirt::next_pci_slot() {
  if (pci_slots_used_ == models::pci::Host::slots)
    throw std::invalid_argument(
        fmt::format("more PCI functions than the bus has slots: it has {}", models::pci::Host::slots - 1));
  return pci_slots_used_++;
}

std::vector<std::string> RiscvVirt::write_back() {
  std::vector<std::string> failures;
  for (Block* disk : disks_) {
    if (!disk->flush()) failures.push_back(disk->image().path() + ": could not be brought to the medium by the host");
  }
  for (const auto& bank : flash_) {
    try {
      bank->write_back();
    } catch (const models::LoadError& error) {
      failures.emplace_back(error.what());
    }
  }
  return failures;
}

}  // namespace sc_memory::platforms
