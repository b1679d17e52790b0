// Layout first (which address is at which height), then the column, then the aliases beside it.
#include "sc_memory/map/map_svg.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <set>
#include <string_view>
#include <tuple>
#include <vector>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/map_json.h"
#include "sc_memory/map/map_text.h"
#include "sc_memory/map/region_kinds.h"

namespace sc_memory {

namespace {

constexpr double kTop = 112;
constexpr double kColumnLeft = 190;
constexpr double kColumnWidth = 270;
constexpr double kColumnRight = kColumnLeft + kColumnWidth;
constexpr double kLaneWidth = 14;
constexpr double kTargetWidth = 330;
constexpr double kTargetHeight = 36;
constexpr double kHoleHeight = 22;
constexpr double kLeastHeight = 20;
constexpr std::size_t kMaxAliases = 200;

struct KindColour {
  std::string_view kind;
  std::string_view fill;
  std::string_view meaning;
};

constexpr KindColour kColours[] = {
    {"ram", "#8ecae6", "RAM"},
    {"rom", "#cdb4db", "ROM, or RAM seen read-only"},
    {"romd", "#ffd6a5", "ROM device: reads direct, writes to the device"},
    {"io", "#b7e4c7", "device"},
    {"iommu", "#f4a6b8", "translated"},
    {"reservation", "#d9d9d9", "reserved"},
};

std::string_view colour_of(std::string_view kind) {
  const auto found =
      std::find_if(std::begin(kColours), std::end(kColours), [&](const KindColour& c) { return c.kind == kind; });
  return found == std::end(kColours) ? "#ffffff" : found->fill;
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '"')
      result += "&quot;";
    // What is no plain character would make the document invalid.
    else
      result += c >= ' ' && c <= '~' ? c : '?';
  }
  return result;
}

std::string shortened(const std::string& name, std::size_t longest) {
  return name.size() <= longest ? name : name.substr(0, longest - 3) + "...";
}

std::string size_text(const AddressRange& range) {
  if (range == AddressRange::whole()) return "16 EiB";
  static constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double size = static_cast<double>(range.last - range.first) + 1;
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < std::size(kUnits); ++unit) size /= 1024;
  return fmt::format("{:.4g} {}", size, kUnits[unit]);
}

