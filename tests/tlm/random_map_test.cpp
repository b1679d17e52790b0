// Random maps under random changes while initiators hold pointers: every pointer is right at all times, and what is
// taken back is exactly what must be.
//
// The oracle looks at single bytes. All borders lie on multiples of a cell's size, so the first byte of a cell stands
// for all of it. An initiator must hear of a cell of which it holds an answer when pointer or rights of the cell, as
// far as the answer spoke of them, are other ones than before; of a cell where another TLM target comes to be asked,
// always, as nobody knows what that would say.
//
// SC_MEMORY_SEED repeats a run, SC_MEMORY_STEPS makes it longer or shorter.
#include <array>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <random>

#include "sc_memory/map/io_region.h"
#include "sc_memory/map/map_error.h"
#include "sc_memory/tlm/coherence_checker.h"
#include "sc_memory/tlm/messages.h"
#include "sc_memory/tlm/protocol_checker.h"

#include "tests/map/test_device.h"
#include "tests/support/seed.h"
#include "tests/tlm/test_bench.h"

namespace sc_memory {
namespace {

using testing::DmiReply;
using testing::TestInitiator;
using testing::TestTarget;

constexpr Address kCell = 0x400;
constexpr std::size_t kCells = 96;
constexpr Address kWindow = kCell * kCells;

/// What a DMI request for a cell would be told.
struct Truth {
  const std::uint8_t* memory = nullptr;
  bool reads = false;
  bool writes = false;
  const MemoryRegion* target = nullptr;  ///< With how it is mapped, of a TLM target.
  Address offset = 0;
  bool readonly = false;

  std::string text() const {
    return fmt::format("{}{}{}{} {}+{:#x}", reads ? 'r' : '-', writes ? 'w' : '-', readonly ? " readonly" : "",
                       target != nullptr ? " target" : "", static_cast<const void*>(memory), offset);
  }

  /// Whether a TLM target is the one to answer a request of this direction.
  bool is_for_target(Direction direction) const {
    return target != nullptr && (direction == Direction::read || !readonly);
  }

  /// True if a TLM target is to be asked now that was not when an initiator was told `this`, or that is mapped
  /// otherwise.
  bool other_target(const Truth& now, Direction direction) const {
    return now.is_for_target(direction) && (!is_for_target(direction) || target != now.target || offset != now.offset);
  }
};

/// A target with two banks of memory, of which it grants one, or none.
struct Banks {
  explicit Banks(const char* name) : target(name, 0x4000), other(0x4000) {}

  void change(std::mt19937_64& random) {
    if (target.grants && random() % 2 != 0)
      target.memory.swap(other);
    else
      target.grants = !target.grants;
    target.socket->invalidate_direct_mem_ptr(0, UINT64_MAX);
  }

  TestTarget<> target;
  std::vector<std::uint8_t> other;
};

struct Platform {
  explicit Platform(std::uint64_t seed) : random(seed) {
    bank_region.bind(target_checker.target);
    target_checker.initiator.bind(banks.target.socket);
    private_root.add(0, whole, Priority{0});
    private_root.add(0x3000, overlay, Priority{1});
    exact.socket.bind(exact_checker.target);
    checked.socket.bind(coherence.target);
    coherence.initiator.bind(checked_checker.target);
    core.socket.bind(core_checker.target);
    bus.initiator("exact", space).bind(exact_checker.initiator);
    bus.initiator("checked", space).bind(checked_checker.initiator);
    bus.initiator("core", private_space).bind(core_checker.initiator);
    box.add(0x800, boxed, Priority{1});
    for (MemoryRegion* region : movable) place(*region);
    // Shows the map inside itself.
    system.add(0x10000, again, Priority{1});
    movable.push_back(&again);
    for (RamRegion* ram : {&rams[0], &rams[1], &rams[2], static_cast<RamRegion*>(&rom), &boxed, &overlay}) {
      for (std::uint64_t i = 0; i < ram->size(); ++i) ram->memory().data[i] = static_cast<std::uint8_t>(random());
    }
    // Whether an invalidation was needed is for the oracle to say: where a target comes to answer, the router cannot
    // know that it refuses as what was there before did, and the checker would find nothing changed.
    coherence.expect_exactness(false);
    platform.close();
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }

  Address somewhere() { return kCell * (random() % kCells); }
  void place(MemoryRegion& region) { system.add(somewhere(), region, Priority{static_cast<int>(random() % 4)}); }

  /// One change of the tree, or none where it would close a cycle.
  void change_map() {
    try {
      try_to_change_map();
    } catch (const MapError&) {
      // Refused, and nothing has changed.
    }
  }

  void try_to_change_map() {
    MemoryRegion& region = *movable[random() % movable.size()];
    switch (random() % 8) {
      case 0:
      case 1:
        region.set_address(somewhere());
        break;
      case 2:
        region.set_enabled(!region.enabled());
        break;
      case 3:
        region.set_readonly(!region.readonly());
        break;
      case 4:
        if (region.parent() == nullptr)
          place(region);
        else
          system.remove(region);
        break;
      case 5:
        (random() % 4 == 0 ? again : aliases[random() % aliases.size()]).set_alias_offset(kCell * (random() % 32));
        break;
      case 6:
        flash.set_readable(!flash.readable());
        break;
      default:
        boxed.set_address(kCell * (random() % 8));
        break;
    }
  }

