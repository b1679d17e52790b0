// A report handler.
#include "sim/warnings.h"

#include <cstdio>
#include <fmt/format.h>

#include <systemc>

namespace sc_memory::sim {

void warn_on_standard_error() {
  sc_core::sc_report_handler::set_handler([](const sc_core::sc_report& report, const sc_core::sc_actions& actions) {
    const bool shown = report.get_severity() == sc_core::SC_WARNING && (actions & sc_core::SC_DISPLAY) != 0;
    // Some of the kernel's own have no words besides their type.
    const char* const words = *report.get_msg() != '\0' ? report.get_msg() : report.get_msg_type();
    if (shown) std::fputs(fmt::format("vpsim: warning: {}\n", words).c_str(), stderr);
    sc_core::sc_report_handler::default_handler(report,
                                                shown ? actions & ~sc_core::sc_actions{sc_core::SC_DISPLAY} : actions);
  });
}

}  // namespace sc_memory::sim
