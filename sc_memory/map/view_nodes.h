// What a flat view is made of: an ordered tree of wide nodes that never change. A new view that differs in a window has
// new nodes on the way to the window and shares all others with the old one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "sc_memory/map/flat_range.h"

namespace sc_memory {

class ViewNode;

/// A share in a node. Shares are made and dropped in the simulation's thread, and so are counted without atomics: a
/// node's copy counts up all nodes below it. Other threads only look.
class ViewNodePointer {
 public:
  ViewNodePointer() = default;
  /// Takes over the share that a new node is born with.
  explicit ViewNodePointer(const ViewNode* node) : node_(node) {}
  ViewNodePointer(const ViewNodePointer& other) noexcept;
  ViewNodePointer(ViewNodePointer&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  ViewNodePointer& operator=(ViewNodePointer other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~ViewNodePointer();

  const ViewNode* get() const { return node_; }
  const ViewNode& operator*() const { return *node_; }
  const ViewNode* operator->() const { return node_; }
  explicit operator bool() const { return node_ != nullptr; }

 private:
  const ViewNode* node_ = nullptr;
};

/// A leaf holds ranges, every other node holds nodes of the next lower height, by ascending address. One block of
/// memory has the node, then the last address of each thing it holds (a search reads nothing else), then the things. No
/// node is empty.
class ViewNode {
 public:
  static constexpr std::size_t kMostItems = 32;
  /// Below this a node is joined with its neighbour when it is made anew.
  static constexpr std::size_t kFewItems = 8;

  ViewNode(const ViewNode&) = delete;
  ViewNode& operator=(const ViewNode&) = delete;

  static ViewNodePointer make(const FlatRange* ranges, std::size_t count);
  /// Takes over the children's shares.
  static ViewNodePointer make(ViewNodePointer* children, std::size_t count);

  bool is_leaf() const { return height_ == 0; }
  /// How many ranges, or children, the node itself holds.
  std::size_t count() const { return count_; }
  /// How many ranges are in it and below it.
  std::size_t ranges_below() const { return ranges_below_; }

  const FlatRange* ranges() const { return reinterpret_cast<const FlatRange*>(lasts() + count_); }
  const ViewNodePointer* children() const { return reinterpret_cast<const ViewNodePointer*>(lasts() + count_); }

  /// The last address of the item at `index`.
  Address last_of(std::size_t index) const { return lasts()[index]; }
  Address last() const { return lasts()[count_ - 1]; }
  Address first() const;

  /// The index of the first range, or child, that ends at or after `address`; count() if all end before.
  std::size_t index_from(Address address) const {
    // Without branches, which random addresses would mispredict.
    const Address* base = lasts();
    for (std::size_t left = count_; left > 1;) {
      const std::size_t half = left / 2;
      base += half * static_cast<std::size_t>(base[half - 1] < address);
      left -= half;
    }
    return static_cast<std::size_t>(base - lasts()) + static_cast<std::size_t>(*base < address);
  }

  /// Begins to load all that a search in it may read: line after line it would wait for each.
  void prefetch() const {
    constexpr std::size_t kLine = 64;
    constexpr std::size_t kMostRead = sizeof(ViewNode) + kMostItems * (sizeof(Address) + sizeof(ViewNodePointer));
    const auto* const begin = reinterpret_cast<const std::uint8_t*>(this);
    for (std::size_t line = 0; line < kMostRead; line += kLine) __builtin_prefetch(begin + line);
  }

  /// Of this node alone.
  std::size_t bytes() const {
    return sizeof(ViewNode) + count_ * (sizeof(Address) + (is_leaf() ? sizeof(FlatRange) : sizeof(ViewNodePointer)));
  }

 private:
  friend class ViewNodePointer;

  ViewNode(std::size_t height, std::size_t count, std::size_t ranges_below)
      : height_(static_cast<std::uint16_t>(height)),
        count_(static_cast<std::uint16_t>(count)),
        ranges_below_(ranges_below) {}
  ~ViewNode() = default;
  template <typename Item>
  static ViewNodePointer make_block(Item* items, std::size_t count, std::size_t height, std::size_t ranges_below);
  void destroy() const noexcept;
  const Address* lasts() const { return reinterpret_cast<const Address*>(this + 1); }

  mutable std::uint32_t shares_ = 1;
  std::uint16_t height_;
  std::uint16_t count_;
  std::size_t ranges_below_;
};

inline ViewNodePointer::ViewNodePointer(const ViewNodePointer& other) noexcept : node_(other.node_) {
  if (node_ != nullptr) ++node_->shares_;
}
inline ViewNodePointer::~ViewNodePointer() {
  if (node_ != nullptr && --node_->shares_ == 0) node_->destroy();
}

/// A tree of these ranges, which are sorted and do not overlap. Null for none.
ViewNodePointer make_view_nodes(const std::vector<FlatRange>& ranges);

/// The tree below `root`, which may be null, with `shown` in place of every range within `window`. No range reaches
/// over the window's borders.
ViewNodePointer replace_view_nodes(const ViewNodePointer& root, const AddressRange& window,
                                   const std::vector<FlatRange>& shown);

}  // namespace sc_memory
