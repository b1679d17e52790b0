// Bringing an existing machine's map along: the text of QEMU's `info mtree` as live regions and spaces.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/mtree_parser.h"

namespace sc_memory {

/// The regions and spaces of an imported map. Move-only; the spaces go before the regions.
struct ImportedMap {
  /// Those with memory have it, zeroed. Devices read as 0 and drop writes.
  std::vector<std::unique_ptr<MemoryRegion>> regions;
  /// In the order of the text; spaces that the text lists together have the same root.
  std::vector<std::unique_ptr<AddressSpace>> spaces;

  ImportedMap() = default;
  ImportedMap(ImportedMap&&) = default;
  ImportedMap& operator=(ImportedMap&& other) noexcept;
  ~ImportedMap() { clear(); }
  void clear() noexcept;
};

/// Builds what the text describes. A region that several sections print is one region. Throws MtreeError for text that
/// is malformed or describes no map: the line, and what was expected there.
///
/// The text leaves some things open, which are decided as QEMU's own machines have them:
/// - Containers are `i/o` too. An `i/o` region with children is a container and one without is a device, except for
///   those whose names are known to be otherwise, and those too large to be a device's registers.
/// - Of siblings of equal priority that overlap, the text tells who hides whom only where they begin at the same
///   address; elsewhere, the one that begins later hides the other.
/// - Read-only aliases look like others. Those known by name are read-only.
/// - A space whose root is printed at an address of its own, because the root also lies in another tree, shows it at
///   that address: the space's root is then a container of the root's name.
ImportedMap import_mtree(std::string_view text);

}  // namespace sc_memory
