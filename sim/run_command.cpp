// vpsim run: a machine, its console and how it ends.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <system_error>
#include <unistd.h>

#include <systemc>
#include <tlm_utils/tlm_quantumkeeper.h>

#include "sc_memory/analysis/traffic_counters.h"

#include "models/boot/load_error.h"
#include "models/devices/host_target.h"
#include "sim/analysis_session.h"
#include "sim/commands.h"
#include "sim/console.h"
#include "sim/console_terminal.h"
#include "sim/default_boot.h"
#include "sim/exit_codes.h"
#include "sim/gdb/debug_server.h"
#include "sim/interruption.h"
#include "sim/map_file.h"
#include "sim/milestones.h"
#include "sim/output_check.h"
#include "sim/output_file.h"
#include "sim/summary.h"

namespace sc_memory::sim {

namespace {

using Outcome = platforms::RiscvVirt::Outcome;
using Verdict = models::SifiveTest::Verdict;

/// How the simulation ended, as far as somebody said so. The first to say so counts: harts run on to the end of their
/// quantum.
struct Ending {
  std::optional<Outcome> outcome;
  std::optional<models::HostTarget::Report> verdict;
  std::string hart_report;
  std::string user_request;
  int signal = 0;

  bool is_said() const { return outcome || verdict || !hart_report.empty() || !user_request.empty() || signal != 0; }
};

std::optional<Script> choose_script(const RunOptions& options, bool interactive) {
  if (!options.script.empty()) return Script::read(options.script);
  if (options.boots_default_files && !interactive) return Script::parse(kDefaultScript, "the built-in script");
  return std::nullopt;
}

std::uint64_t instructions_of(platforms::RiscvVirt& machine) {
  std::uint64_t sum = 0;
  for (unsigned i = 0; i < machine.hart_count(); ++i) sum += machine.hart(i).counters().instructions;
  return sum;
}

/// Loads the images at the last moment before the harts run, when every socket is bound, and lets go of them: the
/// machine's memory has them then, and a kernel and its RAM disk are large.
class BootModule : public sc_core::sc_module {
 public:
  BootModule(sc_core::sc_module_name name, platforms::RiscvVirt& machine, platforms::BootImages images)
      : sc_module(name), machine_(machine), images_(std::move(images)) {}

  /// What went wrong while loading; the simulation is to be left alone then.
  const std::exception_ptr& error() const { return error_; }

 private:
  void start_of_simulation() override {
    try {
      images_->load_into(machine_);
      images_.reset();
    } catch (...) {
      // The kernel is not made for exceptions from here.
      error_ = std::current_exception();
      sc_core::sc_stop();
    }
  }

