// Write beside, sync, rename.
#include "models/storage/replaceable_image.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "models/boot/load_error.h"

namespace sc_memory::models {

namespace {

/// Where the links in `path` lead; as it is if that cannot be found out, so that opening it says why.
std::string resolved(const std::string& path) {
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(path, error);
  return error ? path : real.string();
}

/// A new file of `size` bytes with the permissions of `model`, removed again unless it is kept.
class TemporaryFile {
 public:
  TemporaryFile(const std::string& model, std::uint64_t size) : path_(model + ".XXXXXX") {
    const int fd = ::mkstemp(path_.data());
    if (fd < 0) return;
    exists_ = true;
    struct stat status {};
    made_ = ::stat(model.c_str(), &status) == 0 && ::fchmod(fd, status.st_mode & 07777) == 0 &&
            ::ftruncate(fd, static_cast<off_t>(size)) == 0;
    ::close(fd);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (exists_) ::unlink(path_.c_str());
  }

  bool made() const { return made_; }
  const std::string& path() const { return path_; }
  bool rename_to(const std::string& path) {
    if (::rename(path_.c_str(), path.c_str()) != 0) return false;
    exists_ = false;
    return true;
  }

 private:
  std::string path_;
  bool exists_ = false;
  bool made_ = false;
};

/// A renamed file is found after a crash of the host only if its directory is on the medium.
bool sync_directory_of(const std::string& path) {
  const std::string directory = std::filesystem::absolute(path).parent_path().string();
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool synced = ::fsync(fd) == 0;
  ::close(fd);
  return synced;
}

}  // namespace

ReplaceableImage::ReplaceableImage(const std::string& path, std::string_view wanted, ImageMode mode)
    : path_(resolved(path)), wanted_(wanted), file_(std::make_unique<ImageFile>(path_, wanted_, mode)) {}

void ReplaceableImage::read(std::uint64_t offset, std::uint8_t* bytes, std::size_t length) const {
  if (!file_->read(offset, bytes, length)) throw LoadError(path_, fmt::format("cannot be read; expected {}", wanted_));
}

void ReplaceableImage::replace(const std::uint8_t* bytes) {
  const auto give_up = [this] {
    throw LoadError(path_, fmt::format("cannot be written back ({}); it is as it was", std::strerror(errno)));
  };
  TemporaryFile temporary(path_, size());
  if (!temporary.made()) give_up();
  auto fresh = std::make_unique<ImageFile>(temporary.path(), wanted_);
  if (!fresh->write(0, bytes, size()) || !fresh->flush() || !temporary.rename_to(path_)) give_up();
  file_ = std::move(fresh);
  if (!sync_directory_of(path_))
    throw LoadError(path_, "was written back, but the host could not bring its directory to the medium");
}

}  // namespace sc_memory::models
