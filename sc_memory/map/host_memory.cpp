// Host memory by mmap: anonymous, shared, file-backed, or the caller's.
#include "sc_memory/map/host_memory.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "sc_memory/map/map_error.h"

namespace sc_memory {

namespace {

/// A touch makes a whole huge page resident, typically 2 MiB: of smaller memory that would be a large part.
constexpr std::uint64_t kWorthHugePages = std::uint64_t{32} << 20;

[[noreturn]] void fail(const std::string& what, const std::string& action, int error) {
  throw MapError(fmt::format("{}: cannot {}: {}", what, action, std::strerror(error)));
}

/// Closes a descriptor that is given up half-way through.
class ScopedFd {
 public:
  explicit ScopedFd(int fd) : fd_(fd) {}
  ScopedFd(const ScopedFd&) = delete;
  ScopedFd& operator=(const ScopedFd&) = delete;
  ~ScopedFd() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

}  // namespace

HostMemory HostMemory::map(std::uint64_t size, int flags, int fd, std::uint64_t offset, const std::string& what) {
  const Origin origin = (flags & MAP_SHARED) != 0 ? Origin::mapped_shared : Origin::mapped_private;
  if (size == 0) return HostMemory(nullptr, 0, origin, fd);
  void* data = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, fd, static_cast<off_t>(offset));
  if (data == MAP_FAILED) fail(what, fmt::format("map {} bytes of host memory", size), errno);
  return HostMemory(static_cast<std::uint8_t*>(data), size, origin, fd);
}

HostMemory HostMemory::anonymous(std::uint64_t size) {
  HostMemory memory = map(size, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0, "memory");
  // Fewer faults and fewer misses in the host's TLB; a host that does not do it is only slower.
  if (memory.size_ >= kWorthHugePages) ::madvise(memory.data_, memory.size_, MADV_HUGEPAGE);
  return memory;
}

HostMemory HostMemory::anonymous_shared(std::uint64_t size) {
  return map(size, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0, "shared memory");
}

HostMemory HostMemory::from_fd(int fd, std::uint64_t offset, std::uint64_t size, bool shared, const std::string& name) {
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  if (offset % page != 0)
    throw MapError(fmt::format("{}: offset {:#x} is no multiple of the page size {}", name, offset, page));
  ScopedFd own(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (own.get() < 0) fail(name, "use the file descriptor", errno);
  struct stat status {};
  if (::fstat(own.get(), &status) != 0) fail(name, "look at the file", errno);
  const std::uint64_t end = offset + size;
  if (end < offset)
    throw MapError(fmt::format("{}: offset {:#x} and size {:#x} go beyond any file", name, offset, size));
  if (S_ISREG(status.st_mode) && static_cast<std::uint64_t>(status.st_size) < end &&
      ::ftruncate(own.get(), static_cast<off_t>(end)) != 0)
    fail(name, fmt::format("extend the file to {} bytes", end), errno);
  HostMemory memory = map(size, shared ? MAP_SHARED : MAP_PRIVATE | MAP_NORESERVE, own.get(), offset, name);
  own.release();
  return memory;
}

HostMemory HostMemory::from_file(const std::string& path, std::uint64_t size, bool shared) {
  const ScopedFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (file.get() < 0) fail(path, "open it for reading and writing", errno);
  return from_fd(file.get(), 0, size, shared, path);
}

HostMemory HostMemory::borrowed(void* data, std::uint64_t size) {
  if (data == nullptr) throw MapError("the memory given for a RAM region is a null pointer");
  return HostMemory(static_cast<std::uint8_t*>(data), size, Origin::borrowed, -1);
}

HostMemory::HostMemory(HostMemory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      origin_(std::exchange(other.origin_, Origin::borrowed)),
      fd_(std::exchange(other.fd_, -1)) {}

HostMemory& HostMemory::operator=(HostMemory&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(origin_, other.origin_);
  std::swap(fd_, other.fd_);
  return *this;
}

HostMemory::~HostMemory() {
  if (origin_ != Origin::borrowed && data_ != nullptr) ::munmap(data_, size_);
  if (fd_ >= 0) ::close(fd_);
}

void HostMemory::discard(std::uint64_t offset, std::uint64_t length) {
  if (offset > size_ || length > size_ - offset)
    throw MapError(
        fmt::format("discarding {:#x} bytes at {:#x} goes beyond the memory's end at {:#x}", length, offset, size_));
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const std::uint64_t end = offset + length;
  const std::uint64_t first_whole = (offset + page - 1) / page * page;
  const std::uint64_t end_whole = end / page * page;
  if (length == 0) return;
  if (origin_ == Origin::borrowed || first_whole >= end_whole) {
    std::memset(data_ + offset, 0, length);
    return;
  }
  std::memset(data_ + offset, 0, first_whole - offset);
  std::memset(data_ + end_whole, 0, end - end_whole);
  // Private pages need only be forgotten. Shared ones would come back as they were: what they are kept in needs a hole,
  // which not every file takes.
  const int advice = origin_ == Origin::mapped_shared ? MADV_REMOVE : MADV_DONTNEED;
  if (::madvise(data_ + first_whole, end_whole - first_whole, advice) != 0)
    std::memset(data_ + first_whole, 0, end_whole - first_whole);
}

}  // namespace sc_memory