std::string address_text(Address address) {
  return address >> 32 == 0 ? fmt::format("{:08x}", address)
                            : fmt::format("{:08x}'{:08x}", address >> 32, address & 0xffff'ffff);
}

/// A range or a hole with its place on the page.
struct Band {
  AddressRange range;
  const FlatRange* flat;  ///< Null for a hole.
  double top;
  double height;

  double bottom() const { return top + height; }
};

std::vector<Band> lay_out(const FlatView& view) {
  std::vector<Band> bands;
  double y = kTop;
  const auto put = [&](const AddressRange& range, const FlatRange* flat) {
    const double bits = std::log2(static_cast<double>(range.last - range.first) + 1);
    const double height = flat == nullptr ? kHoleHeight : kLeastHeight + std::max(0.0, bits - 12) * 1.6;
    bands.push_back({range, flat, y, height});
    y += height;
  };
  Address next = 0;
  bool ended = false;
  for (const FlatRange& range : view.ranges()) {
    if (range.range.first > next) put({next, range.range.first - 1}, nullptr);
    put(range.range, &range);
    next = range.range.last + 1;
    ended = range.range.last == UINT64_MAX;
  }
  if (!ended) put({next, UINT64_MAX}, nullptr);
  return bands;
}

/// An alias as the space shows it.
struct ShownAlias {
  const AliasRegion* alias;
  AddressRange range;   ///< In the space's addresses.
  AddressRange target;  ///< Relative to the target.
};

/// Finds the aliases of a tree, each place once. Trees behind aliases are looked into as well.
class AliasSearch {
 public:
  explicit AliasSearch(const FlatView& view) : view_(view) {}

  void search(const MemoryRegion& region, AddressRange window, Address base) {
    const auto visible = region.extent() ? region.extent()->intersection(window) : std::nullopt;
    if (!region.enabled() || !visible || found.size() >= kMaxAliases) return;
    if (region.kind() == RegionKind::alias)
      return search_alias(static_cast<const AliasRegion&>(region), *visible, base);
    for (const MemoryRegion* child : children_by_address(region)) {
      const auto part = child->range_in_parent() ? child->range_in_parent()->intersection(*visible) : std::nullopt;
      if (part) search(*child, part->moved_down(child->address()), base + child->address());
    }
  }

  std::vector<ShownAlias> found;

 private:
  void search_alias(const AliasRegion& alias, const AddressRange& visible, Address base) {
    const auto part = alias.target() != nullptr ? visible.moved_up(alias.alias_offset()) : std::nullopt;
    if (!part) return;
    const AddressRange shown{base + visible.first, base + visible.last};
    const FlatRange* const first = view_.first_from(shown.first);
    if (first == nullptr || first->range.first > shown.last) return;
    found.push_back({&alias, shown, *part});
    search(*alias.target(), *part, base - alias.alias_offset());
  }

  const FlatView& view_;
};

/// One alias's windows that continue one another, in the space and in the target, are one to the eye; so are several
/// small aliases of one name that together show what one large one would.
std::vector<ShownAlias> joined(std::vector<ShownAlias> aliases) {
  const auto key = [](const ShownAlias& shown) {
    return std::make_tuple(shown.alias->name(), shown.alias->target(), shown.range.first - shown.target.first,
                           shown.range.first);
  };
  std::sort(aliases.begin(), aliases.end(), [&](const ShownAlias& a, const ShownAlias& b) { return key(a) < key(b); });
  std::vector<ShownAlias> result;
  for (const ShownAlias& shown : aliases) {
    ShownAlias* const last = result.empty() ? nullptr : &result.back();
    const bool continues =
        last != nullptr && last->alias->name() == shown.alias->name() &&
        last->alias->target() == shown.alias->target() &&
        last->range.first - last->target.first == shown.range.first - shown.target.first &&
        (last->range.overlaps(shown.range) || (last->range.ends_right_before(shown.range) && shown.target.first != 0));
    if (!continues) {
      result.push_back(shown);
    } else if (shown.range.last > last->range.last) {
      last->range.last = shown.range.last;
      last->target.last = shown.target.last;
    }
  }
  return result;
}

class Drawing {
 public:
  explicit Drawing(const AddressSpace& space) : space_(space), bands_(lay_out(space.view())) {
    AliasSearch search(space.view());
    if (space.root() != nullptr) search.search(*space.root(), AddressRange::whole(), 0);
    aliases_ = joined(std::move(search.found));
  }

  std::string finish() && {
    draw_bands();
    draw_aliases();
    draw_legend();
    const double height = std::max(bands_.back().bottom(), lowest_) + 30;
    const double width = aliases_.empty() ? std::max(kColumnRight + 40, 760.0) : target_left() + kTargetWidth + 20;
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} "
        "{1:.0f}\" "
        "font-family=\"DejaVu Sans, Helvetica, Arial, sans-serif\" font-size=\"12\">\n"
        "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" "
        "orient=\"auto\"><path d=\"M0,0 L8,4 L0,8 z\" fill=\"#555\"/></marker></defs>\n"
        "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
        "<text x=\"20\" y=\"32\" font-size=\"20\" font-weight=\"bold\">{2}</text>\n{3}</svg>\n",
        width, height, escaped(space_.name()), body_);
  }

 private:
  template <typename... Arguments>
  void draw(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    body_ += fmt::format(format, std::forward<Arguments>(arguments)...);
    body_ += '\n';
  }

  void draw_bands() {
    for (const Band& band : bands_) {
      if (band.flat != nullptr)
        draw_range(band);
      else
        draw_hole(band);
    }
  }

  void draw_range(const Band& band) {
    const FlatRange& range = *band.flat;
    const double middle = band.top + band.height / 2 + 4;
    draw("<g><title>{} {:#x}-{:#x}&#10;{}, {}{}, from offset {:#x} of the region</title>",
         escaped(range.region->name()), range.range.first, range.range.last, json_kind(range), size_text(range.range),
         range.readonly ? ", read-only" : "", range.offset);
    draw(
        "<rect x=\"{}\" y=\"{:.1f}\" width=\"{}\" height=\"{:.1f}\" fill=\"{}\" stroke=\"#333\" stroke-width=\"0.8\"/>",
        kColumnLeft, band.top, kColumnWidth, band.height, colour_of(json_kind(range)));
    std::string label = shortened(range.region->name(), 28);
    if (range.offset != 0 && label.size() < 22) label += fmt::format(" +{:x}", range.offset);
    draw("<text x=\"{}\" y=\"{:.1f}\">{}</text>", kColumnLeft + 8, middle, escaped(shortened(label, 32)));
    draw("<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\" fill=\"#444\" font-size=\"10\">{}</text></g>",
         kColumnRight - 6, middle, size_text(range.range));
    draw(
        "<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\" font-family=\"DejaVu Sans Mono, monospace\" "
        "font-size=\"11\">{}"
        "</text>",
        kColumnLeft - 8, band.top + 12, address_text(range.range.first));
    const bool show_last = &band == &bands_.back() || (&band)[1].flat == nullptr;
    if (show_last && band.height > 30)
      draw(
          "<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\" font-family=\"DejaVu Sans Mono, monospace\" font-size=\"9\" "
          "fill=\"#777\">{}</text>",
          kColumnLeft - 8, band.bottom() - 3, address_text(range.range.last));
  }

  /// The column is torn apart.
  void draw_hole(const Band& band) {
    for (const double y : {band.top + 6, band.bottom() - 6}) {
      std::string path;
      for (int i = 0; i <= 18; ++i)
        path += fmt::format("{}{:.1f},{:.1f} ", i == 0 ? "M" : "L", kColumnLeft + i * kColumnWidth / 18,
                            y + (i % 2 ? 3 : -3));
      draw("<path d=\"{}\" fill=\"none\" stroke=\"#aaa\" stroke-width=\"0.8\"/>", path);
    }
    draw("<rect x=\"{}\" y=\"{:.1f}\" width=\"96\" height=\"12\" fill=\"#fff\"/>", kColumnLeft + kColumnWidth / 2 - 48,
         band.top + band.height / 2 - 6);
    draw("<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"middle\" font-size=\"9\" fill=\"#888\">{} unused</text>",
         kColumnLeft + kColumnWidth / 2, band.top + band.height / 2 + 3, size_text(band.range));
  }

  /// Where an address is on the page: within its band in proportion.
  double height_of(Address address) const {
    const auto band =
        std::find_if(bands_.begin(), bands_.end(), [&](const Band& b) { return b.range.contains(address); });
    if (band == bands_.end()) return bands_.back().bottom();
    const double part = static_cast<double>(address - band->range.first) /
                        (static_cast<double>(band->range.last - band->range.first) + 1);
    return band->top + part * band->height;
  }

  double target_left() const { return kColumnRight + 90 + kLaneWidth * static_cast<double>(lanes_); }

  void draw_aliases() {
    if (aliases_.empty()) return;
    // The smallest brackets next to the column, larger ones around them.
    std::stable_sort(aliases_.begin(), aliases_.end(), [](const ShownAlias& a, const ShownAlias& b) {
      return a.range.last - a.range.first < b.range.last - b.range.first;
    });
    std::vector<std::size_t> lane_of;
    std::vector<std::vector<AddressRange>> lanes;
    for (const ShownAlias& shown : aliases_) {
      std::size_t lane = 0;
      for (; lane < lanes.size(); ++lane) {
        const auto overlaps = [&](const AddressRange& other) { return other.overlaps(shown.range); };
        if (std::none_of(lanes[lane].begin(), lanes[lane].end(), overlaps)) break;
      }
      if (lane == lanes.size()) lanes.emplace_back();
      lanes[lane].push_back(shown.range);
      lane_of.push_back(lane);
    }
    lanes_ = lanes.size();
    draw_arrows(lane_of);
  }

  struct Arrow {
    const ShownAlias* shown;
    std::size_t lane;
    double top;
    double bottom;
  };

  void draw_arrows(const std::vector<std::size_t>& lane_of) {
    std::vector<Arrow> arrows;
    for (std::size_t i = 0; i < aliases_.size(); ++i)
      arrows.push_back({&aliases_[i], lane_of[i], height_of(aliases_[i].range.first) + 1,
                        std::max(height_of(aliases_[i].range.last) - 1, height_of(aliases_[i].range.first) + 5)});
    std::sort(arrows.begin(), arrows.end(),
              [](const Arrow& a, const Arrow& b) { return a.top + a.bottom < b.top + b.bottom; });
    double y = kTop;
    for (const Arrow& arrow : arrows) {
      const double x = kColumnRight + 6 + kLaneWidth * static_cast<double>(arrow.lane);
      const double middle = (arrow.top + arrow.bottom) / 2;
      y = std::max(y, middle - kTargetHeight / 2);
      draw("<path d=\"M{:.1f},{:.1f} h6 V{:.1f} h-6\" fill=\"none\" stroke=\"#555\"/>", x, arrow.top, arrow.bottom);
      draw(
          "<path d=\"M{:.1f},{:.1f} C{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}\" fill=\"none\" stroke=\"#555\" "
          "marker-end=\"url(#tip)\"/>",
          x + 6, middle, x + 50, middle, target_left() - 50, y + kTargetHeight / 2, target_left(),
          y + kTargetHeight / 2);
      draw_target(*arrow.shown, y);
      y += kTargetHeight + 6;
    }
    lowest_ = y;
  }

  void draw_target(const ShownAlias& shown, double y) {
    const MemoryRegion& target = *shown.alias->target();
    const std::string_view kind = json_kind(target);
    draw("<g><title>alias {} at {:#x}-{:#x}&#10;shows {:#x}-{:#x} of {}</title>", escaped(shown.alias->name()),
         shown.range.first, shown.range.last, shown.target.first, shown.target.last, escaped(target.name()));
    draw(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{}\" height=\"{}\" rx=\"5\" fill=\"{}\" stroke=\"#333\" "
        "stroke-width=\"0.8\"{}/>",
        target_left(), y, kTargetWidth, kTargetHeight, colour_of(kind),
        kind == "container" || kind == "alias" ? " stroke-dasharray=\"4 2\"" : "");
    draw("<text x=\"{:.1f}\" y=\"{:.1f}\">{}{}</text>", target_left() + 8, y + 15,
         escaped(shortened(target.name(), 36)), shown.alias->readonly() ? " (read-only)" : "");
    draw("<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"10\" fill=\"#444\">{:x} - {:x}, by {}</text></g>",
         target_left() + 8, y + 29, shown.target.first, shown.target.last, escaped(shortened(shown.alias->name(), 24)));
  }

  void draw_legend() {
    std::set<std::string_view> used;
    for (const Band& band : bands_) {
      if (band.flat != nullptr) used.insert(json_kind(*band.flat));
    }
    double x = 20;
    for (const KindColour& colour : kColours) {
      if (used.count(colour.kind) == 0) continue;
      draw("<rect x=\"{:.0f}\" y=\"48\" width=\"16\" height=\"12\" fill=\"{}\" stroke=\"#333\" stroke-width=\"0.8\"/>",
           x, colour.fill);
      draw("<text x=\"{:.0f}\" y=\"58\" font-size=\"11\">{}</text>", x + 22, colour.meaning);
      x += 50 + 6.3 * static_cast<double>(colour.meaning.size());
    }
    draw(
        "<text x=\"20\" y=\"80\" font-size=\"11\" fill=\"#666\">Lowest address at the top. Heights grow with the "
        "logarithm of sizes; torn places are unused.{}</text>",
        aliases_.empty() ? "" : " Brackets are aliases, their arrows lead to what they show.");
  }

  const AddressSpace& space_;
  std::vector<Band> bands_;
  std::vector<ShownAlias> aliases_;
  std::size_t lanes_ = 0;
  double lowest_ = 0;
  std::string body_;
};

}  // namespace

std::string space_svg(const AddressSpace& space) { return Drawing(space).finish(); }

}  // namespace sc_memory
