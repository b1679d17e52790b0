// What the machine boots: which files, and where they go.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/boot/device_tree.h"
#include "models/boot/elf_image.h"
#include "models/boot/raw_image.h"
#include "models/devices/host_target.h"
#include "platforms/riscv_virt/riscv_virt.h"

namespace sc_memory::platforms {

/// Paths of files; empty ones are left out. Without a bios nothing runs but flash that is to be started.
struct BootFiles {
  std::string bios;         ///< ELF, or raw code for the start of RAM: the first that runs, in machine mode.
  std::string kernel;       ///< ELF, Linux Image, or raw code for the start of RAM + 2 MiB: what the bios starts.
                            ///< Position-independent ELF goes where raw code goes.
  std::string initrd;       ///< For the kernel, as it is.
  std::string device_tree;  ///< .dtb, instead of the machine's own.
  std::string append;       ///< Not a file: the kernel's command line.
  /// Not a file: what flash bank 0 holds takes the kernel's place, as on QEMU's virt, or the bios's if there is none.
  bool starts_flash = false;
};

/// Reads and checks everything before anything is simulated, then puts it into the machine's memory.
class BootImages {
 public:
  /// Throws LoadError for a file that cannot be used, or that would lie outside the machine's RAM or upon another one:
  /// one line that names the file.
  BootImages(const RiscvVirt& machine, const BootFiles& files);

  /// Writes the images through the machine's debug port and sets the reset vector. To be called once elaboration is
  /// done, before the harts run. Throws LoadError.
  void load_into(RiscvVirt& machine) const;

  Address entry() const { return entry_; }
  Address device_tree_address() const { return placed_tree_.first; }
  /// Where the bios speaks HTIF: the variables `tohost` and `fromhost` of an ELF that has both; nothing for all others.
  std::optional<models::HostTarget::Variables> host_variables() const;

 private:
  /// An ELF, or bytes with an address.
  struct Program {
    std::optional<models::ElfImage> elf;
    std::optional<models::RawImage> raw;
    Address entry = 0;

    const std::string& name() const { return elf ? elf->name() : raw->name(); }
    std::vector<AddressRange> ranges() const;
  };

  /// `start` is where code goes that says nothing of it: raw code, and position-independent ELF.
  static Program read_program(const std::string& path, Address start);
  /// What has its place already. `moves_with_memory`: it would lie higher in a machine with more memory.
  struct Placed {
    std::string name;
    AddressRange range;
    bool moves_with_memory;
  };

  void place(const std::string& name, const AddressRange& range, bool moves_with_memory);
  [[noreturn]] void refuse(const std::string& name, const AddressRange& range) const;
  void place(const Program& program);

  AddressRange ram_;
  AddressRange flash_{riscv_virt::kFlash, riscv_virt::kFlash + riscv_virt::kFlashBanks* riscv_virt::kFlashBankSize - 1};
  std::vector<Placed> placed_;
  Address entry_ = 0;
  Address next_stage_ = 0;  ///< What the bios starts; 0: nothing.
  std::optional<Program> bios_;
  std::optional<Program> kernel_;
  std::optional<models::RawImage> initrd_;
  std::optional<models::DeviceTree> tree_;
  AddressRange placed_tree_;
};

}  // namespace sc_memory::platforms
