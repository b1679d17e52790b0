// A picture of an address space: what initiators see as one column of coloured ranges, lowest address at the top, and
// the aliases through which it came as brackets with arrows to what they show.
#pragma once

#include <string>

namespace sc_memory {

class AddressSpace;

/// A complete SVG document. Heights grow with the logarithm of sizes, so that a register block and a gigabyte fit on
/// one page; holes are breaks of the column. Hovering over a range shows everything that is known of it.
std::string space_svg(const AddressSpace& space);

}  // namespace sc_memory
