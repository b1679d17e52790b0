// Streams over buffers.
#include "models/virtio/descriptor_chain.h"

namespace sc_memory::models::virtio {

BufferCursor::BufferCursor(const std::vector<GuestBuffer>& buffers) : buffer_(buffers.begin()) {
  for (const GuestBuffer& buffer : buffers) left_ += buffer.length;
}

AccessResult ChainReader::read(void* data, std::size_t length) {
  auto* to = static_cast<std::uint8_t*>(data);
  AccessResult result = AccessResult::ok;
  cursor_.advance(length, [&](Address address, std::size_t piece) {
    result = worst(result, memory_.read(address, to, piece));
    to += piece;
  });
  return result;
}

AccessResult ChainWriter::write(const void* data, std::size_t length) {
  const auto* from = static_cast<const std::uint8_t*>(data);
  AccessResult result = AccessResult::ok;
  cursor_.advance(length, [&](Address address, std::size_t piece) {
    result = worst(result, memory_.write(address, from, piece));
    from += piece;
  });
  if (!has_gap_) written_ += length;
  return result;
}

void ChainWriter::skip(std::uint64_t length) {
  has_gap_ |= length > 0;
  cursor_.advance(length, [](Address, std::size_t) {});
}

}  // namespace sc_memory::models::virtio
