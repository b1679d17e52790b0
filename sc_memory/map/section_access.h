// Serving an access once it is known which range of the view it reaches: the one place that knows what each kind of
// service does.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sc_memory/map/access.h"
#include "sc_memory/map/flat_view.h"

namespace sc_memory {

/// Transfers `length` bytes that lie within `range` as a whole; `offset` is relative to range.region. Devices get
/// accesses of sizes that they take. Unread bytes are 0. The map may change meanwhile: `range` is not looked at after a
/// device was called.
AccessResult read_section(const FlatRange& range, Address offset, std::uint8_t* data, std::size_t length,
                          const Attributes& attributes);
AccessResult write_section(const FlatRange& range, Address offset, const std::uint8_t* data, std::size_t length,
                           const Attributes& attributes);

/// The same as one access: a device that does not take this size or alignment rejects it.
AccessResult read_section_whole(const FlatRange& range, Address offset, std::uint8_t* data, std::size_t length,
                                const Attributes& attributes);
AccessResult write_section_whole(const FlatRange& range, Address offset, const std::uint8_t* data, std::size_t length,
                                 const Attributes& attributes);

}  // namespace sc_memory
