// A listener that believes nothing but what it is told: it rebuilds every space from the events, and complains when
// they do not fit together.
#pragma once

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/io_region.h"

namespace sc_memory::testing {

/// A space as the events describe it.
struct MirroredSpace {
  struct Range {
    Section section;
    std::uint8_t log_mask = 0;
  };
  std::map<Address, Range> ranges;
  std::multimap<Address, EventTrigger> events;
  std::multimap<Address, Address> coalesced;  ///< First and last address.
  bool in_commit = false;
  std::size_t kept_or_added = 0;
};

class MirrorListener : public MemoryListener {
 public:
  using MemoryListener::MemoryListener;

  /// The first thing that did not fit, or empty.
  std::string complaint;
  std::map<const AddressSpace*, MirroredSpace> spaces;
  bool global_log = false;

  bool wants_unchanged() const override { return true; }

  void begin(AddressSpace& space) override {
    MirroredSpace& mirror = spaces[&space];
    if (mirror.in_commit) complain("begin within a commit");
    mirror.in_commit = true;
    mirror.kept_or_added = 0;
    last_removed_.reset();
    last_added_.reset();
  }

  void commit(AddressSpace& space) override {
    MirroredSpace& mirror = spaces[&space];
    if (!mirror.in_commit) complain("commit without begin");
    mirror.in_commit = false;
    if (mirror.kept_or_added != mirror.ranges.size()) complain("not every range was added or left alone");
  }

  void region_del(const Section& section) override {
    check_order(section, last_removed_, "region_del");
    if (last_added_) complain("region_del after region_add");
    auto& ranges = mirror_of(section).ranges;
    const auto found = ranges.find(section.range.first);
    if (found == ranges.end() || !same(found->second.section, section))
      complain(fmt::format("region_del of {:#x}, which is not there", section.range.first));
    else
      ranges.erase(found);
  }

  void region_add(const Section& section) override {
    check_order(section, last_added_, "region_add");
    MirroredSpace& mirror = mirror_of(section);
    ++mirror.kept_or_added;
    const auto next = mirror.ranges.upper_bound(section.range.last);
    if (next != mirror.ranges.begin() && std::prev(next)->second.section.range.last >= section.range.first)
      complain(fmt::format("region_add of {:#x} over another range", section.range.first));
    mirror.ranges[section.range.first] = {section, 0};
  }

  void region_nop(const Section& section) override {
    MirroredSpace& mirror = mirror_of(section);
    ++mirror.kept_or_added;
    const auto found = mirror.ranges.find(section.range.first);
    if (found == mirror.ranges.end() || !same(found->second.section, section))
      complain(fmt::format("region_nop of {:#x}, which is not there", section.range.first));
  }

  void log_start(const Section& section, std::uint8_t old_mask, std::uint8_t new_mask) override {
    change_log(section, old_mask, new_mask, new_mask & ~old_mask);
  }
  void log_stop(const Section& section, std::uint8_t old_mask, std::uint8_t new_mask) override {
    change_log(section, old_mask, new_mask, old_mask & ~new_mask);
  }
  void log_global_start() override {
    if (global_log) complain("log_global_start twice");
    global_log = true;
  }
  void log_global_stop() override {
    if (!global_log) complain("log_global_stop without start");
    global_log = false;
  }

  void event_add(const Section& section, const EventTrigger& trigger) override {
    mirror_of(section).events.emplace(section.range.first + (trigger.offset - section.offset), trigger);
  }
  void event_del(const Section& section, const EventTrigger& trigger) override {
    auto& events = mirror_of(section).events;
    const auto [first, last] = events.equal_range(section.range.first + (trigger.offset - section.offset));
    const auto found = std::find_if(first, last, [&](const auto& item) { return item.second == trigger; });
    if (found == last)
      complain("event_del of what is not there");
    else
      events.erase(found);
  }

