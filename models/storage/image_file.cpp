// Opening, locking and transferring.
#include "models/storage/image_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "models/boot/load_error.h"

namespace sc_memory::models {

namespace {

/// O_NONBLOCK: opening a pipe must not wait for whoever is at its other end.
int open_file(const std::string& path, int access) { return ::open(path.c_str(), access | O_CLOEXEC | O_NONBLOCK); }

bool lock_whole_file(int fd, bool exclusive) {
  struct flock lock {};
  lock.l_type = exclusive ? F_WRLCK : F_RDLCK;
  lock.l_whence = SEEK_SET;
  return ::fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

/// Calls pread or pwrite until all is done.
template <typename Transfer, typename Byte>
bool transfer_all(Transfer transfer, int fd, Byte* data, std::size_t length, std::uint64_t offset) {
  while (length > 0) {
    const ssize_t count = transfer(fd, data, length, static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    data += count;
    offset += static_cast<std::uint64_t>(count);
    length -= static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

ImageFile::ImageFile(std::string path, std::string_view wanted, ImageMode mode) : path_(std::move(path)) {
  const auto give_up = [&](const std::string& problem) {
    if (fd_ >= 0) ::close(fd_);
    throw LoadError(path_, fmt::format("{}; expected {}", problem, wanted));
  };
  readonly_ = mode == ImageMode::readonly;
  if (!readonly_) fd_ = open_file(path_, O_RDWR);
  if (fd_ < 0 && (readonly_ || errno == EACCES || errno == EPERM || errno == EROFS)) {
    readonly_ = true;
    fd_ = open_file(path_, O_RDONLY);
  }
  struct stat status {};
  if (fd_ < 0 || ::fstat(fd_, &status) != 0) give_up(fmt::format("cannot be opened ({})", std::strerror(errno)));
  if (!S_ISREG(status.st_mode)) give_up("is no regular file");
  if (status.st_size == 0) give_up("is empty");
  if (!lock_whole_file(fd_, !readonly_))
    give_up(errno == EAGAIN || errno == EACCES ? "is in use by another process or by another device of this machine"
                                               : fmt::format("cannot be locked ({})", std::strerror(errno)));
  size_ = static_cast<std::uint64_t>(status.st_size);
}

ImageFile::~ImageFile() {
  flush();
  ::close(fd_);
}

bool ImageFile::read(std::uint64_t offset, void* data, std::size_t length) {
  return holds(offset, length) && transfer_all(::pread, fd_, static_cast<char*>(data), length, offset);
}

bool ImageFile::write(std::uint64_t offset, const void* data, std::size_t length) {
  if (readonly_ || !holds(offset, length)) return false;
  unflushed_ = true;
  return transfer_all(::pwrite, fd_, static_cast<const char*>(data), length, offset);
}

bool ImageFile::flush() {
  if (!unflushed_) return true;
  if (::fdatasync(fd_) != 0) return false;
  unflushed_ = false;
  return true;
}

}  // namespace sc_memory::models
