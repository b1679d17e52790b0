// Comparing the random world with its model, with a rendering from scratch, and with what listeners were told.
#include <algorithm>
#include <fmt/format.h>

#include "sc_memory/map/render.h"

#include "tests/map/random_world.h"

namespace sc_memory::testing {

namespace {

constexpr std::uint8_t kMigrationBit = 1U << static_cast<unsigned>(DirtyClient::migration);

std::string describe_hit(const std::optional<ModelHit>& hit) {
  return hit ? fmt::format("r{} at {:#x}{}", hit->region, hit->offset, hit->readonly ? " read-only" : "") : "a hole";
}

/// Sorted, apart, and nothing that could be one range.
std::string check_form(const FlatView& view) {
  const FlatRange* last = nullptr;
  for (const FlatRange& range : view.ranges()) {
    if (range.range.first > range.range.last)
      return fmt::format("a range ends before it begins, {:#x}", range.range.first);
    if (last != nullptr && last->range.last >= range.range.first)
      return fmt::format("ranges overlap or are out of order at {:#x}", range.range.first);
    if (last != nullptr && last->range.ends_right_before(range.range) && last->region == range.region &&
        range.offset != 0 && last->offset_of(last->range.last) + 1 == range.offset && last->readonly == range.readonly)
      return fmt::format("two ranges that are one meet at {:#x}", range.range.first);
    last = &range;
  }
  return "";
}

std::string compare_views(const FlatView& published, const FlatView& rendered) {
  if (published.ranges().size() != rendered.ranges().size()) return "the published view is not the rendered one";
  for (std::size_t i = 0; i < rendered.ranges().size(); ++i) {
    const FlatRange& a = published.ranges()[i];
    const FlatRange& b = rendered.ranges()[i];
    if (a.range != b.range || !a.serves_alike(b) || a.log_mask != b.log_mask || a.memory != b.memory)
      return fmt::format("the published view is not the rendered one at {:#x}", b.range.first);
  }
  return "";
}

}  // namespace

std::string RandomWorld::compare() {
  const AddressOracle oracle(shown());
  for (const SpaceSlot& slot : spaces_) {
    if (slot.space == nullptr) continue;
    const std::string difference = compare_space(slot, oracle);
    if (!difference.empty()) return fmt::format("{}: {}", slot.space->name(), difference);
  }
  for (const auto& listener : listeners_) {
    if (listener != nullptr && !listener->complaint.empty()) return listener->complaint;
  }
  return "";
}

std::string RandomWorld::compare_space(const SpaceSlot& slot, const AddressOracle& oracle) {
  const FlatView& view = slot.space->view();
  std::string difference = check_form(view);
  if (difference.empty() && transactions_.empty())
    difference = compare_views(view, render(slot.space->root(), global_log_ ? kMigrationBit : 0));
  const auto check = [&](Address address) {
    if (difference.empty()) difference = compare_address(slot, oracle, address);
  };
  for (const FlatRange& range : view.ranges()) {
    for (const Address address : {range.range.first - 1, range.range.first, range.range.last, range.range.last + 1})
      check(address);
  }
  // What the view knows nothing of: the neighbourhood of all addresses that regions are put at.
  for (Address step = 0; step < 0x10000; step += 0x800) {
    for (const Address address : {step, step - 1, 0 - step, (Address{1} << 63) + step}) check(address);
  }
  for (const auto& listener : listeners_) {
    if (!difference.empty()) break;
    if (listener == nullptr || !listener->listening()) continue;
    if (listener->filter() != nullptr && listener->filter() != slot.space.get()) continue;
    difference = listener->compare(*slot.space);
    if (difference.empty()) difference = compare_watches(slot, listener->spaces[slot.space.get()]);
  }
  return difference;
}

std::string RandomWorld::compare_address(const SpaceSlot& slot, const AddressOracle& oracle, Address address) {
  const FlatRange* const range = slot.space->view().find(address);
  const auto hit = oracle.resolve(shown_root(slot), address);
  std::optional<ModelHit> published;
  if (range != nullptr) published = ModelHit{slot_of(range->region), range->offset_of(address), range->readonly};
  const bool same = published && hit && published->region == hit->region && published->offset == hit->offset &&
                    published->readonly == hit->readonly;
  if (!same && (published || hit))
    return fmt::format("at {:#x} the view shows {}, but it should be {}", address, describe_hit(published),
                       describe_hit(hit));
  if (!hit) return "";
  const ModelRegion& region = shown().at(hit->region);
  const bool global = transactions_.empty() ? global_log_ : shown_global_log_;
  const int log_mask = region.log_mask | (global && region.kind == RegionKind::ram ? kMigrationBit : 0);
  const bool direct_reads =
      region.kind == RegionKind::ram || (region.kind == RegionKind::rom_device && region.readable);
  const bool direct_writes = region.kind == RegionKind::ram && !hit->readonly;
  const std::uint8_t* const bytes = region.has_memory() ? memory(hit->region).memory().data + range->offset : nullptr;
  if (range->log_mask != log_mask || range->direct_reads != direct_reads || range->direct_writes != direct_writes ||
      range->memory != bytes)
    return fmt::format("at {:#x} r{} is shown with the wrong rights, log mask or memory", address, hit->region);
  return "";
}

std::string RandomWorld::compare_watches(const SpaceSlot& slot, const MirroredSpace& mirror) {
  std::multimap<Address, unsigned> events, told_events;
  std::multimap<Address, Address> coalesced;
  for (const FlatRange& range : slot.space->view().ranges()) {
    const ModelRegion& region = shown().at(slot_of(range.region));
    const Address last_offset = range.offset_of(range.range.last);
    for (const EventTrigger& trigger : region.triggers) {
      if (trigger.offset >= range.offset && trigger.offset <= last_offset)
        events.emplace(range.range.first + (trigger.offset - range.offset), trigger.size);
    }
    for (const AddressRange& part : region.coalesced) {
      const Address first = std::max(part.first, range.offset);
      const Address last = std::min(part.last, last_offset);
      if (first <= last)
        coalesced.emplace(range.range.first + (first - range.offset), range.range.first + (last - range.offset));
    }
  }
  for (const auto& [address, trigger] : mirror.events) told_events.emplace(address, trigger.size);
  const auto sorted = [](const auto& items) {
    std::vector<std::pair<Address, Address>> list(items.begin(), items.end());
    std::sort(list.begin(), list.end());
    return list;
  };
  if (sorted(events) != sorted(told_events)) return "a listener knows other event triggers than there are";
  if (sorted(coalesced) != sorted(mirror.coalesced)) return "a listener knows other coalesced ranges than there are";
  return "";
}

std::string RandomWorld::compare_memory(int slot) {
  const ModelMemory& model = model_memory(slot);
  const MemorySpan bytes = memory(slot).memory();
  if (!std::equal(model.bytes.begin(), model.bytes.end(), bytes.data, bytes.data + bytes.size))
    return fmt::format("the bytes of r{} differ", slot);
  for (std::size_t page = 0; page < model.dirty.size(); ++page) {
    const Address last = std::min<Address>((page + 1) * kPage - 1, bytes.size - 1);
    for (unsigned client = 0; client < kDirtyClients; ++client) {
      if (memory(slot).is_dirty({page * kPage, last}, static_cast<DirtyClient>(client)) != model.dirty[page][client])
        return fmt::format("page {} of r{} has the wrong dirty bit for client {}", page, slot, client);
    }
  }
  return "";
}

}  // namespace sc_memory::testing