  platforms::RiscvVirt& machine_;
  std::optional<platforms::BootImages> images_;
  std::exception_ptr error_;
};

/// Before anything is opened to be written.
void check_outputs(const RunOptions& options) {
  OutputCheck files;
  files.input("--bios", options.files.bios);
  files.input("--kernel", options.files.kernel);
  files.input("--initrd", options.files.initrd);
  files.input("--dtb", options.files.device_tree);
  files.input("--script", options.script);
  for (const platforms::ImageConfig& disk : options.machine.disks) files.input("--disk", disk.path);
  for (const platforms::ImageConfig& disk : options.machine.pci_disks) files.input("--disk-pci", disk.path);
  for (const platforms::ImageConfig& bank : options.machine.flash) files.input("--flash", bank.path);
  files.output("--hvc", options.virtio_console_output);
  files.output("--map-at-end", options.map_at_end);
  add_outputs(options.analysis, files);
  files.check();
}

int say(int code, const std::string& message) {
  std::fputs(fmt::format("vpsim: {}\n", message).c_str(), stderr);
  return code;
}

int exit_code(const models::HostTarget::Report& report) {
  if (report.failed_test() != 0)
    return say(report.exit_status(), fmt::format("the program failed its test {}", report.failed_test()));
  return 0;
}

int exit_code(const Ending& ending, const ScriptFeeder* script, const RunOptions& options) {
  if (!ending.hart_report.empty()) return say(kFailed, ending.hart_report);
  if (ending.outcome) {
    if (ending.outcome->verdict == Verdict::reset)
      return say(kFailed, "the guest asked for a reset, which ends the simulation");
    if (ending.outcome->verdict == Verdict::fail)
      return say(ending.outcome->exit_status(), fmt::format("the guest reported failure {}", ending.outcome->code));
    return 0;
  }
  if (ending.verdict) return exit_code(*ending.verdict);
  if (!ending.user_request.empty()) return say(kFailed, ending.user_request);
  if (ending.signal != 0)
    return say(kSignalled + ending.signal,
               fmt::format("SIG{} ended the simulation at {}, as if the machine had lost its power",
                           sigabbrev_np(ending.signal), sc_core::sc_time_stamp().to_string()));
  const std::string waiting = script != nullptr && !script->finished() ? script->waiting_for() : std::string();
  const bool time_up = options.max_time && sc_core::sc_time_stamp() >= *options.max_time;
  const std::string end =
      time_up ? fmt::format("--max-time ended the simulation at {}", sc_core::sc_time_stamp().to_string())
              : fmt::format("nothing can happen any more: at {} all harts wait for interrupts that no device will send",
                            sc_core::sc_time_stamp().to_string());
  if (!waiting.empty()) return say(kBadInput, fmt::format("{}; {}", waiting, end));
  return say(kFailed, end + " before the guest switched the machine off");
}

/// One of the last steps of a run, which says whether it was done. One that fails is told of, and keeps no other from
/// being tried.
template <typename Step>
bool attempt(const Step& step) {
  try {
    return step();
  } catch (const std::exception& error) {
    say(kFailed, error.what());
    return false;
  }
}

/// What the guest prints on hvc0, on its way to a file.
struct VirtioConsoleOutput {
  explicit VirtioConsoleOutput(const std::string& name) : path(name), file(name), output(file.descriptor()) {}

  /// Whether all that the guest printed is in the file; says why not.
  bool finish() {
    output.flush();
    if (output.error().empty()) return true;
    say(kFailed, fmt::format("--hvc: '{}' is not complete: {}", path, output.error()));
    return false;
  }

