// Host threads that look at a map while the simulation's thread changes it.
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "sc_memory/map/space_reader.h"

#include "tests/benchmark/groups.h"
#include "tests/benchmark/leaf_map.h"
#include "tests/benchmark/measure.h"

namespace sc_memory::bench {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kRegions = 1024;
constexpr auto kBetweenChanges = std::chrono::milliseconds(1);

/// A thread that looks up addresses, and counts.
class Reader {
 public:
  Reader(const AddressSpace& space, std::size_t regions, const std::atomic<bool>& stop)
      : thread_([this, &space, regions, &stop] { look_up(space, regions, stop); }) {}

  void wait_until_it_runs() const {
    while (!running_.load()) std::this_thread::yield();
  }
  std::size_t join() {
    thread_.join();
    return count_;
  }

 private:
  void look_up(const AddressSpace& space, std::size_t regions, const std::atomic<bool>& stop) {
    SpaceReader reader(space);
    Scatter scatter;
    std::size_t count = 0;
    running_.store(true);
    do {
      const SpaceReader::Look look(reader);
      benchmark::DoNotOptimize(look.view().find(Leaves::address_of(scatter.below(regions))));
      ++count;
    } while (!stop.load(std::memory_order_relaxed));
    count_ = count;
  }

  std::size_t count_ = 0;
  std::atomic<bool> running_{false};
  std::thread thread_;
};

/// Look-ups a second of that many threads together, while this one commits a change every millisecond.
double look_ups_per_second(LeafMap& map, unsigned threads, double seconds) {
  std::atomic<bool> stop{false};
  std::vector<std::unique_ptr<Reader>> readers;
  for (unsigned i = 0; i < threads; ++i)
    readers.push_back(std::make_unique<Reader>(map.space, map.leaves.count(), stop));
  for (const auto& reader : readers) reader->wait_until_it_runs();
  const auto start = Clock::now();
  auto next_change = start;
  const auto end = start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  for (std::size_t i = 0; Clock::now() < end; ++i) {
    map.leaves[i % map.leaves.count()].set_enabled(i / map.leaves.count() % 2 != 0);
    next_change += kBetweenChanges;
    std::this_thread::sleep_until(next_change);
  }
  stop.store(true);
  std::size_t count = 0;
  for (const auto& reader : readers) count += reader->join();
  return static_cast<double>(count) / std::chrono::duration<double>(Clock::now() - start).count();
}

void measure_readers(Record& record) {
  LeafMap map(kRegions);
  std::vector<double> ratios;
  for (int i = 0; i < record.effort().repetitions; ++i) {
    const double seconds = 4 * record.effort().seconds_a_repetition;
    const double one = look_ups_per_second(map, 1, seconds);
    ratios.push_back(look_ups_per_second(map, 2, seconds) / one);
  }
  record.add("readers_2_threads_over_1", median(ratios));
}

}  // namespace

std::vector<Group> reader_groups() { return {{{{"readers_2_threads_over_1", "ratio", ">= 1.7"}}, measure_readers}}; }

}  // namespace sc_memory::bench
