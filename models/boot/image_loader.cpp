// Loading through transport_dbg, piece by piece, with an exact account of what memory took.
#include "models/boot/image_loader.h"

#include <algorithm>
#include <fmt/format.h>
#include <vector>

#include "models/boot/load_error.h"

namespace sc_memory::models {
namespace {

constexpr uint64_t piece_size =
    64 * 1024;  // one call each; small enough to skip what is zero already, large enough to be cheap

}  // namespace

void ImageLoader::load(const ElfImage& image) {
  for (const ImageSegment& segment : image.segments()) load(image.name(), segment);
}

void ImageLoader::load(const RawImage& image) { load(image.name(), image.segment()); }

void ImageLoader::load(const std::string& name, const ImageSegment& segment) {
  const auto [first, last] = segment.range;
  const uint64_t size = segment.range.size();
  uint64_t taken = write(first, segment.bytes, segment.file_size);
  if (taken == segment.file_size) taken += clear(first + taken, size - taken);
  if (taken == size) return;

  const std::string wish = fmt::format("does not fit into memory: of {:#x}-{:#x}, ", first, last);
  if (taken == 0) throw LoadError(name, fmt::format("{}{:#x} already takes no data", wish, first));
  throw LoadError(name, fmt::format("{}only {:#x}-{:#x} takes data", wish, first, first + (taken - 1)));
}

// Returns how many bytes, from the first on, were taken.
uint64_t ImageLoader::write(Address address, const uint8_t* bytes, uint64_t size) {
  std::vector<uint8_t> piece(std::min(size, piece_size));
  uint64_t done = 0;
  while (done < size) {
    const uint64_t wanted = std::min(size - done, piece_size);
    std::copy_n(bytes + done, wanted, piece.begin());  // a payload's data pointer is not const
    const uint64_t moved = transport(tlm::TLM_WRITE_COMMAND, address + done, piece.data(), wanted);
    done += moved;
    if (moved < wanted) break;
  }
  return done;
}

// Returns how many bytes, from the first on, are zero now.
uint64_t ImageLoader::clear(Address address, uint64_t size) {
  static const std::vector<uint8_t> zeros(piece_size, 0);
  uint64_t done = 0;
  while (done < size) {
    // Pieces end on multiples of their size, so that they cover whole pages of the memory behind.
    const uint64_t wanted = std::min(size - done, piece_size - (address + done) % piece_size);
    const uint64_t moved = reads_as_zero(address + done, wanted) ? wanted : write(address + done, zeros.data(), wanted);
    done += moved;
    if (moved < wanted) break;
  }
  return done;
}

bool ImageLoader::reads_as_zero(Address address, uint64_t size) {
  std::vector<uint8_t> piece(size, 0);
  if (transport(tlm::TLM_READ_COMMAND, address, piece.data(), size) < size) return false;
  return std::all_of(piece.begin(), piece.end(), [](uint8_t byte) { return byte == 0; });
}

// Moves bytes until all are moved or an address refuses: a debug transport may stop early at the border of two targets,
// and only one that moves nothing says that there is nothing. Returns how many bytes were moved.
uint64_t ImageLoader::transport(tlm::tlm_command command, Address address, uint8_t* data, uint64_t size) {
  uint64_t done = 0;
  while (done < size) {
    const uint64_t left = size - done;
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(address + done);
    payload.set_data_ptr(data + done);
    payload.set_data_length(static_cast<unsigned>(left));
    payload.set_streaming_width(static_cast<unsigned>(left));
    const uint64_t moved = std::min<uint64_t>(bus_.transport_dbg(payload), left);
    if (moved == 0) break;
    done += moved;
  }
  return done;
}

}  // namespace sc_memory::models
