// Items found by where they lie: for a region that has very many children or aliases, when only a window matters. A
// tree of wide nodes (a B+ tree), ordered by first address, in which every node knows the last address below it: what
// overlaps a window is found with a few cache misses among millions.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <memory>

#include "sc_memory/map/address_range.h"

namespace sc_memory {

/// Keeps pointers to items that stay their owners'. An item that holds no byte is put in by one address; whoever looks
/// must know that it shows nothing. Insertion and removal cannot fail: memory is taken beforehand.
template <typename Item>
class IntervalIndex {
 public:
  IntervalIndex() = default;
  IntervalIndex(const IntervalIndex&) = delete;
  IntervalIndex& operator=(const IntervalIndex&) = delete;
  ~IntervalIndex() {
    clear();
    while (spares_ != nullptr) delete take_spare();
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  /// Takes the memory that any two insertions may need, with any number of removals between.
  void make_room() {
    if (root_ == nullptr) root_ = new Node;
    if (height_ == 0 && root_->count + 2 <= kMostEntries) return;
    while (spare_count_ < most_spares()) put_spare(new Node);
  }

  /// After make_room().
  void insert(const AddressRange& range, Item& item) noexcept {
    ++size_;
    const Entry added{range.first, range.last, &item, nullptr};
    Node* const split_off = insert_below(*root_, height_, added);
    if (split_off == nullptr) return;
    Node* const old_root = root_;
    root_ = take_spare();
    root_->entries[0] = summary(old_root);
    root_->entries[1] = summary(split_off);
    root_->count = 2;
    ++height_;
  }

  /// `item` was put in with `range`.
  void remove(const AddressRange& range, Item& item) noexcept {
    --size_;
    remove_below(*root_, height_, {range.first, range.last, &item, nullptr});
    while (height_ > 0 && root_->count == 1) {
      Node* const old_root = root_;
      root_ = old_root->entries[0].below;
      --height_;
      put_spare(old_root);
    }
  }

  void clear() noexcept {
    if (root_ != nullptr) destroy(root_, height_);
    root_ = nullptr;
    height_ = 0;
    size_ = 0;
  }

  /// Calls visit(item) for every item. The index must not change meanwhile.
  template <typename Visit>
  void for_each(Visit&& visit) const {
    for_each_in(AddressRange::whole(), [&](Item& item) {
      visit(item);
      return true;
    });
  }

  /// Calls visit(item) for every item that overlaps `window`, by ascending first address, until it returns false. The
  /// index must not change meanwhile. Returns whether it never did.
  template <typename Visit>
  bool for_each_in(const AddressRange& window, Visit&& visit) const {
    return root_ == nullptr || visit_below(*root_, height_, window, visit);
  }

 private:
  static constexpr std::size_t kMostEntries = 16;

  struct Node;
  /// In a leaf, an item. Further up, a node: the first of its entries, and the last address of all below.
  struct Entry {
    Address first = 0;
    Address last = 0;
    Item* item = nullptr;
    Node* below = nullptr;

    bool is_before(const Entry& other) const {
      return first != other.first ? first < other.first : std::less<Item*>()(item, other.item);
    }
  };
  struct Node {
    std::size_t count = 0;
    std::array<Entry, kMostEntries> entries;

    Entry* begin() { return entries.data(); }
    Entry* end() { return entries.data() + count; }
    const Entry* begin() const { return entries.data(); }
    const Entry* end() const { return entries.data() + count; }
  };

  static Entry summary(Node* node) {
    Entry all = node->entries[0];
    all.below = node;
    for (const Entry& entry : *node) all.last = std::max(all.last, entry.last);
    return all;
  }

  /// The entry of an inner node below which `wanted` is, or belongs.
  static Entry* way_to(Node& node, const Entry& wanted) {
    Entry* const after = std::upper_bound(node.begin(), node.end(), wanted,
                                          [](const Entry& a, const Entry& b) { return a.is_before(b); });
    return after == node.begin() ? after : after - 1;
  }
  static Entry* place_in(Node& leaf, const Entry& wanted) {
    return std::lower_bound(leaf.begin(), leaf.end(), wanted,
                            [](const Entry& a, const Entry& b) { return a.is_before(b); });
  }

  /// Returns the upper half of the node if it had to be split, else null.
  Node* insert_below(Node& node, std::size_t height, const Entry& added) noexcept {
    if (height == 0) return insert_entry(node, place_in(node, added), added);
    Entry* const way = way_to(node, added);
    Node* const split_off = insert_below(*way->below, height - 1, added);
    *way = summary(way->below);
    return split_off == nullptr ? nullptr : insert_entry(node, way + 1, summary(split_off));
  }

  Node* insert_entry(Node& node, Entry* place, const Entry& added) noexcept {
    if (node.count < kMostEntries) {
      std::move_backward(place, node.end(), node.end() + 1);
      *place = added;
      ++node.count;
      return nullptr;
    }
    // In an ascending row of insertions only the upper half grows further: what stays behind is left nearly full.
    const std::size_t kept = place == node.end() ? kMostEntries - 1 : kMostEntries / 2;
    Node* const upper = take_spare();
    upper->count = kMostEntries - kept;
    std::copy(node.begin() + kept, node.end(), upper->begin());
    node.count = kept;
    const auto index = static_cast<std::size_t>(place - node.begin());
    if (index <= kept)
      insert_entry(node, node.begin() + index, added);
    else
      insert_entry(*upper, upper->begin() + (index - kept), added);
    return upper;
  }

  void remove_below(Node& node, std::size_t height, const Entry& gone) noexcept {
    Entry* const place = height == 0 ? place_in(node, gone) : way_to(node, gone);
    if (height > 0) {
      remove_below(*place->below, height - 1, gone);
      if (place->below->count > 0) {
        *place = summary(place->below);
        return;
      }
      put_spare(place->below);
    }
    std::move(place + 1, node.end(), place);
    --node.count;
  }

  template <typename Visit>
  static bool visit_below(const Node& node, std::size_t height, const AddressRange& window, Visit& visit) {
    for (const Entry& entry : node) {
      if (entry.first > window.last) break;
      if (entry.last < window.first) continue;
      if (!(height == 0 ? visit(*entry.item) : visit_below(*entry.below, height - 1, window, visit))) return false;
    }
    return true;
  }

  static void destroy(Node* node, std::size_t height) {
    for (Entry& entry : *node) {
      if (height > 0) destroy(entry.below, height - 1);
    }
    delete node;
  }

  /// Two insertions may each split every node on their way, and the root grow once.
  std::size_t most_spares() const { return 2 * (height_ + 2); }
  Node* take_spare() noexcept {
    Node* const spare = spares_;
    spares_ = spare->entries[0].below;
    --spare_count_;
    spare->count = 0;
    return spare;
  }
  void put_spare(Node* node) noexcept {
    if (spare_count_ >= most_spares()) {
      delete node;
      return;
    }
    node->entries[0].below = spares_;
    spares_ = node;
    ++spare_count_;
  }

  Node* root_ = nullptr;
  std::size_t height_ = 0;  ///< 0: the root is a leaf.
  std::size_t size_ = 0;
  Node* spares_ = nullptr;
  std::size_t spare_count_ = 0;
};

}  // namespace sc_memory