  /// What may be accessed directly changes, and the map does not.
  void change_beneath() {
    RamRegion& ram = rams[random() % rams.size()];
    const Address first = random() % ram.size();
    const AddressRange part{first, first + random() % (ram.size() - first)};
    std::uint32_t word = 0;
    switch (random() % 4) {
      case 0:
        ram.reset_dirty(part, random() % 2 != 0 ? DirtyClient::vga : DirtyClient::code);
        break;
      case 1:
        ram.set_dirty(part);
        break;
      case 2:
        banks.change(random);
        break;
      default:
        exact.write(random() % kWindow, &word, 4);
        break;
    }
  }

  Truth truth_of(const AddressSpace& in, Address address) const {
    const FlatRange* range = in.view().find(address);
    if (range == nullptr) return {};
    const Address offset = range->offset_of(address);
    if (range->region == &bank_region) {
      const bool grants = banks.target.grants;
      return {banks.target.memory.data() + offset,
              grants,
              grants && !range->readonly,
              range->region,
              offset,
              range->readonly};
    }
    if (range->region == &flash) return {flash.memory().data + offset, flash.readable(), false};
    if (range->service != Service::memory) return {};
    const auto& ram = static_cast<const RamRegion&>(*range->region);
    const bool dirty =
        ram.is_dirty({offset, offset}, DirtyClient::vga) && ram.is_dirty({offset, offset}, DirtyClient::code);
    return {ram.memory().data + offset, true, !range->readonly && dirty};
  }

  std::mt19937_64 random;
  testing::OpenModule platform;
  Container system{"system", kWindow};
  AddressSpace space{"memory", system};
  std::array<RamRegion, 3> rams{RamRegion{"r0", 0x2000}, RamRegion{"r1", 0x5000}, RamRegion{"r2", 0x8000}};
  RomRegion rom{"rom", 0x2000};
  RomDeviceRegion flash{"flash", 0x3000, testing::test_device()};
  testing::TestIo device{"device", 0x1000};
  ReservedRegion reserved{"reserved", 0x1000};
  Banks banks{"banks"};
  TargetRegion bank_region{"banks", 0x4000};
  Container box{"box", 0x4000};
  RamRegion boxed{"boxed", 0x2000};
  std::array<AliasRegion, 4> aliases{AliasRegion{"a0", rams[2], 0x800, 0x3000},
                                     AliasRegion{"a1", bank_region, 0, 0x2000}, AliasRegion{"a2", box, 0x400, 0x2000},
                                     AliasRegion{"a3", flash, 0, 0x2000}};
  AliasRegion again{"again", system, 0, 0x8000};
  std::vector<MemoryRegion*> movable{&rams[0],    &rams[1],    &rams[2],     &rom, &flash,
                                     &device,     &reserved,   &bank_region, &box, &aliases[0],
                                     &aliases[1], &aliases[2], &aliases[3]};
  Container private_root{"private", kWindow};
  AliasRegion whole{"whole", system, 0, kWindow};
  RamRegion overlay{"overlay", 0x2000};
  AddressSpace private_space{"private-memory", private_root};

  ProtocolChecker<> target_checker{"target_checker"};
  Router bus{"bus"};
  TestInitiator exact{"exact"};
  ProtocolChecker<> exact_checker{"exact_checker"};
  TestInitiator checked{"checked"};
  CoherenceChecker<> coherence{"coherence"};
  ProtocolChecker<> checked_checker{"checked_checker"};
  TestInitiator core{"core"};
  ProtocolChecker<> core_checker{"core_checker"};
};

/// What one initiator was told, by the cell, and whether that was right.
class Holder {
 public:
  Holder(Platform& platform, TestInitiator& initiator, const AddressSpace& space)
      : platform_(platform), initiator_(initiator), space_(space) {}

  void ask(Address address, Direction direction) {
    const DmiReply reply = initiator_.ask_dmi(address, direction);
    const AddressRange range = reply.range();
    ASSERT_TRUE(range.contains(address));
    ASSERT_EQ(range.first % kCell, 0u);
    const Truth truth = platform_.truth_of(space_, address);
    ASSERT_EQ(reply.granted, direction == Direction::read ? truth.reads : truth.writes);
    for (std::size_t cell = range.first / kCell; cell < kCells && cell * kCell <= range.last; ++cell) {
      // A target that refuses one direction was not asked for the other; all other answers say both.
      const bool says_both = reply.granted || truth.target == nullptr;
      told_[0][cell] = told_[0][cell] || says_both || direction == Direction::read;
      told_[1][cell] =
          told_[1][cell] || says_both || direction == Direction::write || (truth.target != nullptr && truth.readonly);
      const std::size_t index = direction == Direction::read ? 0 : 1;
      if (reply.granted) pointers_[index][cell] = reply.at(cell * kCell);
      if (reply.granted && reply.dmi.is_read_write_allowed()) pointers_[1 - index][cell] = reply.at(cell * kCell);
    }
  }

