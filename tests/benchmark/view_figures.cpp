// The memory that a published view takes.
#include <malloc.h>
#include <optional>

#include "tests/benchmark/groups.h"
#include "tests/benchmark/leaf_map.h"

namespace sc_memory::bench {

namespace {

std::size_t allocated_bytes() {
  const struct mallinfo2 now = mallinfo2();
  return now.uordblks + now.hblkhd;
}

/// By what a space takes that comes to look at a map: all that it keeps for its view counts.
void measure_view(Record& record) {
  Leaves leaves(record.limited(65536));
  Container system("system");
  {
    MapTransaction change;
    leaves.add_to(system);
  }
  std::optional<AddressSpace> space;
  const std::size_t before = allocated_bytes();
  space.emplace("memory", system);
  const std::size_t after = allocated_bytes();
  record.add("view_bytes_per_range", static_cast<double>(after - before) / static_cast<double>(leaves.count()));
}

}  // namespace

std::vector<Group> view_groups() { return {{{{"view_bytes_per_range", "bytes", "<= 64"}}, measure_view}}; }

}  // namespace sc_memory::bench
