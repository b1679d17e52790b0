// The addresses at which a space may show something else than it did: what the next commit has to render.
#pragma once

#include <algorithm>
#include <vector>

#include "sc_memory/map/address_range.h"

namespace sc_memory {

/// A union of address ranges. Where there is no memory for keeping them apart, it becomes everything, which is more
/// work for the commit and never wrong.
class WindowSet {
 public:
  WindowSet() : windows_(1) { windows_.clear(); }

  bool empty() const { return windows_.empty(); }
  void clear() {
    windows_.clear();
    is_merged_ = true;
  }

  void add(const AddressRange& window) noexcept {
    if (!windows_.empty() && windows_.back().contains(window)) return;
    try {
      if (windows_.size() == windows_.capacity()) make_room();
      windows_.push_back(window);
      is_merged_ = windows_.size() == 1;
    } catch (...) {
      add_everything();
    }
  }
  void add_everything() noexcept {
    windows_.assign(1, AddressRange::whole());
    is_merged_ = true;
  }

  /// By ascending address, with gaps between them.
  const std::vector<AddressRange>& merged() {
    merge();
    return windows_;
  }

 private:
  /// The same windows may be added again and again.
  void make_room() {
    merge();
    if (windows_.size() > windows_.capacity() / 2) windows_.reserve(2 * windows_.capacity());
  }

  void merge() {
    if (is_merged_) return;
    is_merged_ = true;
    std::sort(windows_.begin(), windows_.end(),
              [](const AddressRange& a, const AddressRange& b) { return a.first < b.first; });
    auto kept = windows_.begin();
    for (auto next = kept + 1; next < windows_.end(); ++next) {
      if (kept->overlaps(*next) || kept->ends_right_before(*next))
        kept->last = std::max(kept->last, next->last);
      else
        *++kept = *next;
    }
    windows_.erase(kept + 1, windows_.end());
  }

  std::vector<AddressRange> windows_;
  bool is_merged_ = true;
};

}  // namespace sc_memory
