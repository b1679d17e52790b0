// Reading the text of QEMU's `info mtree` as text: which sections there are and what each line says. mtree_import.h
// makes live regions of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "sc_memory/map/address_range.h"

namespace sc_memory {

/// "line 12: expected ..., found '...'".
class MtreeError : public std::runtime_error {
 public:
  MtreeError(std::size_t line, const std::string& what);
  /// Counted from 1; 0 when the text as a whole is meant.
  std::size_t line() const { return line_; }

 private:
  std::size_t line_;
};

/// What a line says its region is. `io` stands for containers and IOMMU regions too: QEMU has one word for all.
enum class MtreeKind : std::uint8_t { io, ram, rom, rom_device, container, reservation };

/// One line of a tree. Nodes are numbered in the order of the text.
struct MtreeNode {
  std::size_t line = 0;
  std::string name;
  MtreeKind kind = MtreeKind::io;
  Address first = 0;       ///< As printed: in the addresses of its section.
  std::uint64_t size = 0;  ///< kWholeSpace is 2^64.
  int priority = 0;
  bool enabled = true;
  std::size_t indent = 0;
  bool is_alias = false;
  Address alias_offset = 0;
  std::string alias_text;  ///< Of an alias: "NAME @TARGET". Where the two part is not always plain.
  std::optional<std::size_t> parent;
  std::vector<std::size_t> children;
};

/// A tree with the names of the address spaces that show it, or the region that it is.
struct MtreeSection {
  std::size_t line = 0;
  bool is_space = false;
  std::vector<std::string> names;
  std::optional<std::size_t> root;
};

struct MtreeText {
  std::vector<MtreeNode> nodes;
  std::vector<MtreeSection> sections;
};

/// A region that is disabled is not printed unless asked for (`info mtree -D`), but what it holds is: deeper than
/// anything printed above it. Such regions are disabled here, and a disabled container stands for a section's first
/// line that is missing.
///
/// Understands QEMU from its first releases on, with and without owners, carriage returns, monitor prompts. Flat views
/// that follow the tree are skipped. Throws MtreeError for any line that is none of what `info mtree` prints.
MtreeText parse_mtree(std::string_view text);

}  // namespace sc_memory
