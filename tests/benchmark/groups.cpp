// The order of the report.
#include "tests/benchmark/groups.h"

#include <iterator>

namespace sc_memory::bench {

std::vector<Group> all_groups() {
  std::vector<Group> all;
  for (const auto& groups :
       {route_groups, memory_groups, other_call_groups, dmi_cache_groups, change_groups, alias_groups, build_groups,
        iommu_groups, invalidate_groups, granting_groups, nonblocking_groups, arbitration_groups, reader_groups,
        view_groups, main_job_groups, hart_groups, analysis_groups}) {
    std::vector<Group> some = groups();
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace sc_memory::bench
