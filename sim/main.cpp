// vpsim, the simulator program. What it can do is in commands.h, what can be asked of it in options.h.
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>

#include <systemc>

#include "sc_memory/map/map_error.h"

#include "models/boot/load_error.h"
#include "sim/commands.h"
#include "sim/exit_codes.h"
#include "sim/options.h"
#include "sim/standard_descriptors.h"
#include "sim/standard_output.h"
#include "sim/warnings.h"

namespace {

using namespace sc_memory;

int carry_out(const sim::Options& options) {
  if (const auto* run = std::get_if<sim::RunOptions>(&options)) return sim::run(*run);
  if (const auto* traffic = std::get_if<sim::TrafficOptions>(&options)) return sim::run_traffic(*traffic);
  if (const auto* map = std::get_if<sim::MapOptions>(&options)) return sim::print_map(*map);
  const auto& text = std::get<sim::ExitAtOnce>(options);
  if (text.is_error)
    std::fputs(text.text.c_str(), stderr);
  else
    sim::print_text(text.text);
  return text.code;
}

int fail(int code, const char* message) {
  std::fputs(fmt::format("vpsim: {}\n", message).c_str(), stderr);
  return code;
}

}  // namespace

int sc_main(int argc, char** argv) {
  // The kernel's own message at sc_stop() is of no use to whoever runs a guest.
  sc_core::sc_report_handler::set_actions("/OSCI/SystemC", sc_core::SC_DO_NOTHING);
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  // Harts run on to the end of their quantum, so that a guest may end the simulation more than once.
  sc_core::sc_report_handler::set_actions(sc_core::SC_ID_SIMULATION_STOP_CALLED_TWICE_, sc_core::SC_DO_NOTHING);
  sim::warn_on_standard_error();
  try {
    return carry_out(sim::parse_options(argc, argv));
  } catch (const sim::OptionError& error) {
    return fail(sim::kBadInput, error.what());
  } catch (const models::LoadError& error) {
    return fail(sim::kBadInput, error.what());
  } catch (const MapError& error) {
    return fail(sim::kBadInput, error.what());
  } catch (const std::exception& error) {
    return fail(sim::kFailed, error.what());
  }
}

int main(int argc, char** argv) {
  sim::open_standard_descriptors();
  // The kernel says whose it is before sc_main() unless told not to; the console belongs to the guest.
  ::setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
  return sc_core::sc_elab_and_sim(argc, argv);
}