  void coalescing_add(const Section& section, const AddressRange& range) override {
    mirror_of(section).coalesced.emplace(range.first, range.last);
  }
  void coalescing_del(const Section& section, const AddressRange& range) override {
    auto& coalesced = mirror_of(section).coalesced;
    const auto [first, last] = coalesced.equal_range(range.first);
    const auto found = std::find_if(first, last, [&](const auto& item) { return item.second == range.last; });
    if (found == last)
      complain("coalescing_del of what is not there");
    else
      coalesced.erase(found);
  }

  /// `changed` must hold exactly the addresses that the two views serve differently: looked at where either view has a
  /// border.
  void view_changed(const ViewChange& change) override {
    for (const FlatView* view : {&change.before, &change.after}) {
      for (const FlatRange& range : view->ranges()) {
        for (const Address address : {range.range.first, range.range.last, range.range.first - 1, range.range.last + 1})
          check_change(change, address);
      }
    }
  }

  /// Compares with the published view; the difference in words, or empty.
  std::string compare(const AddressSpace& space) const {
    if (!complaint.empty()) return complaint;
    const auto found = spaces.find(&space);
    if (found == spaces.end()) return space.view().ranges().empty() ? "" : "the listener never heard of the space";
    const MirroredSpace& mirror = found->second;
    if (mirror.ranges.size() != space.view().ranges().size())
      return fmt::format("the listener knows {} ranges, the view has {}", mirror.ranges.size(),
                         space.view().ranges().size());
    auto told = mirror.ranges.begin();
    for (const FlatRange& range : space.view().ranges()) {
      const Section& section = told->second.section;
      if (section.range != range.range || section.region != range.region || section.offset != range.offset ||
          section.readonly != range.readonly)
        return fmt::format("the listener knows another range at {:#x}", range.range.first);
      if (told->second.log_mask != range.log_mask)
        return fmt::format("the listener knows log mask {:#x} at {:#x}, the view has {:#x}", told->second.log_mask,
                           range.range.first, range.log_mask);
      ++told;
    }
    return "";
  }

 private:
  static bool same(const Section& a, const Section& b) {
    return a.region == b.region && a.range == b.range && a.offset == b.offset && a.readonly == b.readonly;
  }

  MirroredSpace& mirror_of(const Section& section) {
    MirroredSpace& mirror = spaces[section.space];
    if (!mirror.in_commit) complain("a change outside begin and commit");
    return mirror;
  }

  void check_order(const Section& section, std::optional<Address>& last, const char* what) {
    if (last && *last >= section.range.first)
      complain(fmt::format("{} of {:#x} out of order", what, section.range.first));
    last = section.range.first;
  }

  void change_log(const Section& section, std::uint8_t old_mask, std::uint8_t new_mask, int changed_bits) {
    const auto found = spaces[section.space].ranges.find(section.range.first);
    if (changed_bits == 0) complain("a log change that changes nothing");
    if (found == spaces[section.space].ranges.end()) return complain("a log change of a range that is not there");
    // Bits that went and bits that came are told one after the other, both with the same masks.
    if (found->second.log_mask != old_mask && found->second.log_mask != new_mask)
      complain(fmt::format("log change from {:#x}, but the mask was {:#x}", old_mask, found->second.log_mask));
    found->second.log_mask = new_mask;
  }

  void check_change(const ViewChange& change, Address address) {
    const FlatRange* before = change.before.find(address);
    const FlatRange* after = change.after.find(address);
    const bool differ = (before == nullptr) != (after == nullptr) ||
                        (before != nullptr && (before->region != after->region || before->readonly != after->readonly ||
                                               before->offset_of(address) != after->offset_of(address) ||
                                               before->direct_reads != after->direct_reads));
    const bool told = std::any_of(change.changed.begin(), change.changed.end(),
                                  [&](const AddressRange& range) { return range.contains(address); });
    if (told != differ)
      complain(fmt::format("view_changed {} {:#x}", told ? "names the unchanged" : "does not name", address));
  }

  void complain(const std::string& what) {
    if (complaint.empty()) complaint = what;
  }

  std::optional<Address> last_removed_;
  std::optional<Address> last_added_;
};

}  // namespace sc_memory::testing
