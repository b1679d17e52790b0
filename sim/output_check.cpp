// Comparing what names lead to.
#include "sim/output_check.h"

#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "sim/options.h"

namespace sc_memory::sim {

namespace {

std::optional<struct stat> status_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return status;
}

bool has_contents(const struct stat& status) { return S_ISREG(status.st_mode) || S_ISBLK(status.st_mode); }

/// Where a file would be made: at the end of links that lead nowhere yet, too.
std::filesystem::path place_of(const std::string& path) {
  constexpr int kMostLinks = 40;  // as many as Linux follows
  std::error_code error;
  std::filesystem::path place = path;
  for (int i = 0; i < kMostLinks && std::filesystem::is_symlink(place, error); ++i)
    place = place.parent_path() / std::filesystem::read_symlink(place, error);
  const std::filesystem::path resolved = std::filesystem::weakly_canonical(std::filesystem::absolute(place), error);
  return error ? place : resolved;
}

bool are_one_file(const std::string& a, const std::string& b) {
  const auto first = status_of(a);
  const auto second = status_of(b);
  if (first && second)
    return has_contents(*first) && first->st_dev == second->st_dev && first->st_ino == second->st_ino;
  return !first && !second && place_of(a) == place_of(b);
}

/// Opened without waiting and without changing it; the lock is only asked for.
bool is_locked(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return false;
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  const bool known = ::fcntl(descriptor, F_OFD_GETLK, &lock) == 0;
  ::close(descriptor);
  return known && lock.l_type != F_UNLCK;
}

}  // namespace

void OutputCheck::input(const std::string& option, const std::string& path) {
  if (!path.empty()) inputs_.push_back({option, path});
}

void OutputCheck::output(const std::string& option, const std::string& path) {
  if (!path.empty()) outputs_.push_back({option, path});
}

void OutputCheck::check() const {
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    const Named& output = outputs_[i];
    const auto refuse = [&](const std::string& why) {
      throw OptionError(
          fmt::format("{}: '{}' cannot be written: {}; give another file", output.option, output.path, why));
    };
    for (const Named& input : inputs_)
      if (are_one_file(output.path, input.path))
        refuse(fmt::format("it is the same file as '{}' of {}, which is read", input.path, input.option));
    for (std::size_t other = 0; other < i; ++other)
      if (are_one_file(output.path, outputs_[other].path))
        refuse(fmt::format("it is the same file as '{}' of {}", outputs_[other].path, outputs_[other].option));
    const auto status = status_of(output.path);
    if (status && S_ISDIR(status->st_mode)) refuse("it is a directory");
    if (status && has_contents(*status) && is_locked(output.path)) refuse("it is in use by another process");
  }
}

}  // namespace sc_memory::sim
