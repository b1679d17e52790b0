// A line is looked at from both ends: ranges and priority on the left, marks on the right; what remains is the name,
// which may hold anything.
#include "sc_memory/map/mtree_parser.h"

#include <charconv>
#include <fmt/format.h>

namespace sc_memory {

MtreeError::MtreeError(std::size_t line, const std::string& what)
    : std::runtime_error(line == 0 ? what : fmt::format("line {}: {}", line, what)), line_(line) {}

namespace {

constexpr std::size_t kMaxNodes = 50'000;
constexpr std::size_t kMaxDepth = 128;
constexpr std::size_t kIndent = 2;  ///< Of a section's first line.
constexpr std::string_view kOverflowMark = "[DETECTED OVERFLOW!] ";

bool starts_with(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }
bool ends_with(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

/// For messages: printable, and not endless.
std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::string shown;
  for (const char c : text.substr(0, kLongest)) shown += c >= ' ' && c <= '~' ? c : '?';
  return fmt::format("'{}{}'", shown, text.size() > kLongest ? "..." : "");
}

/// Takes a line apart from the left.
class LineReader {
 public:
  LineReader(std::string_view text, std::size_t line) : whole_(text), rest_(text), line_(line) {}

  [[noreturn]] void fail(const std::string& expected) const {
    throw MtreeError(line_, fmt::format("expected {}, found {}", expected,
                                        rest_.empty() ? "the end of the line" : in_quotes(rest_)));
  }

