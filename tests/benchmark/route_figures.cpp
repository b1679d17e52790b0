// What the router costs a 4-byte read of an I/O target, for maps of different sizes and orders of access.
#include <fmt/format.h>

#include "tests/benchmark/groups.h"
#include "tests/benchmark/paired_cases.h"

namespace sc_memory::bench {

namespace {

std::string figure_name(const char* pattern, std::size_t count) {
  return fmt::format("route_{}_{}_over_direct", pattern, count);
}

void measure_routes(Record& record, const std::vector<Figure>& figures, std::size_t count) {
  Interconnect bench(record.limited(count));
  const std::map<std::string, Pattern> patterns = {{figure_name("same", count), same_target(bench)},
                                                   {figure_name("random", count), random_targets(bench)},
                                                   {figure_name("locality", count), mixed_locality(bench)}};
  std::vector<Case> cases;
  for (const Figure& figure : figures) {
    if (record.wants(figure.name))
      add_pair(cases, figure.name, bench, patterns.at(figure.name), sizeof(std::uint32_t), kBlockingTransport);
  }
  const auto times = measure(cases, record.effort());
  for (const Figure& figure : figures) {
    if (record.wants(figure.name)) record.add(figure.name, ratio_of(times, figure.name));
  }
}

Group route_group(std::size_t count, const std::vector<Figure>& figures) {
  return {figures, [=](Record& record) { measure_routes(record, figures, count); }};
}

Group route_group(std::size_t count, const char* random_target, const char* locality_target) {
  return route_group(count, {{figure_name("same", count), "ratio", "<= 1.6"},
                             {figure_name("random", count), "ratio", random_target},
                             {figure_name("locality", count), "ratio", locality_target}});
}

}  // namespace

std::vector<Group> route_groups() {
  // Of a single target there is only one order.
  return {route_group(1, {{figure_name("same", 1), "ratio", "<= 1.6"}}), route_group(16, "<= 2.0", ""),
          route_group(1024, "<= 2.0", "<= 2.0"), route_group(65536, "<= 2.5", "")};
}

}  // namespace sc_memory::bench
