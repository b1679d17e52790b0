// Requests to a disk.
#include "models/virtio/block.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <utility>

#include "models/boot/load_error.h"

namespace sc_memory::models::virtio {

namespace {

constexpr std::uint64_t kFeatureSegmentsMax = UINT64_C(1) << 2;
constexpr std::uint64_t kFeatureReadonly = UINT64_C(1) << 5;
constexpr std::uint64_t kFeatureBlockSize = UINT64_C(1) << 6;
constexpr std::uint64_t kFeatureFlush = UINT64_C(1) << 9;

/// Of the configuration, 5.2.4.
constexpr std::size_t kConfigSegmentsMax = 12;
constexpr std::size_t kConfigBlockSize = 20;
constexpr std::size_t kConfigBytes = 64;
/// Two descriptors of a chain are the header and the status.
constexpr std::uint32_t kSegmentsMax = Block::queue_size - 2;

enum RequestType : std::uint32_t { in = 0, out = 1, flush_request = 4, get_id_request = 8 };
enum RequestStatus : std::uint8_t { ok = 0, io_error = 1, unsupported = 2 };
constexpr std::size_t kIdBytes = 20;

constexpr std::size_t kBounceBytes = 64 * 1024;

constexpr char kWanted[] = "a raw disk image, a whole number of 512-byte sectors";

}  // namespace

/// As it lies in guest memory.
struct Block::Header {
  std::uint32_t type;
  std::uint32_t reserved;
  std::uint64_t sector;
};

Block::Block(const sc_core::sc_module_name& name, const std::string& image, ImageMode mode, std::string serial)
    : Device(name, DeviceId::block, kFeatureSegmentsMax | kFeatureBlockSize | kFeatureFlush, {queue_size}),
      image_(image, kWanted, mode),
      serial_(std::move(serial)),
      bounce_(kBounceBytes) {
  if (image_.size() % sector_bytes != 0)
    throw LoadError(image, fmt::format("has {} bytes, which is no whole number of 512-byte sectors; a raw disk image "
                                       "of {} bytes would be right (truncate -s)",
                                       image_.size(), (image_.size() / sector_bytes + 1) * sector_bytes));
  if (image_.readonly()) offer(kFeatureReadonly);
  config().resize(kConfigBytes);
  const std::uint64_t capacity = sectors();
  const std::uint32_t block_size = sector_bytes;
  std::memcpy(config().data(), &capacity, sizeof capacity);
  std::memcpy(config().data() + kConfigSegmentsMax, &kSegmentsMax, sizeof kSegmentsMax);
  std::memcpy(config().data() + kConfigBlockSize, &block_size, sizeof block_size);
}

void Block::serve(unsigned queue) {
  while (const auto chain = next_chain(queue)) {
    const auto written = carry_out(*chain);
    if (!written) return fail("a block request has no header or no status byte");
    complete(queue, *chain, *written);
  }
}

std::optional<std::uint32_t> Block::carry_out(const DescriptorChain& chain) {
  ChainReader reader(memory(), chain);
  ChainWriter writer(memory(), chain);
  Header header{};
  if (reader.left() < sizeof header || writer.left() == 0) return std::nullopt;
  if (reader.read(&header, sizeof header) != AccessResult::ok) return std::nullopt;

  const std::uint64_t room = writer.left() - 1;
  const std::uint8_t status = carry_out(header, reader, writer, room);
  writer.skip(writer.left() - 1);
  writer.write(&status, 1);
  return writer.written();
}

std::uint8_t Block::carry_out(const Header& header, ChainReader& reader, ChainWriter& writer, std::uint64_t room) {
  switch (header.type) {
    case in:
      return read(header.sector, writer, room);
    case out:
      return write(header.sector, reader);
    case flush_request:
      return flush() ? ok : io_error;
    case get_id_request:
      return get_id(writer, room);
    default:
      return unsupported;
  }
}

bool Block::is_on_disk(std::uint64_t sector, std::uint64_t length) const {
  return length % sector_bytes == 0 && length <= max_request_bytes && sector <= sectors() &&
         length / sector_bytes <= sectors() - sector;
}

std::uint8_t Block::read(std::uint64_t sector, ChainWriter& writer, std::uint64_t length) {
  if (!is_on_disk(sector, length)) return io_error;
  std::uint64_t offset = sector * sector_bytes;
  while (length > 0) {
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(length, bounce_.size()));
    if (!image_.read(offset, bounce_.data(), piece)) return io_error;
    if (writer.write(bounce_.data(), piece) != AccessResult::ok) return io_error;
    offset += piece;
    length -= piece;
  }
  return ok;
}

std::uint8_t Block::write(std::uint64_t sector, ChainReader& reader) {
  if (!is_on_disk(sector, reader.left())) return io_error;
  std::uint64_t offset = sector * sector_bytes;
  while (reader.left() > 0) {
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(reader.left(), bounce_.size()));
    if (reader.read(bounce_.data(), piece) != AccessResult::ok) return io_error;
    if (!image_.write(offset, bounce_.data(), piece)) return io_error;
    offset += piece;
  }
  return ok;
}

/// Cut off, or filled with zeros.
std::uint8_t Block::get_id(ChainWriter& writer, std::uint64_t room) const {
  if (room < kIdBytes) return io_error;
  char id[kIdBytes] = {};
  std::memcpy(id, serial_.data(), std::min(serial_.size(), kIdBytes));
  return writer.write(id, kIdBytes) == AccessResult::ok ? ok : io_error;
}

}  // namespace sc_memory::models::virtio
