// The options of `vpsim run` that give the machine devices, most of them with files of the host behind them.
#pragma once

#include <string>
#include <vector>

#include "platforms/riscv_virt/riscv_virt.h"

namespace CLI {  // NOLINT: the name is the library's
class App;
}

namespace sc_memory::sim {

/// As typed; outlives the parsing.
class DeviceOptions {
 public:
  void add_to(CLI::App& command);
  /// Throws OptionError.
  void parse_into(platforms::RiscvVirtConfig& config) const;

  /// Whether flash bank 0 holds what is to be started.
  bool starts_flash() const { return !started_flash_.empty(); }

  /// The file for what the guest prints on hvc0; empty if there is no hvc0.
  const std::string& virtio_console_output() const { return virtio_console_output_; }

 private:
  std::vector<std::string> disks_;
  std::vector<std::string> pci_disks_;
  std::vector<std::string> flash_;
  std::vector<std::string> started_flash_;
  std::string virtio_console_output_;
  std::string entropy_;
  std::string network_;
  std::string clock_;
  bool dma_test_device_ = false;
};

}  // namespace sc_memory::sim
