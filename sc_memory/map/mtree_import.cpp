// From lines to regions, in steps: find out which lines are the same region, which region each alias means, whether the
// whole is finite, and only then build.
#include "sc_memory/map/mtree_import.h"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "sc_memory/map/io_region.h"
#include "sc_memory/map/map_error.h"
#include "sc_memory/map/map_transaction.h"
#include "sc_memory/map/mtree_names.h"
#include "sc_memory/map/region_kinds.h"

namespace sc_memory {

ImportedMap& ImportedMap::operator=(ImportedMap&& other) noexcept {
  clear();
  regions = std::move(other.regions);
  spaces = std::move(other.spaces);
  return *this;
}

void ImportedMap::clear() noexcept {
  spaces.clear();
  regions.clear();
}

namespace {

/// No device's registers are as large; what is, is a container.
constexpr std::uint64_t kSmallestHugeRegion = UINT64_C(1) << 32;
/// Trees nested through aliases are unfolded by rendering: no deeper, and to no more regions, than this.
constexpr unsigned kMaxUnfoldedDepth = 256;
constexpr std::uint64_t kMaxUnfolded = 1'000'000;

/// Where a line's region lies in its parent, or, of a section's first line, where it says to lie.
Address own_address(const MtreeText& text, const MtreeNode& node) {
  return node.parent ? node.first - text.nodes[*node.parent].first : node.first;
}

/// Which lines describe one and the same region. The printed tree shows a region again in a section of its own when an
/// alias shows it, or when it is a space's root.
class SameRegions {
 public:
  explicit SameRegions(const MtreeText& text) : text_(text), same_as_(text.nodes.size()), hash_(text.nodes.size()) {
    std::iota(same_as_.begin(), same_as_.end(), std::size_t{0});
    // Children come after their parents in the text.
    for (std::size_t i = text.nodes.size(); i-- > 0;) hash_[i] = hash_of(i);
    for (const Tree& tree : largest_first()) find_in_others(tree);
  }

  /// The node that stands for the region of `node`.
  std::size_t of(std::size_t node) const { return same_as_[node]; }

 private:
  struct Tree {
    std::size_t root;
    std::size_t size;  ///< In nodes, which follow one another.
    bool is_space;
  };

  static void mix(std::size_t& hash, std::size_t value) {
    hash ^= value + 0x9e3779b97f4a7c15 + (hash << 6) + (hash >> 2);
  }

  std::size_t hash_of(std::size_t index) const {
    const MtreeNode& node = text_.nodes[index];
    std::size_t hash = std::hash<std::string>()(node.is_alias ? node.alias_text : node.name);
    mix(hash, own_address(text_, node));
    mix(hash, node.size);
    for (const std::size_t child : node.children) mix(hash, hash_[child]);
    return hash;
  }

  /// A region lies in larger trees only.
  std::vector<Tree> largest_first() const {
    std::vector<Tree> trees;
    for (const MtreeSection& section : text_.sections) {
      if (!section.root) continue;
      std::size_t end = *section.root + 1;
      while (end < text_.nodes.size() && text_.nodes[end].parent) ++end;
      trees.push_back({*section.root, end - *section.root, section.is_space});
    }
    std::stable_sort(trees.begin(), trees.end(), [](const Tree& a, const Tree& b) {
      return std::make_pair(a.size, a.is_space) > std::make_pair(b.size, b.is_space);
    });
    return trees;
  }

  void find_in_others(const Tree& tree) {
    const auto [first, last] = known_.equal_range(hash_[tree.root]);
    std::size_t found = text_.nodes.size();
    for (auto candidate = first; candidate != last; ++candidate) {
      // Two spaces of one root would be one section.
      const bool two_spaces = tree.is_space && candidate->second.is_space_root;
      if (!two_spaces && candidate->second.node < found && looks_alike(tree.root, candidate->second.node))
        found = candidate->second.node;
    }
    for (std::size_t i = 0; i < tree.size; ++i) {
      if (found != text_.nodes.size())
        same_as_[tree.root + i] = found + i;
      else
        known_.emplace(hash_[tree.root + i], Known{tree.root + i, tree.is_space && i == 0});
    }
  }

