// The platform-level interrupt controller, after the RISC-V PLIC specification 1.0.0: it gathers the interrupts of
// devices, and gives each to the harts' contexts that enable it, highest priority first.
//
//   0x000000 + 4*source            priority, 0 = never
//   0x001000 + 4*word              pending bits, read only
//   0x002000 + 0x80*context        enable bits
//   0x200000 + 0x1000*context      threshold; the next word: read to claim, write to complete
//
// A source passes through a gateway: a high level becomes one pending request; the next one is made only after a
// context has completed the first, and is made at once if the level is still (or again) high then. A request stays when
// the level falls. The gateway of a source that tells of events makes a request of each: a level that merely stays high
// is none.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "sc_memory/map/io_region.h"

#include "models/interrupt_line.h"

namespace sc_memory::models {

/// Registers take aligned 4-byte accesses; others are rejected. Reserved words read 0 and ignore writes, as do
/// priorities and enables of sources that are not there. Debug reads claim nothing; debug writes complete nothing.
class Plic {
 public:
  static constexpr std::uint64_t size = 0x600000;
  static constexpr std::uint32_t max_priority = 7;
  static constexpr unsigned max_sources = 1023;
  static constexpr unsigned max_harts = 512;

  /// Sources are 1 to `sources` (the device tree's riscv,ndev). Every hart has two contexts: 2*hart is machine mode,
  /// 2*hart+1 supervisor mode. Throws std::invalid_argument when either number is 0 or above its maximum.
  Plic(std::string name, unsigned sources, unsigned harts);

  IoRegion& region() { return region_; }

  unsigned sources() const { return sources_; }
  unsigned contexts() const { return static_cast<unsigned>(contexts_.size()); }

  /// The level of a device's interrupt. A source that is not there is ignored.
  void set_source(unsigned source, bool level);
  /// A source whose level counts as an event each time that it is set high, high before or not: after a completion it
  /// makes a request only if there was one meanwhile, and the level has not fallen since.
  void tells_of_events(unsigned source);
  /// set_source as a listener for an interrupt line. Throws std::invalid_argument if there is no such source.
  InterruptLine::Sink source(unsigned source);

  /// High while a request is pending that the context enables, of a priority above its threshold.
  InterruptLine& context_interrupt(unsigned context) { return contexts_.at(context).interrupt; }
  InterruptLine& machine_interrupt(unsigned hart) { return context_interrupt(2 * hart); }
  InterruptLine& supervisor_interrupt(unsigned hart) { return context_interrupt(2 * hart + 1); }

 private:
  struct Context {
    InterruptLine interrupt;
    std::uint32_t threshold = 0;
    std::vector<std::uint32_t> enabled;
  };

  std::uint32_t read(Address offset, bool debug);
  void write(Address offset, std::uint32_t value, bool debug);
  std::uint32_t read_context(Context& context, Address offset, bool debug);
  void write_context(Context& context, Address offset, std::uint32_t value, bool debug);

  std::uint32_t valid_bits(std::uint64_t word) const;
  unsigned best_pending(const Context& context) const;
  std::uint32_t claim(Context& context);
  void complete(const Context& context, std::uint32_t source);
  void open_gateway(unsigned source);
  void update_contexts();

  unsigned sources_;
  std::vector<std::uint32_t> priority_;  ///< By source.
  std::vector<std::uint32_t> level_;     ///< These by bit: source n is bit n%32 of word n/32.
  std::vector<std::uint32_t> pending_;
  std::vector<std::uint32_t> events_only_;  ///< Sources that tell of events.
  std::vector<std::uint32_t> in_service_;   ///< Claimed and not completed: the gateway is shut.
  std::deque<Context> contexts_;
  IoRegion region_;
};

}  // namespace sc_memory::models
