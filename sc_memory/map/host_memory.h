// Memory of the host that stands for guest memory. It is mapped lazily: a 64 GiB RAM costs nothing until it is touched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace sc_memory {

/// A block of host memory, zeroed at birth (file-backed: holding the file's bytes), page aligned, released on
/// destruction. Memory of a caller's is only referred to. Move-only.
class HostMemory {
 public:
  /// `size` bytes of private, zeroed memory, if they are many in huge pages where the host has them. Throws MapError
  /// when the host cannot map them.
  static HostMemory anonymous(std::uint64_t size);
  /// `size` bytes that processes forked from this one share.
  static HostMemory anonymous_shared(std::uint64_t size);
  /// `size` bytes of the open file `fd` from `offset` (a multiple of the page size), which is extended if it is
  /// shorter. With `shared`, writes reach the file and every other process that maps it; without, they stay private.
  /// The descriptor is duplicated. `name` is for messages.
  static HostMemory from_fd(int fd, std::uint64_t offset, std::uint64_t size, bool shared, const std::string& name);
  /// The same for the file at `path`, which is created if it does not exist.
  static HostMemory from_file(const std::string& path, std::uint64_t size, bool shared);
  /// The caller's memory: `size` bytes at `data`, which outlive this object. Throws MapError on a null pointer.
  static HostMemory borrowed(void* data, std::uint64_t size);

  HostMemory() = default;
  HostMemory(HostMemory&& other) noexcept;
  HostMemory& operator=(HostMemory&& other) noexcept;
  HostMemory(const HostMemory&) = delete;
  HostMemory& operator=(const HostMemory&) = delete;
  ~HostMemory();

  std::uint8_t* data() const { return data_; }
  std::uint64_t size() const { return size_; }

  /// Gives the whole pages within [offset, offset+length) back to the host and zeroes the rest of it. All of it reads
  /// as zero afterwards, in the file too if it is shared; only the whole pages of private memory of a file read as the
  /// file does. Borrowed memory is only zeroed. Throws MapError beyond the block's end.
  void discard(std::uint64_t offset, std::uint64_t length);

  /// The file descriptor behind shared memory, or -1.
  int fd() const { return fd_; }

 private:
  enum class Origin : std::uint8_t { borrowed, mapped_private, mapped_shared };

  HostMemory(std::uint8_t* data, std::uint64_t size, Origin origin, int fd)
      : data_(data), size_(size), origin_(origin), fd_(fd) {}
  static HostMemory map(std::uint64_t size, int flags, int fd, std::uint64_t offset, const std::string& what);

  std::uint8_t* data_ = nullptr;
  std::uint64_t size_ = 0;
  Origin origin_ = Origin::borrowed;
  int fd_ = -1;
};

}  // namespace sc_memory
