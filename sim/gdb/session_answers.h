// The answers that a debug session gives again and again.
#pragma once

#include <string>

#include "sim/gdb/session.h"

namespace sc_memory::sim::gdb {

inline constexpr char kOk[] = "OK";
inline constexpr char kNotKnown[] = "";  ///< The protocol's way to say that a packet is not supported.
// Error numbers mean nothing to GDB but that there was one.
inline constexpr char kMalformed[] = "E01";
inline constexpr char kNoSuchThread[] = "E02";
inline constexpr char kRefused[] = "E03";
inline constexpr char kMemoryFault[] = "E0e";

inline Session::Answer reply(std::string payload) { return {std::move(payload), Session::Next::stay, false}; }

}  // namespace sc_memory::sim::gdb
