// Simulated time as recordings write it.
#pragma once

#include <string>

#include <systemc>

namespace sc_memory {

/// Whole picoseconds, whatever SystemC's time resolution is: what is finer is rounded down.
class Picoseconds {
 public:
  Picoseconds();
  std::uint64_t operator()(const sc_core::sc_time& time) const {
    return divide_ ? time.value() / factor_ : time.value() * factor_;
  }

 private:
  std::uint64_t factor_;  ///< Units of the resolution in a picosecond, or the other way round.
  bool divide_;
};

}  // namespace sc_memory
