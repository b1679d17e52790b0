// Where SystemC's warnings go.
#pragma once

namespace sc_memory::sim {

/// From here on a warning is one line on standard error, like all that vpsim says; standard output is the guest's.
void warn_on_standard_error();

}  // namespace sc_memory::sim