  std::string path;
  OutputFile file;
  ConsoleOutput output;
};

std::unique_ptr<gdb::DebugServer> make_debug_server(const RunOptions& options, platforms::RiscvVirt& machine,
                                                    gdb::DebugServer::Run run) {
  if (!options.gdb_port) return nullptr;
  try {
    auto server = std::make_unique<gdb::DebugServer>("debugger", machine, *options.gdb_port, std::move(run));
    say(0, fmt::format("waiting for GDB: target remote 127.0.0.1:{}", server->port()));
    return server;
  } catch (const std::system_error& error) {
    throw OptionError(fmt::format("--gdb: {}; give another port, or 0 to let the host choose", error.what()));
  }
}

}  // namespace

int run(const RunOptions& options) {
  check_outputs(options);
  const bool interactive = isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0;
  Ending ending;
  std::optional<ScriptFeeder> script;
  if (auto chosen = choose_script(options, interactive)) script.emplace(std::move(*chosen));
  std::optional<MapFile> map_at_end;
  if (!options.map_at_end.empty()) map_at_end.emplace("--map-at-end", options.map_at_end);
  const Interruption interruption([&](int signal) {
    if (!ending.is_said()) ending.signal = signal;
    sc_core::sc_stop();
  });

  tlm_utils::tlm_quantumkeeper::set_global_quantum(options.quantum);
  platforms::RiscvVirt machine("machine", options.machine);
  platforms::BootImages images(machine, options.files);
  TrafficCounters traffic(machine.bus());
  AnalysisSession analysis(machine.bus(), machine.memory(), options.analysis);
  machine.on_outcome([&](Outcome outcome) {
    if (!ending.is_said()) ending.outcome = outcome;
    sc_core::sc_stop();
  });
  machine.on_hart_stop([&](const std::string& report) {
    if (!ending.is_said()) ending.hart_report = report;
  });

  std::optional<models::HostTarget> host_target;
  ConsoleOutput output(STDOUT_FILENO);
  const RawTerminal terminal(STDIN_FILENO);
  std::unique_ptr<Keyboard> keyboard;
  if (interactive || !script) keyboard = std::make_unique<Keyboard>(STDIN_FILENO, interactive);
  Console console("console",
                  {[&] {
                     return host_target && host_target->reads_console() ? host_target->receive_space()
                                                                        : machine.uart().receive_space();
                   },
                   [&](std::uint8_t byte) {
                     if (host_target && host_target->reads_console())
                       host_target->receive(byte);
                     else
                       machine.uart().receive(byte);
                   }},
                  {output, script ? &*script : nullptr, keyboard.get(), [&] { return machine.is_idle(); },
                   [&](const std::string& why) {
                     if (!ending.is_said()) ending.user_request = why;
                     sc_core::sc_stop();
                   }});
  const auto started = std::chrono::steady_clock::now();
  const auto host_time = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - started); };
  Milestones milestones(options.milestones, [&] {
    return Milestones::Cost{instructions_of(machine), sc_core::sc_time_stamp(), host_time()};
  });
  const auto print = [&](std::uint8_t byte) {
    milestones.output(byte);
    console.transmit(byte);
  };
  machine.uart().set_transmit(print);
  machine.uart().set_on_space([&] { console.space_freed(); });
  if (const auto variables = images.host_variables())
    host_target.emplace(
        "htif", machine.memory(), *variables,
        models::HostTarget::Host{
            [&](models::HostTarget::Report report) {
              if (!ending.is_said()) ending.verdict = report;
              sc_core::sc_stop();
            },
            print,
            [&] {
              if (const auto typed_too_early = machine.uart().withdraw())
                host_target->receive(*typed_too_early);
              else
                console.space_freed();
            },
            [&] { return machine.rtc().time(); },
            [](const std::string& what) {
              say(0,
                  fmt::format("the program asked its host by HTIF for {}, which is not known here; it goes on without",
                              what));
            }});
  std::optional<VirtioConsoleOutput> hvc;
  if (models::virtio::Console* const console0 = machine.virtio_console()) {
    hvc.emplace(options.virtio_console_output);
    console0->set_transmit([&](std::uint8_t byte) { hvc->output.put(byte); });
  }
  const BootModule boot("boot", machine, std::move(images));
  const auto debugger = make_debug_server(options, machine,
                                          {[&](const std::string& why) {
                                             if (!ending.is_said()) ending.user_request = why;
                                             sc_core::sc_stop();
                                           },
                                           [&] {
                                             return boot.error() != nullptr || interruption.requested() ||
                                                    (keyboard != nullptr && keyboard->end_requested());
                                           }});

  if (interactive) std::fputs("vpsim: Ctrl-A x ends the simulation, Ctrl-A h lists the keys\r\n", stderr);
  if (options.max_time)
    sc_core::sc_start(*options.max_time);
  else
    sc_core::sc_start();
  const auto host = host_time();
  output.flush();
  bool complete = true;
  for (const std::string& failure : machine.write_back()) complete = say(kFailed, failure) == 0;
  if (boot.error()) std::rethrow_exception(boot.error());
  std::fputs(("\n" + summary_text(machine, traffic, host) + milestones.text()).c_str(), stderr);
  if (hvc && !hvc->finish()) complete = false;
  const auto write_map = [&] {
    map_at_end->write(machine.memory());
    return true;
  };
  if (map_at_end && !attempt(write_map)) complete = false;
  if (!attempt([&] { return analysis.finish(run_facts(machine, host)); })) complete = false;
  int code = exit_code(ending, script ? &*script : nullptr, options);
  if (code == 0 && !complete) code = kFailed;
  if (debugger) debugger->tell_exit(code);
  return code;
}

}  // namespace sc_memory::sim