  bool looks_alike(std::size_t a, std::size_t b) const {
    const MtreeNode& left = text_.nodes[a];
    const MtreeNode& right = text_.nodes[b];
    const auto face = [this](const MtreeNode& node) {
      return std::make_tuple(own_address(text_, node), node.size, node.kind, node.priority, node.enabled, node.is_alias,
                             node.alias_offset, node.children.size());
    };
    return face(left) == face(right) && left.name == right.name && left.alias_text == right.alias_text &&
           std::equal(left.children.begin(), left.children.end(), right.children.begin(),
                      [this](std::size_t c, std::size_t d) { return looks_alike(c, d); });
  }

  struct Known {
    std::size_t node;
    bool is_space_root;
  };

  const MtreeText& text_;
  std::vector<std::size_t> same_as_;
  std::vector<std::size_t> hash_;
  std::unordered_multimap<std::size_t, Known> known_;
};

/// Which region each alias means. Names are not unique, but the sections of aliased regions come in the order in which
/// the text first mentions them.
class AliasTargets {
 public:
  AliasTargets(const MtreeText& text, const SameRegions& same) : text_(text), same_(same), found_(text.nodes.size()) {
    for (const MtreeSection& section : text.sections) {
      if (!section.is_space) sections_[section.names.front()].push_back({section_count_++, *section.root, {}});
    }
    for (std::size_t i = 0; i < text.nodes.size(); ++i) anywhere_.emplace(text.nodes[i].name, i);
    for (std::size_t i = 0; i < text.nodes.size(); ++i) {
      const std::size_t alias = same.of(i);
      if (text.nodes[alias].is_alias && found_[alias].name.empty()) resolve(alias);
    }
  }

  struct Found {
    std::string name;                   ///< The alias's own.
    std::optional<std::size_t> target;  ///< Nothing for an alias whose target is gone.
  };

  /// Of a node that stands for an alias.
  const Found& of(std::size_t alias) const { return found_[alias]; }

 private:
  struct Section {
    std::size_t number;
    std::size_t root;
    std::vector<std::string> shown_as;  ///< Names of the aliases that show it.
  };

  void resolve(std::size_t alias) {
    const MtreeNode& node = text_.nodes[alias];
    const std::string& text = node.alias_text;
    // Both names may hold " @": the target's is one that there is a section for, else one that any region has.
    for (const bool anywhere : {false, true}) {
      for (std::size_t at = text.find(" @"); at != std::string::npos; at = text.find(" @", at + 1)) {
        const std::string name = text.substr(0, at);
        const auto target =
            anywhere ? find_anywhere(alias, text.substr(at + 2)) : find_section(name, text.substr(at + 2));
        if (!target) continue;
        found_[alias] = {name, same_.of(*target)};
        return;
      }
    }
    const std::size_t last = text.rfind(" @");
    const std::string target = text.substr(last + 2);
    if (target != "(none)")
      throw MtreeError(node.line,
                       fmt::format("expected a section 'memory-region: {}' for the target of this alias", target));
    found_[alias] = {text.substr(0, last), std::nullopt};
  }

  /// A machine with several regions of a name (bridges, say) shows each of them by one alias of a name.
  std::optional<std::size_t> find_section(const std::string& alias, const std::string& target) {
    const auto named = sections_.find(target);
    if (named == sections_.end()) return std::nullopt;
    Section* chosen = nullptr;
    for (Section& section : named->second) {
      const bool mentioned = !section.shown_as.empty();
      const bool is_next = section.number == mentioned_count_;
      const bool fresh = std::find(section.shown_as.begin(), section.shown_as.end(), alias) == section.shown_as.end();
      if (chosen != nullptr && !mentioned && !is_next) break;
      chosen = &section;
      if (fresh) break;
    }
    if (chosen->shown_as.empty()) ++mentioned_count_;
    if (named->second.size() > 1 || chosen->shown_as.empty()) chosen->shown_as.push_back(alias);
    return chosen->root;
  }

  std::optional<std::size_t> find_anywhere(std::size_t alias, const std::string& target) const {
    const auto [first, last] = anywhere_.equal_range(target);
    const auto other = std::find_if(first, last, [&](const auto& item) { return item.second != alias; });
    return other == last ? std::nullopt : std::optional(other->second);
  }

