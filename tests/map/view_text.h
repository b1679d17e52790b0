// A view in one short line, for tests: "0-1fff C, 2000-2fff D@10 ro".
#pragma once

#include <fmt/format.h>
#include <string>

#include "sc_memory/map/address_space.h"

namespace sc_memory::testing {

inline std::string short_text(const FlatView& view) {
  std::string text;
  for (const FlatRange& range : view.ranges()) {
    text += fmt::format("{}{:x}-{:x} {}", text.empty() ? "" : ", ", range.range.first, range.range.last,
                        range.region->name());
    if (range.offset != 0) text += fmt::format("@{:x}", range.offset);
    if (range.readonly) text += " ro";
  }
  return text;
}

inline std::string short_text(const AddressSpace& space) { return short_text(space.view()); }

}  // namespace sc_memory::testing
