// Loads through the DMI cache that hit, over loads through a pointer of one's own with a bounds check.
#include "sc_memory/tlm/dmi_cache.h"

#include "tests/benchmark/dmi_holder.h"
#include "tests/benchmark/groups.h"
#include "tests/benchmark/leaf_map.h"
#include "tests/benchmark/measure.h"

namespace sc_memory::bench {

namespace {

constexpr std::uint64_t kMemoryBytes = 1_MiB;
constexpr Address kBase = 0x8000'0000;
/// As many pages as the cache keeps ready.
constexpr std::uint64_t kUsedBytes = 64 * 4_KiB;

/// What an initiator that holds a pointer does at the least.
struct BarePointer {
  const std::uint8_t* memory;

  bool load(Address address, std::uint64_t& value) const {
    const std::uint64_t offset = address - kBase;
    if (offset > kMemoryBytes - sizeof value) return false;
    std::memcpy(&value, memory + offset, sizeof value);
    return true;
  }
};

std::vector<Address> random_addresses() {
  Scatter scatter;
  std::vector<Address> addresses(4096);
  for (Address& address : addresses) address = kBase + scatter.below(kUsedBytes / 8) * 8;
  return addresses;
}

/// Calls load(address, value) for one address after the other.
template <typename Load>
Case load_case(const char* name, const std::vector<Address>& addresses, Load load) {
  return {name, [&addresses, load](benchmark::State& state) {
            std::uint64_t value = 0;
            std::size_t i = 0;
            for (auto _ : state) {
              load(addresses[i++ & (addresses.size() - 1)], value);
              benchmark::DoNotOptimize(value);
            }
          }};
}

void measure_dmi_cache(Record& record) {
  Container system("system");
  RamRegion ram("ram", kMemoryBytes);
  system.add(kBase, ram);
  AddressSpace space("memory", system);
  Router bus("bus");
  DmiHolder cpu("cpu");
  bus.initiator("cpu", space).bind(cpu.socket);
  DmiCache cache(cpu.socket);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  cache.request(kBase, Direction::read);

  const std::vector<Address> addresses = random_addresses();
  const BarePointer pointer{ram.memory().data};
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  const auto times = measure({load_case("cached", addresses,
                                        [&](Address address, std::uint64_t& value) {
                                          benchmark::DoNotOptimize(cache.load(address, value, delay));
                                        }),
                              load_case("pointer", addresses,
                                        [&](Address address, std::uint64_t& value) {
                                          benchmark::DoNotOptimize(pointer.load(address, value));
                                        })},
                             record.effort());
  record.add("dmi_cache_hit_over_pointer", times.at("cached") / times.at("pointer"));
}

}  // namespace

std::vector<Group> dmi_cache_groups() {
  return {{{{"dmi_cache_hit_over_pointer", "ratio", "<= 2"}}, measure_dmi_cache}};
}

}  // namespace sc_memory::bench
