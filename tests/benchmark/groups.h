// All groups of figures, each from the file that measures it.
#pragma once

#include <vector>

#include "tests/benchmark/figure.h"

namespace sc_memory::bench {

std::vector<Group> route_groups();
std::vector<Group> memory_groups();
std::vector<Group> other_call_groups();
std::vector<Group> dmi_cache_groups();
std::vector<Group> change_groups();
std::vector<Group> alias_groups();
std::vector<Group> build_groups();
std::vector<Group> iommu_groups();
std::vector<Group> invalidate_groups();
std::vector<Group> granting_groups();
std::vector<Group> nonblocking_groups();
std::vector<Group> arbitration_groups();
std::vector<Group> reader_groups();
std::vector<Group> view_groups();
std::vector<Group> main_job_groups();
std::vector<Group> hart_groups();
std::vector<Group> analysis_groups();

/// In the order of the report.
std::vector<Group> all_groups();

}  // namespace sc_memory::bench
