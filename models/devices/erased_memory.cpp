// Memory of 0xff as many private mappings of one small file.
#include "models/devices/erased_memory.h"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

#include "sc_memory/map/map_error.h"

namespace sc_memory::models {

namespace {

[[noreturn]] void fail(const char* action) {
  throw MapError(fmt::format("erased memory: cannot {}: {}", action, std::strerror(errno)));
}

/// An anonymous file of `size` bytes of 0xff, closed at the end of the scope; mappings of it stay.
class ErasedFile {
 public:
  explicit ErasedFile(std::uint64_t size) : fd_(::memfd_create("erased", MFD_CLOEXEC)) {
    if (fd_ < 0) fail("make an anonymous file");
    const std::vector<std::uint8_t> erased(size, 0xff);
    if (::write(fd_, erased.data(), size) == static_cast<ssize_t>(size)) return;
    ::close(fd_);
    fail("fill an anonymous file");
  }
  ErasedFile(const ErasedFile&) = delete;
  ErasedFile& operator=(const ErasedFile&) = delete;
  ~ErasedFile() { ::close(fd_); }

  int fd() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

ErasedMemory::ErasedMemory(std::uint64_t size, std::uint64_t block_size) : size_(size), block_size_(block_size) {
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  if (block_size == 0 || block_size % page != 0 || size == 0 || size % block_size != 0)
    throw MapError(
        fmt::format("erased memory of {:#x} bytes cannot be made of blocks of {:#x} bytes", size, block_size));
  const ErasedFile file(block_size);
  void* reserved = ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserved == MAP_FAILED) fail("reserve addresses");
  data_ = static_cast<std::uint8_t*>(reserved);
  for (std::uint64_t offset = 0; offset < size; offset += block_size) {
    const int flags = MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE;
    if (::mmap(data_ + offset, block_size, PROT_READ | PROT_WRITE, flags, file.fd(), 0) != MAP_FAILED) continue;
    const int error = errno;
    ::munmap(data_, size);
    errno = error;
    fail("map an anonymous file");
  }
}

ErasedMemory::~ErasedMemory() { ::munmap(data_, size_); }

void ErasedMemory::erase_block(std::uint64_t offset) {
  // A private mapping forgets its own pages and shows the file's again.
  if (::madvise(data_ + offset, block_size_, MADV_DONTNEED) != 0) std::memset(data_ + offset, 0xff, block_size_);
}

}  // namespace sc_memory::models
