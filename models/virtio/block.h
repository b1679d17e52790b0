// The virtio block device (Virtual I/O Device 1.2, 5.2): a disk whose sectors are those of an image file.
//
// Requests: read, write, flush, get id. A write reaches the host's page cache before its request completes, and the
// medium when the driver flushes or the device is destroyed: a write-back cache, as the feature VIRTIO_BLK_F_FLUSH
// says. An image that cannot be written makes a read-only disk.
#pragma once

#include <cstdint>
#include <string>

#include "models/storage/image_file.h"
#include "models/virtio/device.h"

namespace sc_memory::models::virtio {

/// What goes wrong with a request - beyond the end of the disk, on a read-only disk, no memory behind a buffer, an
/// error of the host - is its status, VIRTIO_BLK_S_IOERR; a request without header or status byte is the driver's
/// fault.
class Block final : public Device {
 public:
  static constexpr std::uint32_t sector_bytes = 512;
  static constexpr std::uint64_t max_request_bytes = 64 * 1024 * 1024;
  static constexpr std::uint16_t queue_size = 256;

  /// A file at `image` is a raw image; throws LoadError if it cannot be used. `serial` is what get id answers, at most
  /// 20 characters.
  Block(const sc_core::sc_module_name& name, const std::string& image, ImageMode mode, std::string serial);

  const ImageFile& image() const { return image_; }
  /// As the driver's flush request; false if the host could not.
  bool flush() { return image_.flush(); }
  std::uint64_t sectors() const { return image_.size() / sector_bytes; }

 private:
  struct Header;

  void serve(unsigned queue) override;
  /// Returns the number of bytes written to the chain; nothing if it is no request at all.
  std::optional<std::uint32_t> carry_out(const DescriptorChain& chain);
  std::uint8_t carry_out(const Header& header, ChainReader& reader, ChainWriter& writer, std::uint64_t room);
  std::uint8_t read(std::uint64_t sector, ChainWriter& writer, std::uint64_t length);
  std::uint8_t write(std::uint64_t sector, ChainReader& reader);
  std::uint8_t get_id(ChainWriter& writer, std::uint64_t room) const;
  bool is_on_disk(std::uint64_t sector, std::uint64_t length) const;

  ImageFile image_;
  std::string serial_;
  std::vector<std::uint8_t> bounce_;
};

}  // namespace sc_memory::models::virtio
