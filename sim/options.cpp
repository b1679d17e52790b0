// The command line, by CLI11.
#include "sim/options.h"

#include <CLI/CLI.hpp>
#include <cctype>
#include <cmath>
#include <fmt/format.h>
#include <sstream>
#include <unistd.h>

#include "sim/command_texts.h"
#include "sim/default_boot.h"
#include "sim/device_options.h"
#include "sim/version.h"

namespace sc_memory::sim {

namespace {

constexpr char kDescription[] =
    "vpsim: a RISC-V machine as a SystemC virtual platform, on a memory map of regions that can change while it runs.\n"
    "Without a command: run.";

constexpr char kRunDescription[] =
    "Run the machine until its guest switches it off. Without options it boots Debian's OpenSBI and U-Boot.";
constexpr char kMapDescription[] = "Print the machine's memory map: the tree of regions, and the flat view of it.";

constexpr char kRunFooter[] = R"(
On a terminal the console is interactive; Ctrl-A x ends the simulation, Ctrl-A h lists the keys. Otherwise a
script types for you: --script FILE, or a built-in tour of U-Boot when nothing else is asked for. The console is on
standard output, everything that vpsim itself has to say on standard error.

Exit code: 0 after the guest switched the machine off, the guest's own code after it reported a failure (a bios in an
ELF with symbols tohost and fromhost reports there: 0 for a pass, else the number of the failed test), 2 for input
that cannot be used (or a script that --max-time ended), 128 and the signal's number after Ctrl-C, SIGTERM or SIGHUP
(which end the simulation in good order; the second one ends vpsim at once), 1 for everything else.

Examples:
  vpsim run                                        OpenSBI and U-Boot
  vpsim run --kernel Image --append "console=ttyS0" --initrd initrd.gz --memory 1G
  vpsim run --bios program.elf --max-time 100ms    a program without firmware
  vpsim run --disk root.img --disk-pci data.img,ro two disks: U-Boot's "virtio scan" and "pci enum" find them
  vpsim run --report report.html                   a page about who accessed what, when, and how long it took
  vpsim run --traffic contention.json --stats text two initiators on one memory, without software
  vpsim map                                        the machine's memory map, as a tree and flattened)";

constexpr char kMapFooter[] = R"(
Examples:
  vpsim map --format svg >map.svg                  a picture to open in a browser
  vpsim map --import mtree.txt --format json       an existing machine's map, for a program)";

/// The number at the beginning of `text` and the letters after it.
struct Quantity {
  std::string number;
  std::string unit;
};

Quantity split(const std::string& text) {
  const bool is_hexadecimal = text.rfind("0x", 0) == 0 || text.rfind("0X", 0) == 0;
  std::size_t end = is_hexadecimal ? 2 : 0;
  const auto is_part_of_number = [&](char c) {
    return is_hexadecimal ? std::isxdigit(static_cast<unsigned char>(c)) != 0
                          : std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.';
  };
  while (end < text.size() && is_part_of_number(text[end])) ++end;
  std::size_t unit = end;
  while (unit < text.size() && text[unit] == ' ') ++unit;
  return {text.substr(0, end), text.substr(unit)};
}

[[noreturn]] void fail(const std::string& option, const std::string& text, const char* wanted) {
  throw OptionError(fmt::format("{}: '{}' is not {}", option, text, wanted));
}

}  // namespace

std::uint64_t parse_size(const std::string& option, const std::string& text) {
  constexpr char kWanted[] = "a size; give a number with K, M, G or T, such as 256M";
  const Quantity quantity = split(text);
  static const std::map<std::string, unsigned> kUnits = {{"", 0},     {"B", 0},  {"K", 10},   {"KiB", 10}, {"M", 20},
                                                         {"MiB", 20}, {"G", 30}, {"GiB", 30}, {"T", 40},   {"TiB", 40}};
  const auto unit = kUnits.find(quantity.unit);
  std::size_t used = 0;
  std::uint64_t number = 0;
  try {
    number = std::stoull(quantity.number, &used, 0);
  } catch (const std::logic_error&) {
    fail(option, text, kWanted);
  }
  if (unit == kUnits.end() || used != quantity.number.size() || number > UINT64_MAX >> unit->second)
    fail(option, text, kWanted);
  return number << unit->second;
}

sc_core::sc_time parse_time(const std::string& option, const std::string& text) {
  constexpr char kWanted[] = "a simulated time above zero; give a number with ns, us, ms or s, such as 10us";
  const Quantity quantity = split(text);
  static const std::map<std::string, sc_core::sc_time_unit> kUnits = {{"ps", sc_core::SC_PS},
                                                                      {"ns", sc_core::SC_NS},
                                                                      {"us", sc_core::SC_US},
                                                                      {"ms", sc_core::SC_MS},
                                                                      {"s", sc_core::SC_SEC}};
  const auto unit = kUnits.find(quantity.unit);
  std::size_t used = 0;
  double number = 0;
  try {
    number = std::stod(quantity.number, &used);
  } catch (const std::logic_error&) {
    fail(option, text, kWanted);
  }
  if (unit == kUnits.end() || used != quantity.number.size() || number <= 0) fail(option, text, kWanted);
  const sc_core::sc_time one(1, unit->second);
  if (number >= sc_core::sc_max_time() / one) fail(option, text, kWanted);
  const sc_core::sc_time time(number, unit->second);
  if (time == sc_core::SC_ZERO_TIME) fail(option, text, kWanted);
  return time;
}

