// The map as text, in the format of QEMU's `info mtree` and `info mtree -f`, which people and scripts already read.
//
// Where this library means something else than QEMU, the text says what this library does:
// - A space shows its root's first byte at address 0, and so prints it, wherever else the root lies in another tree. A
//   `memory-region:` section prints its region where it lies in its parent.
// - A read-only view of memory is `rom`; one of a device stays `i/o` (or `romd`): its reads still reach the device.
// - A region of size 0 has no last byte: its line ends in `[empty]`.
// - An alias whose target was destroyed names the target `(none)`.
// Containers, reservations and IOMMU regions are `i/o`, as in QEMU; map_json.h tells kinds apart. The priority of a
// flat range is its region's own, and so says nothing about why the region won.
#pragma once

#include <string>
#include <vector>

namespace sc_memory {

class AddressSpace;
class MemoryRegion;
struct FlatRange;

/// The trees of these spaces and, as `memory-region:` sections, of everything that aliases in them show. Spaces that
/// share a root are one section, their names sorted; sections are in the order of `spaces`; alias targets follow in the
/// order in which they are first mentioned. Siblings are sorted by address, then by priority, highest first, then by
/// who hides whom.
std::string tree_text(const std::vector<const AddressSpace*>& spaces);
std::string tree_text(const AddressSpace& space);

/// The published views of these spaces, in their order. Spaces that show the same region are one view, as long as no
/// transaction is open.
std::string flat_text(const std::vector<const AddressSpace*>& spaces);
std::string flat_text(const AddressSpace& space);

/// Every address space of the process, in the order of their creation.
std::vector<const AddressSpace*> all_spaces();
/// tree_text and flat_text of all of them.
std::string mtree_text();
std::string mtree_flat_text();

/// The word for what a region is: ram, rom, romd or i/o. An alias is what it shows.
const char* mtree_kind(const MemoryRegion& region);
/// The same for a part of a view.
const char* mtree_kind(const FlatRange& range);

/// The region that a view of `root` is really of: whole aliases and containers that hold nothing else are looked
/// through. Null if nothing is there.
const MemoryRegion* view_root(const MemoryRegion* root);

/// In the order of their addresses, then by priority, highest first, then by who hides whom. Empty for an alias.
std::vector<const MemoryRegion*> children_by_address(const MemoryRegion& region);

}  // namespace sc_memory
