// What vpsim's exit code says, besides 0 and what the guest itself reports.
#pragma once

namespace sc_memory::sim {

inline constexpr int kFailed = 1;       ///< The guest, the host or the simulation failed.
inline constexpr int kBadInput = 2;     ///< An option or a file that cannot be used.
inline constexpr int kSignalled = 128;  ///< Plus the number of the signal that ended the simulation, as shells have it.

}  // namespace sc_memory::sim
