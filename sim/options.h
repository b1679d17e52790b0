// What the user asked vpsim for.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <systemc>

#include "platforms/riscv_virt/boot_images.h"
#include "sim/analysis_options.h"
#include "sim/milestones.h"

namespace sc_memory::sim {

/// `vpsim run`: a machine, what it boots, and how.
struct RunOptions {
  platforms::RiscvVirtConfig machine;
  platforms::BootFiles files;
  std::string script;  ///< A file; empty: the built-in one when the built-in files boot without a terminal, else none.
  bool boots_default_files = false;
  sc_core::sc_time quantum;
  std::optional<sc_core::sc_time> max_time;
  std::string virtio_console_output;      ///< A file for what the guest prints on hvc0; empty: there is no hvc0.
  std::optional<std::uint16_t> gdb_port;  ///< Wait for a debugger there; 0: a port of the host's choice.
  std::vector<Milestone> milestones;
  std::string map_at_end;  ///< A file for the map as the guest left it; empty: none.
  AnalysisOptions analysis;
};

/// `vpsim run --traffic`: a platform of traffic generators.
struct TrafficOptions {
  std::string file;  ///< Its description.
  std::optional<sc_core::sc_time> max_time;
  AnalysisOptions analysis;
};

/// `vpsim map`: the machine's memory map.
struct MapOptions {
  enum class Format { text, json, svg };

  platforms::RiscvVirtConfig machine;
  Format format = Format::text;
  std::string import_file;  ///< Text of QEMU's `info mtree` to show instead of the machine; empty: none.
  std::string space;        ///< The only address space to show; empty: all, or the largest where only one can be.
};

/// Nothing to run: what to print (help, the version) and the exit code.
struct ExitAtOnce {
  std::string text;
  bool is_error = false;
  int code = 0;
};

/// An option whose value makes no sense: one line that names the option, what is wrong and what would be right.
class OptionError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

using Options = std::variant<RunOptions, TrafficOptions, MapOptions, ExitAtOnce>;

/// Understands the command line. Throws OptionError.
Options parse_options(int argc, const char* const* argv);

/// "256M", "0x1000", "4GiB": bytes. Throws OptionError naming `option`.
std::uint64_t parse_size(const std::string& option, const std::string& text);
/// "10us", "1.5 ms", "2s": simulated time. Throws OptionError naming `option`.
sc_core::sc_time parse_time(const std::string& option, const std::string& text);
/// "kernel=Linux version": a milestone. Throws OptionError naming `option`.
Milestone parse_milestone(const std::string& option, const std::string& text);

}  // namespace sc_memory::sim