  const MtreeText& text_;
  const SameRegions& same_;
  std::vector<Found> found_;
  std::size_t section_count_ = 0;
  std::size_t mentioned_count_ = 0;
  std::unordered_map<std::string, std::vector<Section>> sections_;
  std::unordered_multimap<std::string, std::size_t> anywhere_;
};

[[noreturn]] void refuse_cycle(const MtreeText& text, const AliasTargets& targets, std::size_t alias) {
  const AliasTargets::Found& found = targets.of(alias);
  throw MtreeError(text.nodes[alias].line, fmt::format("'{}' shows '{}', which holds it: expected no cycle", found.name,
                                                       text.nodes[*found.target].name));
}

[[noreturn]] void refuse_size(const MtreeText& text, std::size_t node) {
  throw MtreeError(text.nodes[node].line,
                   fmt::format("expected a map that unfolds to at most {} regions, {} deep; '{}' goes beyond",
                               kMaxUnfolded, kMaxUnfoldedDepth, text.nodes[node].name));
}

/// Refuses trees that show themselves without end, and those too large to be unfolded. Walks with a stack of its own,
/// since nothing is known yet of how deep the text goes.
class FinitenessCheck {
 public:
  FinitenessCheck(const MtreeText& text, const SameRegions& same, const AliasTargets& targets)
      : text_(text), same_(same), targets_(targets), measure_(text.nodes.size()) {
    for (std::size_t i = 0; i < text.nodes.size(); ++i) walk(same.of(i));
  }

  /// Whether a region is seen inside itself: then what it unfolds to depends on what is seen of it.
  bool shows_itself() const { return shows_itself_; }

 private:
  enum class State : std::uint8_t { unknown, open, done };
  struct Measure {
    State state = State::unknown;
    unsigned depth = 1;
    std::uint64_t unfolded = 1;
  };
  struct Step {
    std::size_t node;
    std::size_t next;
  };

  std::size_t count_below(std::size_t node) const {
    if (text_.nodes[node].is_alias) return targets_.of(node).target ? 1 : 0;
    return text_.nodes[node].children.size();
  }
  std::size_t below(std::size_t node, std::size_t which) const {
    return text_.nodes[node].is_alias ? *targets_.of(node).target : same_.of(text_.nodes[node].children[which]);
  }

  void walk(std::size_t from) {
    if (measure_[from].state != State::unknown) return;
    std::vector<Step> path{{from, 0}};
    measure_[from].state = State::open;
    while (!path.empty()) {
      Step& step = path.back();
      if (step.next == count_below(step.node)) {
        finish(step.node);
        path.pop_back();
        continue;
      }
      const std::size_t node = below(step.node, step.next++);
      if (measure_[node].state == State::open) note_cycle(path, node);
      if (measure_[node].state == State::unknown) {
        measure_[node].state = State::open;
        path.push_back({node, 0});
      }
    }
  }

  /// The way from `node` on has come to it again. An alias that shows nothing but aliases must not.
  void note_cycle(const std::vector<Step>& path, std::size_t node) {
    shows_itself_ = true;
    const auto only_aliases = [this, node](const std::vector<Step>& way) {
      for (auto step = way.rbegin(); step != way.rend(); ++step) {
        if (!text_.nodes[step->node].is_alias) return false;
        if (step->node == node) return true;
      }
      return true;
    };
    if (only_aliases(path)) refuse_cycle(text_, targets_, path.back().node);
  }

  void finish(std::size_t index) {
    Measure& measure = measure_[index];
    for (std::size_t i = 0; i < count_below(index); ++i) {
      const Measure& part = measure_[below(index, i)];
      if (part.state == State::open) continue;  // counted by the walk along windows
      measure.depth = std::max(measure.depth, part.depth + 1);
      measure.unfolded = std::min(measure.unfolded + part.unfolded, kMaxUnfolded + 1);
    }
    measure.state = State::done;
    if (measure.depth > kMaxUnfoldedDepth || measure.unfolded > kMaxUnfolded) refuse_size(text_, index);
  }

