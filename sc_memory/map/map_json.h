// The map as JSON, for programs.
//
// The flat views:
//
//     {"address_spaces":[{"name":N,"root":N,"flat":[
//       {"first":"0x...","last":"0x...","region":N,"offset":"0x...","kind":"ram|rom|romd|io|iommu|reservation",
//        "readonly":bool}]}]}
//
// The trees: "address_spaces" with "name" and "tree", and "regions", the trees of what aliases show, each with the
// members "id", "name", "kind" (also "container" and "alias"), "address", "size", "priority", "enabled", "readonly";
// an alias has "target" (an id) and "target_offset", everything else "children". A region printed before is only
// {"id":N} again. All numbers that are addresses or sizes are strings of hexadecimal digits, as JSON's own numbers do
// not hold 64 bits; a size of 2^64 is "0x10000000000000000".
#pragma once

#include <string>
#include <vector>

namespace sc_memory {

class AddressSpace;
class MemoryRegion;
struct FlatRange;

/// The published views of these spaces, in their order.
std::string flat_json(const std::vector<const AddressSpace*>& spaces);
/// The trees of these spaces.
std::string tree_json(const std::vector<const AddressSpace*>& spaces);

/// The words above.
const char* json_kind(const MemoryRegion& region);
const char* json_kind(const FlatRange& range);

}  // namespace sc_memory
