// Mapping and unmapping pages of an IOMMU's domain, and changes of the map behind it.
#include <vector>

#include "sc_memory/map/iommu_region.h"

#include "tests/benchmark/dmi_holder.h"
#include "tests/benchmark/groups.h"
#include "tests/benchmark/leaf_map.h"
#include "tests/benchmark/measure.h"

namespace sc_memory::bench {

namespace {

constexpr std::uint64_t kPage = 4_KiB;

/// An IOMMU with a table of one level, of which every page leads somewhere into one memory.
class Domain final : public Translator {
 public:
  Domain(std::size_t pages, AddressSpace& memory, std::uint64_t memory_bytes)
      : memory_(memory), memory_pages_(memory_bytes / kPage), mapped_(pages, true) {}

  Translation translate(Address offset, Direction, unsigned, const Attributes&) override {
    const std::size_t page = offset / kPage;
    return mapped_[page] ? translation_of(page) : Translation::fault(offset, kPage);
  }

  void unmap(IommuRegion& region, std::size_t page) {
    mapped_[page] = false;
    region.notify_unmapped({page * kPage, page * kPage + (kPage - 1)});
  }
  void map(IommuRegion& region, std::size_t page) {
    mapped_[page] = true;
    region.notify_mapped(translation_of(page));
  }

 private:
  Translation translation_of(std::size_t page) const {
    return Translation::page(page * kPage, kPage, memory_, (page % memory_pages_) * kPage, true, true);
  }

  AddressSpace& memory_;
  std::size_t memory_pages_;
  std::vector<bool> mapped_;
};

/// A device's side of the IOMMU, with a device that holds pointers to pages which stay mapped.
class Translated {
 public:
  static constexpr std::size_t kHeldPages = 64;

  explicit Translated(std::size_t pages, std::size_t held = kHeldPages)
      : pages_(pages), held_(held), domain_(pages, memory_, kMemoryBytes) {
    bus_.initiator("device", device_space_).bind(device_.socket);
    system_.add(0, ram_);
    system_.add(kMemoryBytes, elsewhere_);
  }

  /// Once the platform is elaborated.
  void hold() {
    for (std::size_t i = 0; i < held_; ++i) device_.ask(i * kPage);
  }

  void unmap_and_map() {
    const std::size_t page = held_ + scatter_.below(pages_ - held_);
    domain_.unmap(region_, page);
    domain_.map(region_, page);
  }

  /// Changes 4 KiB of the map behind, to which no page leads.
  void change_elsewhere() {
    elsewhere_.set_enabled(false);
    elsewhere_.set_enabled(true);
  }

 private:
  static constexpr std::uint64_t kMemoryBytes = 64_MiB;

  std::size_t pages_;
  std::size_t held_;
  Container system_{"system"};
  RamRegion ram_{"ram", kMemoryBytes};
  RamRegion elsewhere_{"elsewhere", kPage};
  AddressSpace memory_{"memory", system_};
  Domain domain_;
  IommuRegion region_{"domain", pages_* kPage, domain_};
  AddressSpace device_space_{"device", region_};
  Router bus_{sc_core::sc_gen_unique_name("bus")};
  DmiHolder device_{sc_core::sc_gen_unique_name("device")};
  Scatter scatter_;
};

void measure_iommu(Record& record) {
  Translated translated(record.limited(1000000));
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  translated.hold();
  const auto times = measure({{"unmap_and_map",
                               [&](benchmark::State& state) {
                                 for (auto _ : state) translated.unmap_and_map();
                               }}},
                             record.effort());
  record.add("iommu_map_unmap_per_s", 1e9 / times.at("unmap_and_map"));
}

constexpr const char* kChangeFigure = "iommu_change_held_100000_over_16";

void measure_change_behind(Record& record) {
  const std::size_t many = record.limited(100000);
  Translated few(16, 16);
  Translated all(many, many);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  few.hold();
  all.hold();
  const auto change = [](const std::string& name, Translated& translated) {
    return Case{name, [&translated](benchmark::State& state) {
                  for (auto _ : state) translated.change_elsewhere();
                }};
  };
  const auto times = measure({change("16", few), change("all", all)}, record.effort());
  record.add(kChangeFigure, times.at("all") / times.at("16"));
}

}  // namespace

std::vector<Group> iommu_groups() {
  return {{{{"iommu_map_unmap_per_s", "1/s", ">= 500000"}}, measure_iommu},
          {{{kChangeFigure, "ratio", "<= 3"}}, measure_change_behind}};
}

}  // namespace sc_memory::bench
