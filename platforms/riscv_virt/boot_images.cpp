// Deciding where images lie, and writing them there.
#include "platforms/riscv_virt/boot_images.h"

#include <algorithm>
#include <fmt/format.h>

#include "models/boot/file_bytes.h"
#include "models/boot/image_kind.h"
#include "models/boot/image_loader.h"
#include "models/boot/load_error.h"
#include "models/boot/truncation.h"

namespace sc_memory::platforms {

using models::DeviceTree;
using models::ElfImage;
using models::ImageKind;
using models::LoadError;
using models::RawImage;

namespace {

/// Where OpenSBI's fw_jump and U-Boot for supervisor mode expect the next stage, and where a Linux Image asks to be.
constexpr std::uint64_t kKernelOffset = 2_MiB;
/// An initial RAM disk lies this far behind the kernel at the most, as on QEMU's virt.
constexpr std::uint64_t kMaxInitrdDistance = 128_MiB;
/// The device tree lies on such a border at the end of RAM, but below 3 GiB, where 32-bit code reaches it.
constexpr std::uint64_t kTreeAlignment = 2_MiB;
constexpr Address kTreeLimit = 3_GiB;

}  // namespace

std::vector<AddressRange> BootImages::Program::ranges() const {
  if (raw) return {raw->segment().range};
  std::vector<AddressRange> all;
  for (const models::ImageSegment& segment : elf->segments()) all.push_back(segment.range);
  return all;
}

BootImages::Program BootImages::read_program(const std::string& path, Address start) {
  models::Bytes bytes = models::read_whole_file(path, "an ELF, a Linux Image or raw code for 64-bit RISC-V");
  Program program;
  switch (models::identify_image(bytes)) {
    case ImageKind::elf:
      program.elf = ElfImage::parse(std::move(bytes), path, models::ElfTarget::riscv64(), start);
      program.entry = program.elf->entry();
      return program;
    case ImageKind::device_tree:
      throw LoadError(path, "is a device tree; give it with --dtb, and a program here");
    case ImageKind::linux_image:
      models::read_linux_header(bytes, path);
      models::check_linux_image_is_whole(bytes, path);
      break;
    case ImageKind::raw:
      break;
  }
  program.raw = RawImage::from_bytes(std::move(bytes), path, start);
  program.entry = start;
  return program;
}

void BootImages::place(const std::string& name, const AddressRange& range, bool moves_with_memory) {
  for (const Placed& other : placed_) {
    if (!other.range.overlaps(range)) continue;
    const char* const advice = moves_with_memory || other.moves_with_memory
                                   ? "give the machine more with --memory, which moves one of them up"
                                   : "link a program elsewhere, as an ELF for a fixed address, or make it smaller";
    throw LoadError(name, fmt::format("would lie at {:#x}-{:#x}, where {} is already at {:#x}-{:#x}; {}", range.first,
                                      range.last, other.name, other.range.first, other.range.last, advice));
  }
  placed_.push_back({name, range, moves_with_memory});
}

/// Throws for a range that is not all in memory, with what would help.
void BootImages::refuse(const std::string& name, const AddressRange& range) const {
  std::string why;
  if (range.first < ram_.first)
    why = fmt::format("RAM begins at {0:#x}; link it for addresses from {0:#x} on", ram_.first);
  else if (range.last - ram_.first >= riscv_virt::kMaxMemory)
    why = fmt::format("RAM never goes beyond {:#x}; link it for lower addresses",
                      ram_.first + (riscv_virt::kMaxMemory - 1));
  else
    why = fmt::format("RAM ends at {:#x}; give the machine more with --memory, {}M at the least", ram_.last,
                      (range.last - ram_.first) / 1_MiB + 1);
  throw LoadError(name, fmt::format("needs {:#x}-{:#x}, but {}", range.first, range.last, why));
}

void BootImages::place(const Program& program) {
  for (const AddressRange& range : program.ranges()) {
    if (!ram_.contains(range) && !flash_.contains(range)) refuse(program.name(), range);
    place(program.name(), range, false);
  }
}

BootImages::BootImages(const RiscvVirt& machine, const BootFiles& files) : ram_(machine.ram_range()) {
  if (!files.bios.empty()) {
    bios_ = read_program(files.bios, ram_.first);
    place(*bios_);
    entry_ = bios_->entry;
  }
  if (files.starts_flash) (bios_ ? next_stage_ : entry_) = riscv_virt::kFlash;
  if (!files.kernel.empty()) {
    kernel_ = read_program(files.kernel, ram_.first + kKernelOffset);
    place(*kernel_);
    if (!files.starts_flash) next_stage_ = kernel_->entry;
  }
  std::optional<AddressRange> initrd;
  if (!files.initrd.empty()) {
    const std::uint64_t distance = std::min(ram_.size() / 2, kMaxInitrdDistance);
    initrd_ = RawImage::read(files.initrd, ram_.first + kKernelOffset + distance);
    models::check_initrd_is_whole(initrd_->bytes(), files.initrd);
    initrd = initrd_->segment().range;
    if (!ram_.contains(*initrd)) refuse(files.initrd, *initrd);
    place(files.initrd, *initrd, distance < kMaxInitrdDistance);
  }
  if (files.device_tree.empty()) {
    tree_ = machine.device_tree(files.append, initrd);
  } else {
    tree_ = DeviceTree::read(files.device_tree);
    if (!files.append.empty()) tree_->set_bootargs(files.append);
    if (initrd) tree_->set_initrd(initrd->first, initrd->size());
  }
  const std::uint64_t tree_size = tree_->bytes().size();
  const Address end = std::min(ram_.last, kTreeLimit - 1);
  if (end - ram_.first < tree_size)
    throw LoadError(
        tree_->name(),
        fmt::format("has {} bytes and does not fit into RAM {:#x}-{:#x}, {}", tree_size, ram_.first, end,
                    ram_.last < kTreeLimit - 1 ? "which is all there is; give the machine more with --memory"
                                               : "where 32-bit code reaches it; make it smaller"));
  const Address address = std::max(ram_.first, (end + 1 - tree_size) / kTreeAlignment * kTreeAlignment);
  placed_tree_ = *AddressRange::sized(address, tree_size);
  place(tree_->name(), placed_tree_, ram_.last < kTreeLimit - 1);
}

std::optional<models::HostTarget::Variables> BootImages::host_variables() const {
  if (!bios_ || !bios_->elf) return std::nullopt;
  const auto tohost = bios_->elf->symbol("tohost");
  const auto fromhost = bios_->elf->symbol("fromhost");
  if (!tohost || !fromhost) return std::nullopt;
  return models::HostTarget::Variables{*tohost, *fromhost};
}

void BootImages::load_into(RiscvVirt& machine) const {
  models::ImageLoader loader(machine.debug_port());
  for (const auto* program : {&bios_, &kernel_}) {
    if (!program->has_value()) continue;
    if ((*program)->elf)
      loader.load(*(*program)->elf);
    else
      loader.load(*(*program)->raw);
  }
  if (initrd_) loader.load(*initrd_);
  loader.load(RawImage::from_bytes(tree_->bytes(), tree_->name(), placed_tree_.first));
  machine.set_reset_vector(entry_, placed_tree_.first, next_stage_);
}

}  // namespace sc_memory::platforms
