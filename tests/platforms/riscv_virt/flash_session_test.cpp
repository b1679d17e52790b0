// The map changes while U-Boot works on the flash: pointers into a bank are taken back exactly when a bank that
// somebody holds pointers into changes its mode, no more often and no less.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <map>
#include <unistd.h>

#include <systemc>
#include <tlm_utils/tlm_quantumkeeper.h>

#include "sc_memory/analysis/traffic_counters.h"

#include "platforms/riscv_virt/boot_images.h"
#include "platforms/riscv_virt/riscv_virt.h"
#include "sim/console.h"
#include "sim/default_boot.h"
#include "tests/platforms/riscv_virt/at_start.h"

namespace sc_memory::platforms {
namespace {

/// What the counters must show, found out in another way than theirs: from the changes of the view as the map tells
/// them, and from what each port says that its initiator holds the moment before.
class FlashOracle final : public MemoryListener {
 public:
  struct Bank {
    std::uint64_t mode_switches = 0;
    std::uint64_t switches_that_touched_a_grant = 0;
    std::uint64_t taken_back = 0;
  };

  /// Lower priorities hear first: this one before the ports.
  explicit FlashOracle(RiscvVirt& machine) : MemoryListener(-1000), machine_(machine) {
    listen_to(machine.memory());
    counting_ = true;  // What listen_to() replays is no change.
  }

  const Bank& bank(unsigned number) { return banks_[&machine_.flash(number).region()]; }

  std::uint64_t still_held(unsigned number) {
    std::uint64_t held = 0;
    for (const auto& port : machine_.bus().ports()) held += grants(*port, range_of(number));
    return held;
  }

 private:
  static AddressRange range_of(unsigned number) {
    return *AddressRange::sized(riscv_virt::kFlash + number * riscv_virt::kFlashBankSize, riscv_virt::kFlashBankSize);
  }

  static std::uint64_t grants(const InitiatorPort& port, const AddressRange& range) {
    std::uint64_t count = 0;
    for (const DmiLedger::Held& held : port.dmi_ledger().held()) {
      if (held.answer.granted && held.range.overlaps(range)) ++count;
    }
    return count;
  }

  void view_changed(const ViewChange& change) override {
    if (!counting_) return;
    for (unsigned number = 0; number < riscv_virt::kFlashBanks; ++number) {
      for (const AddressRange& range : change.changed) {
        if (!range.overlaps(range_of(number))) continue;
        // A bank changes as a whole or not at all.
        EXPECT_EQ(range, range_of(number));
        Bank& bank = banks_[&machine_.flash(number).region()];
        std::uint64_t touched = 0;
        for (const auto& port : machine_.bus().ports()) touched += grants(*port, range);
        ++bank.mode_switches;
        bank.switches_that_touched_a_grant += touched != 0 ? 1 : 0;
        bank.taken_back += touched;
      }
    }
  }

  RiscvVirt& machine_;
  bool counting_ = false;
  std::map<const MemoryRegion*, Bank> banks_;
};

/// A machine that boots Debian's firmware, with a script at its console and nobody who reads what it prints.
class FlashSession : public testing::Test {
 protected:
  void run(const std::string& lines, unsigned harts = 1) {
    tlm_utils::tlm_quantumkeeper::set_global_quantum(sc_core::sc_time(10, sc_core::SC_US));
    RiscvVirtConfig config;
    config.harts = harts;
    machine_ = std::make_unique<RiscvVirt>("machine", config);
    BootFiles files;
    files.bios = sim::kDefaultBios;
    files.kernel = sim::kDefaultKernel;
    const BootImages images(*machine_, files);
    oracle_ = std::make_unique<FlashOracle>(*machine_);
    traffic_ = std::make_unique<TrafficCounters>(machine_->bus());

    sim::ScriptFeeder script(sim::Script::parse(lines, "the session"));
    sim::ConsoleOutput output(null_);
    models::Uart16550& uart = machine_->uart();
    sim::Console console("console",
                         {[&] { return uart.receive_space(); }, [&](std::uint8_t byte) { uart.receive(byte); }},
                         {output, &script, nullptr, {}, {}});
    uart.set_transmit([&](std::uint8_t byte) { console.transmit(byte); });
    uart.set_on_space([&] { console.space_freed(); });
    bool passed = false;
    machine_->on_outcome([&](RiscvVirt::Outcome outcome) {
      passed = outcome.verdict == models::SifiveTest::Verdict::pass;
      sc_core::sc_stop();
    });
    const test::AtStart load([&] { images.load_into(*machine_); });
    sc_core::sc_start(60, sc_core::SC_SEC);
    EXPECT_TRUE(passed) << script.waiting_for();
    uart.set_transmit({});
    uart.set_on_space({});
  }

