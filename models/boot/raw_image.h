// A file that goes into memory byte for byte at an address that somebody else decides, and the header by which a RISC-V
// Linux kernel says where that should be.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "models/boot/file_bytes.h"
#include "models/boot/image_segment.h"

namespace sc_memory::models {

/// What a RISC-V Linux `Image` says of itself (Documentation/riscv/boot-image-header.rst of the kernel).
struct LinuxImageHeader {
  uint64_t text_offset;  // where the image wants to lie, counted from a 2 MiB aligned start of memory
  uint64_t image_size;   // memory it needs from there, bss included; never less than the file
};

class RawImage {
 public:
  /// Reads a file that is to lie at the physical `address`. Throws LoadError.
  static RawImage read(const std::string& path, Address address);
  /// The same for bytes that are already in memory; `name` stands for the file in messages.
  static RawImage from_bytes(Bytes bytes, std::string name, Address address);

  /// The segment points into the bytes of this object.
  RawImage(RawImage&&) = default;
  RawImage& operator=(RawImage&&) = default;
  RawImage(const RawImage&) = delete;
  RawImage& operator=(const RawImage&) = delete;

  const std::string& name() const { return name_; }
  const Bytes& bytes() const { return bytes_; }
  /// All of the file at its address; the kernel clears its own bss, so nothing is filled behind it.
  const ImageSegment& segment() const { return segment_; }

 private:
  RawImage() = default;

  std::string name_;
  Bytes bytes_;
  ImageSegment segment_;
};

/// The header of a RISC-V Linux `Image`, or nothing when `bytes` are not one. Throws LoadError, with `name` for the
/// file, when they are one that this machine cannot start: shorter than its header, big-endian, or with more bytes than
/// it asks memory for.
std::optional<LinuxImageHeader> read_linux_header(const Bytes& bytes, const std::string& name);

}  // namespace sc_memory::models
