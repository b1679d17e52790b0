// Probes that come and go at random times, on a map that changes: the coherence checker finds nothing, no access to
// what is looked at goes unseen, every pointer that is taken back had to be, and when the last probe is gone everything
// is to be had again.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <memory>
#include <random>

#include "sc_memory/analysis/probe.h"
#include "sc_memory/tlm/coherence_checker.h"
#include "sc_memory/tlm/dmi_cache.h"

#include "tests/analysis/collectors.h"
#include "tests/support/seed.h"
#include "tests/tlm/test_bench.h"

namespace sc_memory {
namespace {

using testing::Collector;
using testing::OpenModule;
using testing::TestInitiator;
using testing::TestTarget;

constexpr Address kEnd = 0x8000;

/// An initiator that goes through a DmiCache, behind a checker.
struct Core {
  Core(const char* name, const char* checker_name) : initiator(name), checker(checker_name) {
    initiator.socket.bind(checker.target);
    initiator.on_invalidate = [this](const AddressRange& range) { cache.invalidate(range); };
  }

  TestInitiator initiator;
  CoherenceChecker<> checker;
  DmiCache cache{initiator.socket};
};

/// A probe, and what its scope says in plain terms.
struct Attached {
  const Core* core;            ///< Null for both.
  const MemoryRegion* region;  ///< Null for any.
  AddressRange range;
  WatchFor what;
  std::unique_ptr<Probe> probe;
  Collector<TransactionRecord> seen;
};

class ProbeRandom : public ::testing::Test {
 protected:
  ProbeRandom() {
    system.add(0x0000, ram, Priority{0});
    system.add(0x2000, alias, Priority{0});
    system.add(0x3000, device, Priority{0});
    system.add(0x5000, other, Priority{0});
    device.bind(target.socket);
    first_port.bind(first.checker.initiator);
    second_port.bind(second.checker.initiator);
    platform.close();
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }
  ~ProbeRandom() override { probes.clear(); }

  bool looks_at(const Attached& attached, const Core& core, Direction direction, Address address, std::size_t length) {
    if (attached.core != nullptr && attached.core != &core) return false;
    if (!watches(attached.what, direction)) return false;
    if (!attached.range.overlaps({address, address + length - 1})) return false;
    const FlatRange* const range = space.view().find(address);
    return attached.region == nullptr || (range != nullptr && range->region == attached.region);
  }

  void attach() {
    auto attached = std::make_unique<Attached>();
    ProbeScope scope;
    attached->core = random() % 2 != 0 ? &first : nullptr;
    if (attached->core != nullptr) scope.port(first_port);
    MemoryRegion* const regions[] = {nullptr, &ram, &device, &other};
    attached->region = regions[random() % 4];
    if (attached->region != nullptr) scope.region(*attached->region);
    attached->range = AddressRange::whole();
    if (random() % 2 != 0) {
      const Address start = 8 * (random() % (kEnd / 16));
      attached->range = {start, start + 8 * (1 + random() % 0x200) - 1};
      scope.range(space, attached->range);
    }
    attached->what = static_cast<WatchFor>(1 + random() % 3);
    attached->probe = std::make_unique<Probe>(bus, scope.only(attached->what));
    attached->probe->transactions.bind(attached->seen);
    probes.push_back(std::move(attached));
  }

  void access(Core& core) {
    const Address address = 8 * (random() % (kEnd / 8));
    const Direction direction = random() % 2 != 0 ? Direction::read : Direction::write;
    std::uint64_t value = random();
    std::vector<std::size_t> counts;
    for (const auto& attached : probes) counts.push_back(attached->seen.records.size());
    sc_core::sc_time delay;
    if (direction == Direction::read)
      core.cache.load(address, value, delay);
    else
      core.cache.store(address, value, delay);
    // A refusal that is remembered must be taken back when its reason goes.
    if (random() % 4 == 0) core.cache.request(address, direction);
    for (std::size_t i = 0; i < probes.size(); ++i) {
      const Attached& attached = *probes[i];
      const bool must = looks_at(attached, core, direction, address, 8);
      const std::size_t added = attached.seen.records.size() - counts[i];
      // With no piece at a border: all borders lie on multiples of 8.
      EXPECT_EQ(added, must ? 1u : added) << fmt::format("unseen access to {:#x}", address);
      if (added != 0) {
        EXPECT_TRUE(must) << fmt::format("access to {:#x} is none of this probe's", address);
        EXPECT_EQ(attached.seen.last().address, address);
        EXPECT_EQ(attached.seen.last().length, 8u);
      }
    }
  }

  std::mt19937_64 random{testing::seed()};
  OpenModule platform;
  Container system{"system"};
  AddressSpace space{"memory", system};
  RamRegion ram{"ram", 0x2000};
  AliasRegion alias{"alias", ram, 0x800, 0x1000};
  TargetRegion device{"device", 0x1000};
  TestTarget<> target{"target", 0x1000};
  RamRegion other{"other", 0x1000};
  Router bus{"bus"};
  InitiatorPort& first_port = bus.initiator("first", space);
  InitiatorPort& second_port = bus.initiator("second", space);
  Core first{"first", "first_checker"};
  Core second{"second", "second_checker"};
  std::vector<std::unique_ptr<Attached>> probes;
};

TEST_F(ProbeRandom, NothingIsUnseenAndNothingIsHeldBackForNothing) {
  sc_core::sc_report_handler::set_actions(kProbeMessage, sc_core::SC_DO_NOTHING);
  for (int step = 0; step < testing::steps(5000) && !HasFailure(); ++step) {
    const auto action = random() % 16;
    switch (action) {
      case 0:
        if (probes.size() < 6) attach();
        break;
      case 1:
        if (!probes.empty()) probes.erase(probes.begin() + static_cast<std::ptrdiff_t>(random() % probes.size()));
        break;
      case 2:
        other.set_address(0x1000 * (random() % 8));
        break;
      case 3:
        alias.set_enabled(!alias.enabled());
        break;
      default:
        access(random() % 2 != 0 ? first : second);
        break;
    }
    // After each change, so that none is undone before the checker has looked.
    if (action < 4) {
      EXPECT_EQ(first.checker.check(), 0u) << "step " << step;
      EXPECT_EQ(second.checker.check(), 0u) << "step " << step;
    }
  }
  EXPECT_EQ(first.checker.count() + second.checker.count(), 0u);
  probes.clear();
  for (Core* core : {&first, &second}) {
    for (Address address = 0; address < kEnd; address += 0x100) {
      const FlatRange* const range = space.view().find(address);
      const bool direct = range != nullptr;
      EXPECT_EQ(core->cache.request(address, Direction::write).data != nullptr, direct) << address;
    }
  }
}

}  // namespace
}  // namespace sc_memory
