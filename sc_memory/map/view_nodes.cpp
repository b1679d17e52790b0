// Making nodes, and remaking those on the way to a window.
#include "sc_memory/map/view_nodes.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <new>
#include <type_traits>

namespace sc_memory {

namespace {

Address end_of(const FlatRange& range) { return range.range.last; }
Address end_of(const ViewNodePointer& node) { return node->last(); }

}  // namespace

template <typename Item>
ViewNodePointer ViewNode::make_block(Item* items, std::size_t count, std::size_t height, std::size_t ranges_below) {
  static_assert(sizeof(ViewNode) % alignof(Address) == 0 && alignof(Item) <= alignof(Address),
                "addresses and items lie right behind the node");
  void* const block = ::operator new(sizeof(ViewNode) + count * (sizeof(Address) + sizeof(Item)));
  auto* const node = new (block) ViewNode(height, count, ranges_below);
  auto* const lasts = reinterpret_cast<Address*>(node + 1);
  for (std::size_t i = 0; i < count; ++i) new (lasts + i) Address(end_of(items[i]));
  std::uninitialized_move_n(items, count, reinterpret_cast<std::remove_const_t<Item>*>(lasts + count));
  return ViewNodePointer(node);
}

ViewNodePointer ViewNode::make(const FlatRange* ranges, std::size_t count) {
  return make_block(ranges, count, 0, count);
}

ViewNodePointer ViewNode::make(ViewNodePointer* children, std::size_t count) {
  std::size_t ranges_below = 0;
  for (std::size_t i = 0; i < count; ++i) ranges_below += children[i]->ranges_below();
  return make_block(children, count, std::size_t{children[0]->height_} + 1, ranges_below);
}

void ViewNode::destroy() const noexcept {
  if (!is_leaf()) std::destroy_n(children(), count_);
  this->~ViewNode();
  ::operator delete(const_cast<ViewNode*>(this));
}

Address ViewNode::first() const {
  const ViewNode* node = this;
  while (!node->is_leaf()) node = node->children()[0].get();
  return node->ranges()[0].range.first;
}

namespace {

using Level = std::vector<ViewNodePointer>;

/// As few nodes as possible that hold these items, all about equally full. Of nodes, the items are used up.
template <typename Items>
Level pack(Items&& items) {
  Level level;
  const std::size_t nodes = (items.size() + ViewNode::kMostItems - 1) / ViewNode::kMostItems;
  level.reserve(nodes);
  for (std::size_t i = 0; i < nodes; ++i) {
    const std::size_t begin = i * items.size() / nodes;
    level.push_back(ViewNode::make(items.data() + begin, (i + 1) * items.size() / nodes - begin));
  }
  return level;
}

/// Puts nodes above a level until there is only one.
ViewNodePointer crown(Level level) {
  if (level.empty()) return {};
  while (level.size() > 1) level = pack(std::move(level));
  ViewNodePointer root = std::move(level.front());
  while (!root->is_leaf() && root->count() == 1) root = root->children()[0];
  return root;
}

template <typename Item>
Level joined(const Item* left, std::size_t left_count, const Item* right, std::size_t right_count) {
  std::vector<Item> items(left, left + left_count);
  items.insert(items.end(), right, right + right_count);
  return pack(std::move(items));
}

/// The items of two neighbours, in nodes of a good size.
Level joined(const ViewNode& left, const ViewNode& right) {
  return left.is_leaf() ? joined(left.ranges(), left.count(), right.ranges(), right.count())
                        : joined(left.children(), left.count(), right.children(), right.count());
}

/// One replacement of what a window shows.
class Replacement {
 public:
  Replacement(const AddressRange& window, const std::vector<FlatRange>& shown) : window_(window), shown_(shown) {}

  /// Nodes of the same height that hold what `node` does outside of the window, and, if `here`, what the window shows.
  Level remake(const ViewNode& node, bool here = true) const {
    return node.is_leaf() ? remake_leaf(node, here) : remake_inner(node, here);
  }

 private:
  Level remake_leaf(const ViewNode& leaf, bool here) const {
    const FlatRange* const end = leaf.ranges() + leaf.count();
    const FlatRange* const cut = leaf.ranges() + leaf.index_from(window_.first);
    const FlatRange* const rest =
        std::find_if(cut, end, [&](const FlatRange& range) { return range.range.first > window_.last; });
    std::vector<FlatRange> ranges;
    ranges.reserve(leaf.count() + shown_.size());
    ranges.assign(leaf.ranges(), cut);
    if (here) ranges.insert(ranges.end(), shown_.begin(), shown_.end());
    ranges.insert(ranges.end(), rest, end);
    return pack(ranges);
  }

  Level remake_inner(const ViewNode& node, bool here) const {
    const ViewNodePointer* const children = node.children();
    std::size_t begin = std::min(node.index_from(window_.first), node.count() - 1);
    Level fresh = remake(*children[begin], here);
    std::size_t end = begin + 1;
    for (; end < node.count() && node.last_of(end - 1) < window_.last && children[end]->first() <= window_.last; ++end)
      append(fresh, remake(*children[end], false));
    if (fresh.size() == 1 && fresh.front()->count() < ViewNode::kFewItems) {
      if (begin > 0)
        fresh = joined(*children[--begin], *fresh.front());
      else if (end < node.count())
        fresh = joined(*fresh.front(), *children[end++]);
    }
    Level level;
    level.reserve(begin + fresh.size() + (node.count() - end));
    level.assign(children, children + begin);
    append(level, std::move(fresh));
    level.insert(level.end(), children + end, children + node.count());
    return pack(std::move(level));
  }

  static void append(Level& level, Level more) { std::move(more.begin(), more.end(), std::back_inserter(level)); }

  const AddressRange window_;
  const std::vector<FlatRange>& shown_;
};

}  // namespace

ViewNodePointer make_view_nodes(const std::vector<FlatRange>& ranges) { return crown(pack(ranges)); }

ViewNodePointer replace_view_nodes(const ViewNodePointer& root, const AddressRange& window,
                                   const std::vector<FlatRange>& shown) {
  if (!root) return make_view_nodes(shown);
  return crown(Replacement(window, shown).remake(*root));
}

}  // namespace sc_memory