  const MtreeText& text_;
  const SameRegions& same_;
  const AliasTargets& targets_;
  std::vector<Measure> measure_;
  bool shows_itself_ = false;
};

/// The same for text in which regions are shown inside themselves: unfolds every section as rendering would, with
/// windows, all of them together to no more regions than one otherwise.
class WindowedCheck {
 public:
  WindowedCheck(const MtreeText& text, const SameRegions& same, const AliasTargets& targets)
      : text_(text), same_(same), targets_(targets), entered_(text.nodes.size(), false) {
    for (const MtreeSection& section : text.sections) {
      if (section.root) enter(same.of(*section.root), AddressRange::whole(), 1);
    }
  }

 private:
  void enter(std::size_t index, const AddressRange& window, unsigned depth) {
    const MtreeNode& node = text_.nodes[index];
    const auto extent = AddressRange::sized(0, node.size);
    const auto visible = node.enabled && extent ? extent->intersection(window) : std::nullopt;
    if (!visible) return;
    if (depth > kMaxUnfoldedDepth || ++unfolded_ > kMaxUnfolded) refuse_size(text_, index);
    if (!node.is_alias) {
      enter_children(node, *visible, depth);
      return;
    }
    if (entered_[index]) refuse_cycle(text_, targets_, index);
    const auto& target = targets_.of(index).target;
    const auto shown = visible->moved_up(node.alias_offset);
    entered_[index] = true;
    if (target && shown) enter(*target, *shown, depth + 1);
    entered_[index] = false;
  }

  void enter_children(const MtreeNode& node, const AddressRange& visible, unsigned depth) {
    for (const std::size_t child : node.children) {
      const Address address = own_address(text_, text_.nodes[child]);
      const auto place = AddressRange::sized(address, text_.nodes[child].size);
      if (const auto part = place ? place->intersection(visible) : std::nullopt)
        enter(same_.of(child), part->moved_down(address), depth + 1);
    }
  }

  const MtreeText& text_;
  const SameRegions& same_;
  const AliasTargets& targets_;
  std::vector<bool> entered_;
  std::uint64_t unfolded_ = 0;
};

/// Stands for devices of which only the place is known.
class SilentDevice final : public IoHandler {
 public:
  AccessResult read(Address, std::uint8_t* data, std::size_t length, const Attributes&) override {
    std::fill_n(data, length, std::uint8_t{0});
    return AccessResult::ok;
  }
  AccessResult write(Address, const std::uint8_t*, std::size_t, const Attributes&) override { return AccessResult::ok; }
  std::size_t access_length(Address, std::size_t remaining) const override {
    return std::min<std::size_t>(remaining, 8);
  }
};

/// A container and the registers in it often have one name.
bool has_child_of_its_name(const MtreeText& text, const MtreeNode& node) {
  return std::any_of(node.children.begin(), node.children.end(),
                     [&](std::size_t child) { return text.nodes[child].name == node.name; });
}

bool is_device(const MtreeText& text, const MtreeNode& node) {
  using namespace mtree_names;
  if (!node.children.empty()) return is_one_of(kDevicesWithChildren, node.name) && !has_child_of_its_name(text, node);
  if (is_one_of(kEmptyContainers, node.name)) return false;
  return node.size < kSmallestHugeRegion || is_one_of(kHugeDevices, node.name) ||
         node.name.find("iommu") != std::string::npos;
}

class Builder {
 public:
  Builder(const MtreeText& text, const SameRegions& same, const AliasTargets& targets)
      : text_(text), same_(same), targets_(targets), regions_(text.nodes.size(), nullptr) {}

  ImportedMap build() && {
    for (std::size_t i = 0; i < text_.nodes.size(); ++i) {
      if (same_.of(i) == i) at_line_of(i, [&] { region(i); });
    }
    for (std::size_t i = 0; i < text_.nodes.size(); ++i) {
      if (same_.of(i) == i) at_line_of(i, [&] { add_children(i); });
    }
    // The regions of the spaces do not show before all of them are there.
    MapTransaction all_spaces;
    for (const MtreeSection& section : text_.sections) {
      if (section.is_space) add_spaces(section);
    }
    all_spaces.commit();
    return std::move(map_);
  }

