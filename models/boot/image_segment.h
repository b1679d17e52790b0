// A stretch of the machine's memory that an image fills: some bytes from the file, then zeros.
#pragma once

#include <cstdint>

#include "sc_memory/map/address_range.h"

namespace sc_memory::models {

/// The bytes belong to the image that handed the segment out and live as long as that image.
struct ImageSegment {
  AddressRange range;              // all that is filled, physical
  const uint8_t* bytes = nullptr;  // the first file_size bytes of it
  uint64_t file_size = 0;          // at most range.size(); what is left is filled with zeros
};

}  // namespace sc_memory::models
