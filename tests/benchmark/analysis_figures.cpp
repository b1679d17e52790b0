// What looking at the main job costs: OpenSBI and U-Boot's tour with statistics, and with every transaction recorded,
// over the same that nobody looks at. Each boot has a process of its own, and its processor's time is taken.
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include <systemc>
#include <tlm_utils/tlm_quantumkeeper.h>

#include "sc_memory/analysis/analysis.h"

#include "platforms/riscv_virt/boot_images.h"
#include "platforms/riscv_virt/riscv_virt.h"
#include "sim/console.h"
#include "sim/default_boot.h"
#include "tests/benchmark/child_process.h"
#include "tests/benchmark/groups.h"
#include "tests/benchmark/measure.h"

namespace sc_memory::bench {

namespace {

using platforms::RiscvVirt;

/// Whoever looks, for as long as it lives.
using Look = std::function<std::shared_ptr<void>(Router&)>;

/// Loads the images when every socket is bound.
class Loader : public sc_core::sc_module {
 public:
  Loader(sc_core::sc_module_name name, RiscvVirt& machine, const platforms::BootImages& images)
      : sc_module(name), machine_(machine), images_(images) {}

 private:
  void start_of_simulation() override { images_.load_into(machine_); }

  RiscvVirt& machine_;
  const platforms::BootImages& images_;
};

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// From the reset of the machine until it is switched off, and until what was recorded is in the file.
double boot(const Look& look) {
  // That the simulation was stopped is no news, and the output is the figures'.
  sc_core::sc_report_handler::set_actions("/OSCI/SystemC", sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  tlm_utils::tlm_quantumkeeper::set_global_quantum({10, sc_core::SC_US});
  RiscvVirt machine("machine", {});
  platforms::BootFiles files;
  files.bios = sim::kDefaultBios;
  files.kernel = sim::kDefaultKernel;
  const platforms::BootImages images(machine, files);
  sim::ScriptFeeder script(sim::Script::parse(sim::kDefaultScript, "the built-in script"));
  sim::ConsoleOutput output(::open("/dev/null", O_WRONLY));
  models::Uart16550& uart = machine.uart();
  sim::Console console("console",
                       {[&] { return uart.receive_space(); }, [&](std::uint8_t byte) { uart.receive(byte); }},
                       {output, &script, nullptr, {}, {}});
  uart.set_transmit([&](std::uint8_t byte) { console.transmit(byte); });
  uart.set_on_space([&] { console.space_freed(); });
  bool passed = false;
  machine.on_outcome([&](RiscvVirt::Outcome outcome) {
    passed = outcome.verdict == models::SifiveTest::Verdict::pass;
    sc_core::sc_stop();
  });
  const Loader loader("loader", machine, images);
  const double before = processor_seconds();
  std::shared_ptr<void> looking = look(machine.bus());
  sc_core::sc_start(60, sc_core::SC_SEC);
  looking.reset();
  const double used = processor_seconds() - before;
  if (!passed) throw std::runtime_error("the machine was not switched off: " + script.waiting_for());
  uart.set_transmit({});
  uart.set_on_space({});
  return used;
}

double boot_in_child(const Look& look) {
  return in_child_process([&] { return Record::Values{{"seconds", boot(look)}}; }).at("seconds");
}

/// All that vpsim's statistics and its report are made from.
struct Statistics {
  explicit Statistics(Router& bus) : contention(bus), probe(bus, ProbeScope().direct(DirectAccess::allowed)) {
    digest.listen_to(probe);
  }

  TrafficDigest digest;
  Contention contention;
  Probe probe;
};

void measure_look(Record& record, const std::string& figure, const Look& look) {
  const int pairs = record.effort().repetitions > 1 ? 5 : 1;
  std::vector<double> ratios;
  for (int i = 0; i < pairs; ++i) {
    const double plain = boot_in_child([](Router&) { return nullptr; });
    ratios.push_back(boot_in_child(look) / plain);
  }
  record.add(figure, median(ratios));
}

/// A directory for recordings, gone at the end.
class Scratch {
 public:
  Scratch() : path_((std::filesystem::temp_directory_path() / "sc_memory_bench_XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no temporary directory: " + path_);
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

Group statistics_group() {
  const std::string figure = "statistics_boot_over_plain";
  return {{{figure, "ratio", "<= 1.1"}}, [figure](Record& record) {
            measure_look(record, figure, [](Router& bus) { return std::make_shared<Statistics>(bus); });
          }};
}

Group record_group(const std::string& format) {
  const std::string figure = "record_" + format + "_boot_over_plain";
  return {{{figure, "ratio", "<= 2"}}, [figure, format](Record& record) {
            const Scratch scratch;
            const std::string file = scratch.file("boot." + format);
            measure_look(record, figure, [file](Router& bus) { return std::make_shared<Recording>(bus, file); });
          }};
}

}  // namespace

std::vector<Group> analysis_groups() {
  std::vector<Group> groups{statistics_group()};
  for (const char* format : {"csv", "json", "db", "ftr", "vcd"}) groups.push_back(record_group(format));
  return groups;
}

}  // namespace sc_memory::bench
