// A file whose bytes a device of the machine shows as its own: a disk, a flash chip. It is locked as long as it is
// open, so that no two machines, and no other program that asks, use the same image at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sc_memory::models {

enum class ImageMode : std::uint8_t {
  writable_if_permitted,  ///< Read-only where the file's permissions, or its file system, allow no more.
  readonly,
};

/// The lock is an open file description lock on the whole file (fcntl(2), F_OFD_SETLK): exclusive for an image that can
/// be written, shared for a read-only one. Transfers are made in the caller's thread and go to the host's page cache at
/// once; flush() brings them to the medium. Offsets are relative to the file.
class ImageFile {
 public:
  /// Opens a regular file that is not empty. `wanted` says what should be there ("a raw disk image") and ends the
  /// message. Throws LoadError when it is missing, of another kind, not permitted, or in use.
  ImageFile(std::string path, std::string_view wanted, ImageMode mode = ImageMode::writable_if_permitted);
  ImageFile(const ImageFile&) = delete;
  ImageFile& operator=(const ImageFile&) = delete;
  /// Flushes what was written.
  ~ImageFile();

  const std::string& path() const { return path_; }
  bool readonly() const { return readonly_; }
  /// In bytes, when it was opened.
  std::uint64_t size() const { return size_; }

  /// All of the bytes, or false: beyond the end, an error of the host, or (for writes) a read-only image.
  bool read(std::uint64_t offset, void* data, std::size_t length);
  bool write(std::uint64_t offset, const void* data, std::size_t length);
  /// Returns once everything written is on the medium; false if the host could not bring it there.
  bool flush();

 private:
  bool holds(std::uint64_t offset, std::size_t length) const { return offset <= size_ && length <= size_ - offset; }

  std::string path_;
  bool readonly_ = false;
  bool unflushed_ = false;
  std::uint64_t size_ = 0;
  int fd_ = -1;
};

}  // namespace sc_memory::models
