// The time resolution is a power of ten.
#include "sc_memory/analysis/picoseconds.h"

#include <cmath>

namespace sc_memory {

Picoseconds::Picoseconds() {
  const double unit = sc_core::sc_get_time_resolution().to_seconds() * 1e12;
  divide_ = unit < 1;
  factor_ = static_cast<std::uint64_t>(std::llround(divide_ ? 1 / unit : unit));
}

}  // namespace sc_memory