Milestone parse_milestone(const std::string& option, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    fail(option, text, "a milestone; give a name and what the guest prints there, such as \"kernel=Linux version\"");
  return {text.substr(0, equals), text.substr(equals + 1)};
}

namespace {

unsigned parse_harts(const std::string& text) {
  const bool is_number = !text.empty() && text.size() < 9 && text.find_first_not_of("0123456789") == std::string::npos;
  const unsigned long harts = is_number ? std::stoul(text) : 0;
  if (harts < 1 || harts > platforms::riscv_virt::kMaxHarts)
    fail("--cpus", text, fmt::format("a number of harts from 1 to {}", platforms::riscv_virt::kMaxHarts).c_str());
  return static_cast<unsigned>(harts);
}

std::uint16_t parse_port(const std::string& text) {
  const bool is_number = !text.empty() && text.size() < 6 && text.find_first_not_of("0123456789") == std::string::npos;
  const unsigned long port = is_number ? std::stoul(text) : ~0UL;
  if (port > UINT16_MAX) fail("--gdb", text, "a TCP port; give a number up to 65535, or 0 to let the host choose");
  return static_cast<std::uint16_t>(port);
}

MapOptions::Format parse_format(const std::string& text) {
  if (text == "text") return MapOptions::Format::text;
  if (text == "json") return MapOptions::Format::json;
  if (text == "svg") return MapOptions::Format::svg;
  fail("--format", text, "a format; give text, json or svg");
}

/// The machine's own options, which both commands have.
struct MachineTexts {
  std::string memory = "256M";
  std::string cpus = "1";

  void add_to(CLI::App& command) {
    command.add_option("--memory", memory, "RAM of the machine: a number with K, M, G or T")
        ->type_name("SIZE")
        ->capture_default_str();
    command.add_option("--cpus", cpus, fmt::format("Number of harts, 1 to {}", platforms::riscv_virt::kMaxHarts))
        ->type_name("N")
        ->capture_default_str();
  }

  platforms::RiscvVirtConfig parse() const {
    platforms::RiscvVirtConfig config;
    config.memory_bytes = parse_size("--memory", memory);
    config.harts = parse_harts(cpus);
    if (config.memory_bytes == 0)
      throw OptionError("--memory: '" + memory + "' is no memory at all; give for example 256M");
    const auto host_bytes =
        static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    if (config.memory_bytes > platforms::riscv_virt::kMaxMemory)
      throw OptionError(fmt::format(
          "--memory: '{}' is more than the harts can address ({} MiB), and than this host has ({} MiB); give less",
          memory, platforms::riscv_virt::kMaxMemory >> 20, host_bytes >> 20));
    if (config.memory_bytes > host_bytes)
      throw OptionError(
          fmt::format("--memory: '{}' is more than this host has ({} MiB); give less", memory, host_bytes >> 20));
    return config;
  }
};

/// The command line of `vpsim run` as it is typed.
struct RunTexts {
  MachineTexts machine;
  DeviceOptions devices;
  platforms::BootFiles files;
  std::string script;
  std::string quantum = "10us";
  std::string max_time;
  std::string gdb_port;
  CLI::Option* gdb = nullptr;
  std::string traffic;
  AnalysisTexts analysis;
  std::vector<std::string> milestones;
  std::string map_at_end;

  void add_to(CLI::App& command) {
    machine.add_to(command);
    devices.add_to(command);
    command
        .add_option("--bios", files.bios,
                    "Firmware that runs first, in machine mode: ELF or raw. Without --bios: Debian's OpenSBI")
        ->type_name("FILE");
    command
        .add_option("--kernel", files.kernel, "What the firmware starts: ELF, Linux Image or raw (such as u-boot.bin)")
        ->type_name("FILE");
    command.add_option("--initrd", files.initrd, "Initial RAM disk for the kernel")->type_name("FILE");
    command.add_option("--append", files.append, "Command line for the kernel");
    command.add_option("--dtb", files.device_tree, "Device tree for the firmware, instead of the machine's own")
        ->type_name("FILE");
    command
        .add_option("--quantum", quantum, "How far a hart may run ahead of simulated time: a number with ns, us or ms")
        ->type_name("TIME")
        ->capture_default_str();
    command.add_option("--max-time", max_time, "End the simulation at this simulated time")->type_name("TIME");
    command.add_option("--script", script, "File of lines to type on the console as prompts appear")->type_name("FILE");
    gdb = command
              .add_option("--gdb", gdb_port,
                          "Wait for GDB on this port of the loopback interface before the first instruction")
              ->type_name("[PORT=1234]")
              ->expected(0, 1);
    command
        .add_option(
            "--traffic", traffic,
            "Instead of the machine run a platform of traffic generators, which FILE describes (docs/traffic.md)")
        ->type_name("FILE.json");
    analysis.add_to(command);
    command
        .add_option("--milestone", milestones,
                    "Say at the end what it cost until the guest printed TEXT for the first time (after the milestone "
                    "before); may be given several times")
        ->type_name("NAME=TEXT")
        ->expected(1)
        ->take_all();
    command
        .add_option("--map-at-end", map_at_end,
                    "Write the memory map to FILE as the guest left it: the flat view as JSON if the name ends in "
                    ".json, else tree and flat view as text")
        ->type_name("FILE");
    command.footer(kRunFooter);
  }

