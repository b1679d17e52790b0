// A file whose contents are taken as a whole and given back as a whole, for devices that keep them in memory meanwhile:
// a flash chip's image. It is never torn: at any moment, whatever happens to the simulator or the host, the path leads
// to the old contents or to the new ones.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "models/storage/image_file.h"

namespace sc_memory::models {

/// Locked as an ImageFile is, before and after each replacement.
class ReplaceableImage {
 public:
  /// As ImageFile's. A symbolic link stays one: what it leads to is replaced.
  ReplaceableImage(const std::string& path, std::string_view wanted, ImageMode mode);

  const std::string& path() const { return path_; }
  bool readonly() const { return file_->readonly(); }
  std::uint64_t size() const { return file_->size(); }

  /// Throws LoadError when the file cannot be read any more.
  void read(std::uint64_t offset, std::uint8_t* bytes, std::size_t length) const;

  /// Puts size() bytes in the place of what the file holds: written to a new file beside it, brought to the medium, and
  /// given its name. Throws LoadError, the old contents being still there, when the host cannot do that.
  void replace(const std::uint8_t* bytes);

 private:
  std::string path_;
  std::string wanted_;
  std::unique_ptr<ImageFile> file_;
};

}  // namespace sc_memory::models
