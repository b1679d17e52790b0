// Exceptions that belong to the calling process and not to whom it called: sc_process_handle::kill, reset and throw_it
// raise them in the wait() of whoever the process is in at that moment.
#pragma once

namespace sc_memory {

/// In a handler: whether the exception is the initiator's business, and so passes through targets and interconnects as
/// it would if both were bound directly (IEEE 1666 5.6.6.2, 5.6.6.3). SystemC does not mark what throw_it() throws: of
/// a process into which something was thrown before, an exception of that same type is taken to be it.
bool is_thrown_into_process();

}  // namespace sc_memory
