// The message types of this library's sc_reports, so that a user can count, filter or silence them.
#pragma once

namespace sc_memory {

/// A target or an initiator broke a rule of TLM-2.0, or a platform was put together wrongly.
inline constexpr char kProtocolMessage[] = "/sc_memory/protocol";
inline constexpr char kBindingMessage[] = "/sc_memory/binding";
/// Direct memory access is not, or no longer, what a transaction would do.
inline constexpr char kCoherenceMessage[] = "/sc_memory/coherence";

/// An access that the address space's policy wants to be told of.
inline constexpr char kAccessMessage[] = "/sc_memory/access";

}  // namespace sc_memory
