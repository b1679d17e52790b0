// Reading a whole file, with a plain sentence for each way in which that fails.
#include "models/boot/file_bytes.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <new>
#include <sys/stat.h>
#include <unistd.h>

#include "models/boot/load_error.h"

namespace sc_memory::models {
namespace {

class FileDescriptor {
 public:
  // O_NONBLOCK: opening a pipe must not wait for a writer that never comes; regular files do not care.
  explicit FileDescriptor(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  int get() const { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void fail(const std::string& path, const std::string& problem, std::string_view wanted) {
  throw LoadError(path, fmt::format("{}; expected {}", problem, wanted));
}

std::string what_is_there(mode_t mode) {
  if (S_ISDIR(mode)) return "is a directory";
  if (S_ISREG(mode)) return "is a regular file";
  return "is a device, pipe or socket, not a regular file";
}

}  // namespace

Bytes read_whole_file(const std::string& path, std::string_view wanted, uint64_t limit) {
  const FileDescriptor file(path);
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
    fail(path, fmt::format("cannot be opened ({})", std::strerror(errno)), wanted);
  }
  if (!S_ISREG(status.st_mode)) fail(path, what_is_there(status.st_mode), wanted);
  const auto size = static_cast<uint64_t>(status.st_size);
  if (size == 0) fail(path, "is empty", wanted);
  if (size > limit) fail(path, fmt::format("is {} bytes long, {} is the most that is loaded", size, limit), wanted);

  Bytes bytes;
  try {
    bytes.resize(size);
  } catch (const std::bad_alloc&) {
    fail(path, fmt::format("is {} bytes long, more than the host can hold", size), wanted);
  }
  uint64_t done = 0;
  while (done < size) {
    const ssize_t count = ::read(file.get(), bytes.data() + done, std::min<uint64_t>(size - done, 1U << 30));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path, fmt::format("cannot be read ({})", std::strerror(errno)), wanted);
    if (count == 0) fail(path, "became shorter while it was read", wanted);
    done += static_cast<uint64_t>(count);
  }
  return bytes;
}

}  // namespace sc_memory::models
