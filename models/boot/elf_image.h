// An ELF executable as the machine wants it: what goes where in physical memory, where execution starts, where symbols
// are. Everything is checked while reading; an ElfImage that exists is sound.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/boot/file_bytes.h"
#include "models/boot/image_segment.h"

namespace sc_memory::models {

/// The machine that an ELF file must be made for.
struct ElfTarget {
  unsigned bits;       // 32 or 64
  bool little_endian;  // data encoding
  uint16_t machine;    // EM_* number of the System V ABI

  static constexpr ElfTarget riscv64() { return {64, true, 243}; }
};

/// "64-bit RISC-V": as it stands in messages.
std::string describe(const ElfTarget& target);

class ElfImage {
 public:
  /// Reads and checks the file. Throws LoadError. A position-independent file (ET_DYN, linked at 0) is moved so that it
  /// begins at the physical address `place`, and relocated; every other one goes where it was linked.
  static ElfImage read(const std::string& path, const ElfTarget& target = ElfTarget::riscv64(), Address place = 0);
  /// The same for bytes that are already in memory; `name` stands for the file in messages.
  static ElfImage parse(Bytes bytes, std::string name, const ElfTarget& target = ElfTarget::riscv64(),
                        Address place = 0);

  /// Segments point into the bytes of this object.
  ElfImage(ElfImage&&) = default;
  ElfImage& operator=(ElfImage&&) = default;
  ElfImage(const ElfImage&) = delete;
  ElfImage& operator=(const ElfImage&) = delete;

  const std::string& name() const { return name_; }
  /// What to load, by rising physical address; at least one, none empty, none overlapping another.
  const std::vector<ImageSegment>& segments() const { return segments_; }
  /// Where execution starts: a physical address inside one of the segments.
  Address entry() const { return entry_; }
  /// The physical address of a defined symbol. Global symbols win over local ones of the same name.
  std::optional<Address> symbol(std::string_view name) const;

 private:
  friend class ElfReader;
  ElfImage() = default;

  std::string name_;
  Bytes bytes_;
  std::vector<ImageSegment> segments_;
  Address entry_ = 0;
  std::map<std::string, Address, std::less<>> symbols_;
};

}  // namespace sc_memory::models