 private:
  template <typename Action>
  void at_line_of(std::size_t node, Action&& action) {
    try {
      action();
    } catch (const MapError& error) {
      throw MtreeError(text_.nodes[node].line, error.what());
    }
  }

  /// The region of a node, made if need be: an alias needs its target first.
  MemoryRegion& region(std::size_t index) {
    if (regions_[index] == nullptr) {
      const MtreeNode& node = text_.nodes[index];
      MemoryRegion& made = keep(node.is_alias ? make_alias(index, node) : make_region(node));
      made.set_enabled(node.enabled);
      regions_[index] = &made;
    }
    return *regions_[index];
  }

  MemoryRegion& keep(std::unique_ptr<MemoryRegion> made) {
    map_.regions.push_back(std::move(made));
    return *map_.regions.back();
  }

  std::unique_ptr<MemoryRegion> make_alias(std::size_t index, const MtreeNode& node) {
    const AliasTargets::Found& found = targets_.of(index);
    // An alias of nothing shows nothing, as does an empty container.
    if (!found.target) return std::make_unique<Container>(found.name, node.size);
    auto alias = std::make_unique<AliasRegion>(found.name, region(*found.target), node.alias_offset, node.size);
    alias->set_readonly(mtree_names::is_one_of(mtree_names::kReadonlyAliases, found.name));
    return alias;
  }

  std::unique_ptr<MemoryRegion> make_region(const MtreeNode& node) const {
    switch (node.kind) {
      case MtreeKind::ram:
        return std::make_unique<RamRegion>(node.name, node.size);
      case MtreeKind::rom:
        return std::make_unique<RomRegion>(node.name, node.size);
      case MtreeKind::rom_device:
        return std::make_unique<RomDeviceRegion>(node.name, node.size, std::make_unique<SilentDevice>());
      case MtreeKind::reservation:
        return std::make_unique<ReservedRegion>(node.name, node.size);
      default:
        break;
    }
    if (node.kind == MtreeKind::io && is_device(text_, node))
      return std::make_unique<IoRegion>(node.name, node.size, std::make_unique<SilentDevice>());
    return std::make_unique<Container>(node.name, node.size);
  }

  /// The later of two equals hides the earlier: of those that begin at one address the text names the winner first.
  void add_children(std::size_t index) {
    std::vector<std::size_t> children = text_.nodes[index].children;
    std::reverse(children.begin(), children.end());
    std::stable_sort(children.begin(), children.end(), [this](std::size_t a, std::size_t b) {
      return own_address(text_, text_.nodes[a]) < own_address(text_, text_.nodes[b]);
    });
    for (const std::size_t child : children) {
      const MtreeNode& node = text_.nodes[child];
      static_cast<ParentRegion&>(region(index))
          .add(own_address(text_, node), region(same_.of(child)), Priority{node.priority});
    }
  }

  void add_spaces(const MtreeSection& section) {
    MemoryRegion* root = nullptr;
    if (!section.root) {
      root = &keep(std::make_unique<Container>("(none)", 0));
    } else {
      const MtreeNode& node = text_.nodes[*section.root];
      root = &region(same_.of(*section.root));
      if (node.first != 0) root = &shown_at(node.first, *root);
    }
    for (const std::string& name : section.names) map_.spaces.push_back(std::make_unique<AddressSpace>(name, *root));
  }

  MemoryRegion& shown_at(Address address, MemoryRegion& root) {
    auto& container = static_cast<Container&>(keep(std::make_unique<Container>(root.name())));
    container.add(address, keep(std::make_unique<AliasRegion>(root.name(), root, 0, root.size())));
    return container;
  }

  const MtreeText& text_;
  const SameRegions& same_;
  const AliasTargets& targets_;
  std::vector<MemoryRegion*> regions_;
  ImportedMap map_;
};

}  // namespace

ImportedMap import_mtree(std::string_view text) {
  const MtreeText parsed = parse_mtree(text);
  const SameRegions same(parsed);
  const AliasTargets targets(parsed, same);
  const FinitenessCheck check(parsed, same, targets);
  if (check.shows_itself()) WindowedCheck(parsed, same, targets);
  return Builder(parsed, same, targets).build();
}

}  // namespace sc_memory