  /// Throws OptionError for options of the machine, which there is none of then.
  TrafficOptions parse_traffic(const CLI::App& command) const {
    for (const CLI::Option* option : command.get_options()) {
      const std::string name = option->get_name();
      const bool shared = name == "--traffic" || name == "--max-time" || option->get_group() == kAnalysisGroup;
      if (option->count() != 0 && !shared)
        throw OptionError(
            fmt::format("{}: a platform of traffic generators has no use for it; leave it out, or leave "
                        "out --traffic",
                        name));
    }
    TrafficOptions options;
    options.file = traffic;
    if (!max_time.empty()) options.max_time = parse_time("--max-time", max_time);
    options.analysis = analysis.parse();
    return options;
  }

  RunOptions parse() const {
    RunOptions options;
    options.analysis = analysis.parse();
    options.machine = machine.parse();
    devices.parse_into(options.machine);
    options.virtio_console_output = devices.virtio_console_output();
    options.files = files;
    options.script = script;
    options.quantum = parse_time("--quantum", quantum);
    if (!max_time.empty()) options.max_time = parse_time("--max-time", max_time);
    if (gdb->count() != 0) options.gdb_port = parse_port(gdb_port.empty() ? "1234" : gdb_port);
    for (const std::string& text : milestones) options.milestones.push_back(parse_milestone("--milestone", text));
    options.map_at_end = map_at_end;
    if (devices.starts_flash()) {
      if (!files.kernel.empty())
        throw OptionError("--kernel: the firmware starts what --pflash holds; leave one of them out");
      options.files.starts_flash = true;
      if (files.bios.empty()) options.files.bios = kDefaultBios;
      if (files.bios == "none") options.files.bios.clear();
    } else if (files.bios.empty()) {
      options.files.bios = kDefaultBios;
      options.boots_default_files = files.kernel.empty();
      if (files.kernel.empty()) options.files.kernel = kDefaultKernel;
    }
    return options;
  }
};

/// The command line of `vpsim map` as it is typed.
struct MapTexts {
  MachineTexts machine;
  MapOptions options;
  std::string format = "text";

  void add_to(CLI::App& command) {
    machine.add_to(command);
    command.add_option("--format", format, "text: tree and flat view; json: flat views; svg: a picture of one space")
        ->type_name("text|json|svg")
        ->capture_default_str();
    command
        .add_option("--import", options.import_file,
                    "Show the flat views of another machine's map: the text of QEMU's `info mtree`")
        ->type_name("FILE");
    command.add_option("--space", options.space, "Only the address space of this name")->type_name("NAME");
    command.footer(kMapFooter);
  }

  MapOptions parse() const {
    MapOptions parsed = options;
    parsed.machine = machine.parse();
    parsed.format = parse_format(format);
    return parsed;
  }
};

}  // namespace

Options parse_options(int argc, const char* const* argv) {
  CLI::App app{kDescription, "vpsim"};
  app.require_subcommand(0, 1);
  RunTexts run;
  MapTexts map;
  CLI::App* run_command = app.add_subcommand("run", kRunDescription);
  CLI::App* map_command = app.add_subcommand("map", kMapDescription);
  app.set_version_flag("--version", version_text());
  // For whoever packages vpsim: no group, and so not in the help.
  const CLI::Option* manual = app.add_flag("--print-manual")->group("");
  const CLI::Option* completion = app.add_flag("--print-bash-completion")->group("");
  run.add_to(*run_command);
  map.add_to(*map_command);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    std::ostringstream out;
    app.exit(success, out, out);
    return ExitAtOnce{out.str(), false, 0};
  } catch (const CLI::ParseError& error) {
    const std::string command = run_command->parsed() ? " run" : map_command->parsed() ? " map" : "";
    throw OptionError(fmt::format("{}; vpsim{} --help lists what there is", error.what(), command));
  }
  if (manual->count() != 0) return ExitAtOnce{manual_page(app), false, 0};
  if (completion->count() != 0) return ExitAtOnce{bash_completion(app), false, 0};
  if (map_command->parsed()) return map.parse();
  if (!run.traffic.empty()) return run.parse_traffic(*run_command);
  if (run_command->parsed() || argc == 1) return run.parse();
  return ExitAtOnce{app.help(), false, 0};
}

}  // namespace sc_memory::sim
