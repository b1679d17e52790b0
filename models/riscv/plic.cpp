// The PLIC's registers, gateways and the choice of the next interrupt.
#include "models/riscv/plic.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "sc_memory/access/io_ops.h"

namespace sc_memory::models {

namespace {

constexpr Address pending_base = 0x1000;
constexpr Address enable_base = 0x2000;
constexpr Address enable_stride = 0x80;
constexpr Address context_base = 0x200000;
constexpr Address context_stride = 0x1000;
constexpr Address threshold_register = 0;
constexpr Address claim_register = 4;

using Bits = std::vector<std::uint32_t>;

constexpr std::uint32_t bit(unsigned source) { return UINT32_C(1) << (source % 32); }
bool test(const Bits& bits, unsigned source) { return (bits[source / 32] & bit(source)) != 0; }
void set(Bits& bits, unsigned source, bool value) {
  std::uint32_t& word = bits[source / 32];
  word = value ? word | bit(source) : word & ~bit(source);
}

}  // namespace

Plic::Plic(std::string name, unsigned sources, unsigned harts)
    : sources_(sources),
      region_(std::move(name), size,
              io_ops()
                  .read_with_attributes(
                      [this](Address offset, std::uint64_t& value, unsigned, const Attributes& attributes) {
                        value = read(offset, attributes.debug);
                        return AccessResult::ok;
                      })
                  .write_with_attributes(
                      [this](Address offset, std::uint64_t value, unsigned, const Attributes& attributes) {
                        write(offset, static_cast<std::uint32_t>(value), attributes.debug);
                        return AccessResult::ok;
                      })
                  .valid(4, 4)
                  .impl(4, 4)) {
  if (sources == 0 || sources > max_sources) throw std::invalid_argument("a PLIC has 1 to 1023 sources");
  if (harts == 0 || harts > max_harts) throw std::invalid_argument("a PLIC serves 1 to 512 harts");
  const std::size_t words = sources / 32 + 1;
  priority_.resize(sources + 1);
  level_.resize(words);
  pending_.resize(words);
  events_only_.resize(words);
  in_service_.resize(words);
  for (unsigned i = 0; i < 2 * harts; ++i) contexts_.emplace_back().enabled.resize(words);
}

InterruptLine::Sink Plic::source(unsigned source) {
  if (source == 0 || source > sources_) throw std::invalid_argument("the PLIC has no source " + std::to_string(source));
  return [this, source](bool level) { set_source(source, level); };
}

void Plic::tells_of_events(unsigned source) {
  if (source <= sources_) set(events_only_, source, true);
}

void Plic::set_source(unsigned source, bool level) {
  if (source == 0 || source > sources_) return;
  set(level_, source, level);
  open_gateway(source);
  update_contexts();
}

/// Lets a high level through as a request, unless one is under way.
void Plic::open_gateway(unsigned source) {
  if (test(level_, source) && !test(in_service_, source)) set(pending_, source, true);
}

/// The enabled pending source of the highest priority, the lowest number among equals; 0 if there is none.
unsigned Plic::best_pending(const Context& context) const {
  unsigned best = 0;
  for (std::size_t word = 0; word < pending_.size(); ++word) {
    for (std::uint32_t bits = pending_[word] & context.enabled[word]; bits != 0; bits &= bits - 1) {
      const auto source = static_cast<unsigned>(32 * word) + static_cast<unsigned>(__builtin_ctz(bits));
      if (priority_[source] > priority_[best]) best = source;
    }
  }
  return best;
}

void Plic::update_contexts() {
  for (Context& context : contexts_) context.interrupt.set(priority_[best_pending(context)] > context.threshold);
}

/// The threshold plays no part: it says what interrupts a hart, not what a hart that asks may have.
std::uint32_t Plic::claim(Context& context) {
  const unsigned source = best_pending(context);
  if (source == 0) return 0;
  set(pending_, source, false);
  set(in_service_, source, true);
  if (test(events_only_, source)) set(level_, source, false);
  update_contexts();
  return source;
}

void Plic::complete(const Context& context, std::uint32_t source) {
  if (source == 0 || source > sources_ || !test(context.enabled, source)) return;
  set(in_service_, source, false);
  open_gateway(source);
  update_contexts();
}

/// The bits of a word that stand for sources.
std::uint32_t Plic::valid_bits(std::uint64_t word) const {
  if (word >= pending_.size()) return 0;
  std::uint32_t bits = UINT32_MAX;
  if (word == 0) bits &= ~UINT32_C(1);
  if (word == sources_ / 32) bits &= UINT32_MAX >> (31 - sources_ % 32);
  return bits;
}

std::uint32_t Plic::read(Address offset, bool debug) {
  if (offset < pending_base) return offset / 4 <= sources_ ? priority_[offset / 4] : 0;
  if (offset < enable_base) {
    const Address word = (offset - pending_base) / 4;
    return word < pending_.size() ? pending_[word] : 0;
  }
  if (offset < context_base) {
    const Address context = (offset - enable_base) / enable_stride;
    const Address word = (offset - enable_base) % enable_stride / 4;
    return context < contexts_.size() && word < pending_.size() ? contexts_[context].enabled[word] : 0;
  }
  const Address context = (offset - context_base) / context_stride;
  return context < contexts_.size() ? read_context(contexts_[context], offset % context_stride, debug) : 0;
}

std::uint32_t Plic::read_context(Context& context, Address offset, bool debug) {
  if (offset == threshold_register) return context.threshold;
  if (offset != claim_register) return 0;
  return debug ? best_pending(context) : claim(context);
}

void Plic::write(Address offset, std::uint32_t value, bool debug) {
  if (offset < pending_base) {
    const Address source = offset / 4;
    if (source == 0 || source > sources_) return;
    priority_[source] = value & max_priority;
  } else if (offset < enable_base) {
    return;
  } else if (offset < context_base) {
    const Address context = (offset - enable_base) / enable_stride;
    const Address word = (offset - enable_base) % enable_stride / 4;
    if (context >= contexts_.size() || word >= pending_.size()) return;
    contexts_[context].enabled[word] = value & valid_bits(word);
  } else {
    const Address context = (offset - context_base) / context_stride;
    if (context >= contexts_.size()) return;
    write_context(contexts_[context], offset % context_stride, value, debug);
  }
  update_contexts();
}

void Plic::write_context(Context& context, Address offset, std::uint32_t value, bool debug) {
  if (offset == threshold_register) context.threshold = value & max_priority;
  if (offset == claim_register && !debug) complete(context, value);
}

}  // namespace sc_memory::models