  TrafficCounters::Counts counts(unsigned bank) const {
    for (const TrafficCounters::Counts& counts : traffic_->by_region()) {
      if (counts.region == machine_->flash(bank).region().name()) return counts;
    }
    return {};
  }

  void expect_exact_counts(unsigned bank) {
    SCOPED_TRACE(bank);
    EXPECT_EQ(machine_->flash(bank).mode_switches(), oracle_->bank(bank).mode_switches);
    EXPECT_EQ(counts(bank).invalidations, oracle_->bank(bank).taken_back);
    EXPECT_EQ(counts(bank).grants, oracle_->bank(bank).taken_back + oracle_->still_held(bank));
  }

  std::unique_ptr<RiscvVirt> machine_;
  std::unique_ptr<FlashOracle> oracle_;
  std::unique_ptr<TrafficCounters> traffic_;

 private:
  int null_ = ::open("/dev/null", O_WRONLY);
};

TEST_F(FlashSession, PointersAreTakenBackExactlyWhenABankThatIsHeldChangesItsMode) {
  run(sim::kDefaultScript);
  expect_exact_counts(0);
  expect_exact_counts(1);
  // One hart holds one pointer into the bank at a time, so that each switch that touches it costs one invalidation.
  EXPECT_EQ(counts(1).invalidations, oracle_->bank(1).switches_that_touched_a_grant);
  EXPECT_GT(counts(1).invalidations, 100U);
  EXPECT_LT(counts(1).invalidations, oracle_->bank(1).mode_switches);
}

TEST_F(FlashSession, ABankThatNobodyReadsAsMemoryCostsNoInvalidation) {
  run("@expect \"Hit any key\"\n@key \" \"\nflinfo\npoweroff\n");
  expect_exact_counts(0);
  expect_exact_counts(1);
  EXPECT_GT(oracle_->bank(0).mode_switches, 10U);
  EXPECT_EQ(counts(0).grants, 0U);
  EXPECT_EQ(counts(0).invalidations, 0U);
}

TEST_F(FlashSession, TheOtherBankKeepsItsPointers) {
  // Bank 0 is read as memory, bank 1 erased and programmed: what is held of bank 0 stays.
  run("@expect \"Hit any key\"\n@key \" \"\nmd.l 20000000 4\nerase 22000000 2203ffff\nmw.l 84000000 1234 10\n"
      "cp.b 84000000 22000000 40\nmd.l 20000000 4\nmd.l 22000000 4\npoweroff\n");
  expect_exact_counts(0);
  expect_exact_counts(1);
  EXPECT_EQ(counts(0).grants, 1U);
  EXPECT_EQ(counts(0).invalidations, 0U);
  EXPECT_EQ(oracle_->still_held(0), 1U);
}

TEST_F(FlashSession, EveryGrantOfEveryHartIsCounted) {
  run(sim::kDefaultScript, 2);
  std::uint64_t grants = 0;
  for (unsigned i = 0; i < machine_->hart_count(); ++i) grants += machine_->hart(i).counters().dmi_grants;
  EXPECT_EQ(traffic_->total().grants, grants);
  expect_exact_counts(0);
  expect_exact_counts(1);
}

}  // namespace
}  // namespace sc_memory::platforms