  bool accept(std::string_view text) {
    if (!starts_with(rest_, text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  void expect(std::string_view text) {
    if (!accept(text)) fail(fmt::format("'{}'", text));
  }

  std::size_t skip_spaces() {
    const std::size_t count = std::min(rest_.find_first_not_of(' '), rest_.size());
    rest_.remove_prefix(count);
    return count;
  }

  Address address() {
    Address value = 0;
    const char* const end = rest_.data() + std::min<std::size_t>(rest_.size(), 16);
    const auto [after, error] = std::from_chars(rest_.data(), end, value, 16);
    if (error != std::errc() || rest_.front() == '-') fail("an address of up to 16 hexadecimal digits");
    rest_.remove_prefix(static_cast<std::size_t>(after - rest_.data()));
    return value;
  }

  int number() {
    int value = 0;
    const auto [after, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc()) fail("a priority from -2147483648 to 2147483647");
    rest_.remove_prefix(static_cast<std::size_t>(after - rest_.data()));
    return value;
  }

  /// Cuts a mark off the right end.
  bool accept_at_end(std::string_view mark) {
    if (!ends_with(rest_, mark)) return false;
    rest_.remove_suffix(mark.size());
    return true;
  }

  std::string_view rest() const { return rest_; }
  void set_rest(std::string_view rest) { rest_ = rest; }

 private:
  std::string_view whole_;
  std::string_view rest_;
  std::size_t line_;
};

struct KindWord {
  std::string_view word;
  MtreeKind kind;
};

/// The words of all versions. The early ones say only how an access is let through.
constexpr KindWord kKindWords[] = {
    {"i/o", MtreeKind::io},   {"ram", MtreeKind::ram},
    {"rom", MtreeKind::rom},  {"romd", MtreeKind::rom_device},
    {"ramd", MtreeKind::ram}, {"container", MtreeKind::container},
    {"iommu", MtreeKind::io}, {"reservation", MtreeKind::reservation},
    {"RW", MtreeKind::io},    {"R-", MtreeKind::rom},
    {"-W", MtreeKind::io},    {"--", MtreeKind::io},
};

MtreeKind read_kind(LineReader& line) {
  line.accept("nv-");
  const std::string_view word = line.rest().substr(0, line.rest().find(')'));
  for (const KindWord& known : kKindWords) {
    if (word == known.word) {
      line.accept(word);
      return known.kind;
    }
  }
  line.fail("what the region is: i/o, ram, rom, romd, ramd, container or reservation");
}

/// The size of what reaches from `first` to `last`. Only a line that says so may run over the top.
std::uint64_t read_size(LineReader& line, Address first, Address last, bool overflow) {
  if (last < first && !overflow) line.fail(fmt::format("a range that ends at or after {:#x}", first));
  const std::uint64_t size = last - first + 1;
  return size == 0 ? kWholeSpace : size;
}

void read_alias(LineReader& line, MtreeNode& node, bool overflow) {
  const std::string_view rest = line.rest();
  const std::size_t space = rest.rfind(' ');
  const std::string_view names = rest.substr(0, space);
  const std::size_t at = names.find(" @");
  if (space == std::string_view::npos || at == std::string_view::npos || at == 0)
    line.fail("the rest of an alias, NAME @TARGET FIRST-LAST");
  line.set_rest(rest.substr(space + 1));
  node.alias_offset = line.address();
  line.expect("-");
  const Address last = line.address();
  // The part of the target may run over its own end, and over the top.
  const std::uint64_t size = last - node.alias_offset + 1;
  const bool same_size = size == node.size || (size == 0 && node.size == kWholeSpace) || node.size == 0 || overflow;
  if (!same_size) line.fail(fmt::format("a part of the target as long as the alias, {:#x} bytes", node.size));
  if (!line.rest().empty()) line.fail("the end of the line");
  node.is_alias = true;
  node.alias_text = names;
  node.name = names.substr(0, at);
}

/// Marks that follow the name, whichever of them a version prints.
void read_marks(LineReader& line, MtreeNode& node) {
  for (const std::string_view mark : {" owner:{", " parent:{"}) {
    const std::size_t found = line.rest().find(mark);
    if (found != std::string_view::npos) line.set_rest(line.rest().substr(0, found));
  }
  if (line.accept_at_end(" [disabled]")) node.enabled = false;
  if (line.accept_at_end(" [empty]")) node.size = 0;
}

/// "[indent]FIRST-LAST (prio N, KIND): NAME" and what may follow.
MtreeNode read_region(LineReader& line, std::size_t number, bool overflow) {
  MtreeNode node;
  node.line = number;
  node.first = line.address();
  line.expect("-");
  const Address last = line.address();
  node.size = read_size(line, node.first, last, overflow);
  line.expect(" (prio ");
  node.priority = line.number();
  line.expect(", ");
  node.kind = read_kind(line);
  line.expect("): ");
  read_marks(line, node);
  if (line.accept("alias "))
    read_alias(line, node, overflow);
  else if (line.rest().empty())
    line.fail("the name of the region");
  else
    node.name = line.rest();
  return node;
}

class Parser {
 public:
  MtreeText parse(std::string_view text) {
    std::size_t number = 0;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (ends_with(line, "\r")) line.remove_suffix(1);
      read_line(line, ++number);
    }
    finish_section();
    if (result_.sections.empty())
      throw MtreeError(0, "expected the text of QEMU's 'info mtree', found no address space in it");
    disable_what_lies_deep();
    return std::move(result_);
  }

 private:
  void read_line(std::string_view text, std::size_t number) {
    if (skip_monitor(text)) return;
    if (starts_with(text, "FlatView #")) in_flat_views_ = true;
    if (text.find_first_not_of(' ') == std::string_view::npos) return;
    if (starts_with(text, "address-space: ")) return begin_section(text.substr(15), true, number);
    if (starts_with(text, "memory-region: ")) return begin_section(text.substr(15), false, number);
    if (in_flat_views_) return;
    if (read_early_header(text, number)) return;
    read_node(text, number);
  }

  /// What a monitor prints around its answers. Cuts a prompt off the line.
  static bool skip_monitor(std::string_view& text) {
    if (starts_with(text, "QEMU ") && text.find(" monitor - ") != std::string_view::npos) return true;
    if (!starts_with(text, "(qemu)")) return false;
    text.remove_prefix(6);
    if (starts_with(text, " ")) text.remove_prefix(1);
    return text.empty() || starts_with(text, "info mtree") || text == "quit" || text == "q";
  }

  void begin_section(std::string_view name, bool is_space, std::size_t number) {
    in_flat_views_ = false;
    if (name.empty()) throw MtreeError(number, "expected a name, found the end of the line");
    MtreeSection* const last = result_.sections.empty() ? nullptr : &result_.sections.back();
    if (is_space && !early_ && last != nullptr && last->is_space && !last->root &&
        last->line + last->names.size() == number) {
      last->names.emplace_back(name);
      return;
    }
    finish_section();
    result_.sections.push_back({number, is_space, {std::string(name)}, std::nullopt});
    open_.clear();
  }

  /// QEMU before 1.6 has the bare name of a space before its tree, and 'aliases' before the regions that are aliased.
  bool read_early_header(std::string_view text, std::size_t number) {
    if (result_.sections.empty()) early_ = text.find("(prio ") == std::string_view::npos && text.front() != ' ';
    if (!early_ || text.front() == ' ' || text.find("(prio ") != std::string_view::npos) return false;
    if (text == "aliases") {
      early_aliases_ = true;
      return true;
    }
    begin_section(text, !early_aliases_, number);
    return true;
  }

  void finish_section() {
    if (result_.sections.empty()) return;
    const MtreeSection& section = result_.sections.back();
    if (!section.root && (!section.is_space || early_))
      throw MtreeError(section.line + 1, fmt::format("expected the region of {}, FIRST-LAST (prio N, KIND): NAME",
                                                     in_quotes(section.names.back())));
  }

  void read_node(std::string_view text, std::size_t number) {
    LineReader line(text, number);
    const bool overflow = line.accept(kOverflowMark);
    const std::size_t indent = line.skip_spaces();
    if (result_.sections.empty()) line.fail("'address-space: NAME'");
    MtreeNode node = read_region(line, number, overflow);
    if (result_.nodes.size() == kMaxNodes) throw MtreeError(number, fmt::format("more than {} regions", kMaxNodes));
    place(std::move(node), indent);
  }

  struct Open {
    std::size_t indent;
    std::size_t node;
  };

  /// The deeper a line is indented, the deeper it lies in the tree.
  void place(MtreeNode node, std::size_t indent) {
    while (!open_.empty() && open_.back().indent > indent) open_.pop_back();
    if (!open_.empty() && open_.back().indent == indent) open_.pop_back();
    MtreeSection& section = result_.sections.back();
    if (open_.empty() && !section.root && indent > kIndent) place(disabled_root(section, node), kIndent);
    const std::size_t index = result_.nodes.size();
    if (open_.empty() && section.root)
      throw MtreeError(node.line, fmt::format("expected a region inside {}, indented deeper than it, or a new section",
                                              in_quotes(result_.nodes[*section.root].name)));
    if (open_.size() == kMaxDepth) throw MtreeError(node.line, fmt::format("regions nested deeper than {}", kMaxDepth));
    if (open_.empty()) {
      section.root = index;
    } else {
      MtreeNode& parent = result_.nodes[open_.back().node];
      if (parent.is_alias)
        throw MtreeError(node.line, fmt::format("expected no region inside the alias {}", in_quotes(parent.name)));
      parent.children.push_back(index);
      node.parent = open_.back().node;
    }
    node.indent = indent;
    open_.push_back({indent, index});
    result_.nodes.push_back(std::move(node));
  }

  /// Stands for a section's first line that was not printed.
  static MtreeNode disabled_root(const MtreeSection& section, const MtreeNode& child) {
    MtreeNode root;
    root.line = child.line;
    root.name = section.is_space ? "(disabled)" : section.names.front();
    root.kind = MtreeKind::container;
    root.size = kWholeSpace;
    root.enabled = false;
    return root;
  }

  /// Regions that are indented by more than others are below one that was not printed.
  void disable_what_lies_deep() {
    const auto step_of = [this](const MtreeNode& node) { return node.indent - result_.nodes[*node.parent].indent; };
    std::size_t step = std::string_view::npos;
    for (const MtreeNode& node : result_.nodes) {
      if (node.parent) step = std::min(step, step_of(node));
    }
    for (MtreeNode& node : result_.nodes) {
      if (node.parent && step_of(node) > step) node.enabled = false;
    }
  }

  MtreeText result_;
  std::vector<Open> open_;
  bool in_flat_views_ = false;
  bool early_ = false;
  bool early_aliases_ = false;
};

}  // namespace

MtreeText parse_mtree(std::string_view text) { return Parser().parse(text); }

}  // namespace sc_memory
