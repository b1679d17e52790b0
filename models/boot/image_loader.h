// Puts images into the machine's memory the way a debugger would: through the debug transport of a TLM initiator, so
// that what a loader can reach is what the map says, ROM included.
#pragma once

#include <cstdint>
#include <string>

#include <tlm>

#include "models/boot/elf_image.h"
#include "models/boot/image_segment.h"
#include "models/boot/raw_image.h"

namespace sc_memory::models {

/// To be used from the simulation's thread once elaboration has bound the sockets. Takes no simulated time.
class ImageLoader {
 public:
  /// `bus` is what the initiator's socket leads to, in the address view of the images (physical, as that initiator sees
  /// them). It must outlive the loader.
  explicit ImageLoader(tlm::tlm_fw_transport_if<>& bus) : bus_(bus) {}

  /// Write all of an image. Throw LoadError when some address takes no data; what went before it has then been written.
  void load(const ElfImage& image);
  void load(const RawImage& image);
  /// The same for one segment; `name` stands for the file in messages. Memory that is to become zero and already reads
  /// as zero is not written, so that lazily allocated memory stays unallocated.
  void load(const std::string& name, const ImageSegment& segment);

 private:
  uint64_t write(Address address, const uint8_t* bytes, uint64_t size);
  uint64_t clear(Address address, uint64_t size);
  bool reads_as_zero(Address address, uint64_t size);
  uint64_t transport(tlm::tlm_command command, Address address, uint8_t* data, uint64_t size);

  tlm::tlm_fw_transport_if<>& bus_;
};

}  // namespace sc_memory::models