  void remember_truth() {
    for (std::size_t cell = 0; cell < kCells; ++cell) truths_[cell] = platform_.truth_of(space_, cell * kCell);
  }

  /// After a change: what was taken back is what had to be. `in_one`: adjacent ranges must have come as one.
  void check_invalidations(bool in_one) {
    std::vector<AddressRange> expected;
    std::string changes;
    for (std::size_t cell = 0; cell < kCells; ++cell) {
      const Truth now = platform_.truth_of(space_, cell * kCell);
      const bool has_pointer = pointers_[0][cell] != nullptr || pointers_[1][cell] != nullptr;
      const Truth& before = truths_[cell];
      const bool differs =
          (told_[0][cell] && (before.reads != now.reads || before.other_target(now, Direction::read))) ||
          (told_[1][cell] && (before.writes != now.writes || before.other_target(now, Direction::write))) ||
          (has_pointer && before.memory != now.memory);
      if ((!told_[0][cell] && !told_[1][cell]) || !differs) continue;
      changes += fmt::format("\n{:#x}: {} -> {}", cell * kCell, truths_[cell].text(), now.text());
      append(expected, {cell * kCell, cell * kCell + (kCell - 1)}, true);
    }
    std::vector<AddressRange> told;
    for (const AddressRange& range : initiator_.taken_invalidations()) {
      append(told, range, !in_one);
      for (std::size_t cell = range.first / kCell; cell < kCells && cell * kCell <= range.last; ++cell) {
        for (auto& cells : told_) cells[cell] = false;
        for (auto& pointers : pointers_) pointers[cell] = nullptr;
      }
    }
    ASSERT_EQ(told, expected) << initiator_.name() << changes;
  }

  /// Every pointer that is held shows what a transaction would show, and may be used for what it was given for.
  void check_pointers() {
    for (std::size_t cell = 0; cell < kCells; ++cell) {
      const Truth truth = platform_.truth_of(space_, cell * kCell);
      for (const auto& pointers : pointers_) {
        if (pointers[cell] == nullptr) continue;
        ASSERT_EQ(pointers[cell], truth.memory) << initiator_.name() << std::hex << " at " << cell * kCell;
        std::array<std::uint8_t, kCell> bytes;
        ASSERT_EQ(initiator_.debug_read(cell * kCell, bytes.data(), kCell), kCell);
        ASSERT_EQ(std::memcmp(bytes.data(), pointers[cell], kCell), 0);
      }
      ASSERT_TRUE(pointers_[0][cell] == nullptr || truth.reads) << std::hex << cell * kCell;
      ASSERT_TRUE(pointers_[1][cell] == nullptr || truth.writes) << std::hex << cell * kCell;
    }
  }

 private:
  static void append(std::vector<AddressRange>& ranges, const AddressRange& range, bool merge) {
    if (merge && !ranges.empty() && ranges.back().ends_right_before(range))
      ranges.back().last = range.last;
    else
      ranges.push_back(range);
  }

  Platform& platform_;
  TestInitiator& initiator_;
  const AddressSpace& space_;
  std::array<std::array<bool, kCells>, 2> told_{};  ///< Whether anything was said of reads, and of writes.
  std::array<std::array<const std::uint8_t*, kCells>, 2> pointers_{};  ///< For reads, and for writes.
  std::array<Truth, kCells> truths_{};                                 ///< Before the change that is looked at.
};

TEST(RandomMap, PointersStayRightAndInvalidationsAreExact) {
  testing::ReportCounter coherence_reports(kCoherenceMessage);
  testing::ReportCounter protocol_reports(kProtocolMessage);
  Platform platform(testing::seed());
  Holder exact(platform, platform.exact, platform.space);
  Holder core(platform, platform.core, platform.private_space);
  std::mt19937_64& random = platform.random;
  for (int step = 0; step < testing::steps(4000); ++step) {
    SCOPED_TRACE(step);
    for (int request = 0; request < 3; ++request) {
      const Direction direction = random() % 2 != 0 ? Direction::read : Direction::write;
      exact.ask(random() % kWindow, direction);
      core.ask(random() % kWindow, direction);
      platform.checked.ask_dmi(random() % kWindow, direction);
    }
    exact.remember_truth();
    core.remember_truth();
    const bool remaps = random() % 3 != 0;
    if (remaps) {
      MapTransaction change;
      for (std::uint64_t changes = 1 + random() % 3; changes != 0; --changes) platform.change_map();
    } else {
      platform.change_beneath();
    }
    exact.check_invalidations(remaps);
    core.check_invalidations(remaps);
    exact.check_pointers();
    core.check_pointers();
    platform.coherence.check();
    ASSERT_EQ(coherence_reports.count(), 0) << testing::ReportCounter::last_text();
    std::uint64_t word = 0;
    platform.checked.read(random() % kWindow, &word, 8);
    ASSERT_EQ(coherence_reports.count(), 0) << testing::ReportCounter::last_text();
    ASSERT_EQ(protocol_reports.count(), 0) << testing::ReportCounter::last_text();
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace sc_memory
