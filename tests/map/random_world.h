// A small world of regions and spaces that random operations change, beside a model of it. After every operation the
// world can be compared with the model, with a rendering from scratch, and with what listeners were told.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/map_transaction.h"
#include "sc_memory/map/region_kinds.h"

#include "tests/map/map_model.h"
#include "tests/map/mirror_listener.h"
#include "tests/map/test_device.h"

namespace sc_memory::testing {

/// An operation is a handful of random numbers, which the world interprets by what there is at that time. So any part
/// of a sequence is a sequence again, and a failing one can be made smaller by leaving things out.
struct RandomOperation {
  std::uint32_t what = 0;
  std::array<std::uint32_t, 6> numbers{};
};

RandomOperation random_operation(std::mt19937_64& random);

class RandomWorld {
 public:
  RandomWorld();
  ~RandomWorld();
  RandomWorld(const RandomWorld&) = delete;
  RandomWorld& operator=(const RandomWorld&) = delete;

  /// Carries out one operation and compares. Returns what is wrong, in words, or empty.
  std::string step(const RandomOperation& operation);
  /// What the last operation turned out to be.
  const std::string& last_operation() const { return last_operation_; }

 private:
  static constexpr int kRegions = 14;
  static constexpr int kSpaces = 2;
  static constexpr int kListeners = 3;
  static constexpr int kNotifiers = 2;
  static constexpr std::uint64_t kPage = DirtyLog::kPageBytes;

  struct CountingNotifier final : Notifier {
    int count = 0;
    void notify() override { ++count; }
  };
  /// The bytes and dirty pages of a region with memory. They are not subject to transactions.
  struct ModelMemory {
    std::vector<std::uint8_t> bytes;
    std::vector<std::array<bool, kDirtyClients>> dirty;
  };
  struct SpaceSlot {
    std::unique_ptr<AddressSpace> space;
    int root = -1;        ///< Of the tree as it is.
    int shown_root = -1;  ///< Of the tree as it was published.
  };
  using Numbers = std::array<std::uint32_t, 6>;

  void create(const Numbers& n);
  void destroy(const Numbers& n);
  void add(const Numbers& n);
  /// An alias of a region into that region itself, or into one in it.
  void add_self_showing(const Numbers& n);
  void remove(const Numbers& n);
  void set_enabled(const Numbers& n);
  void set_readonly(const Numbers& n);
  void set_readable(const Numbers& n);
  void set_address(const Numbers& n);
  void set_alias_offset(const Numbers& n);
  void set_size(const Numbers& n);
  void set_log(const Numbers& n);
  void add_trigger(const Numbers& n);
  void remove_trigger(const Numbers& n);
  void add_coalescing(const Numbers& n);
  void clear_coalescing(const Numbers& n);
  void begin_transaction(const Numbers& n);
  void commit_transaction(const Numbers& n);
  void toggle_global_log(const Numbers& n);
  void toggle_space(const Numbers& n);
  void toggle_listener(const Numbers& n);
  void write(const Numbers& n);
  void read(const Numbers& n);
  void clear_dirty(const Numbers& n);

  /// Runs `action`, which must throw a MapError if and only if `is_misuse`. Returns whether it was carried out.
  template <typename Action>
  bool attempt(bool is_misuse, Action&& action);
  /// The same for a change of one region, which is misuse as well if it closes a cycle. The model has it as soon as the
  /// library.
  template <typename ChangeModel, typename Action>
  void attempt_change(int slot, bool is_misuse, ChangeModel&& change_model, Action&& action);
  void create_region(int slot, RegionKind kind, std::uint64_t size, int target, std::uint64_t alias_offset);
  void make_space(std::size_t index, int root);
  std::unique_ptr<MemoryRegion> make_region(const std::string& name, RegionKind kind, std::uint64_t size,
                                            MemoryRegion* target, std::uint64_t alias_offset);
  MemoryRegion& region(int slot) { return *regions_[static_cast<std::size_t>(slot)]; }
  ParentRegion& parent(int slot) { return static_cast<ParentRegion&>(region(slot)); }
  MemoryBackedRegion& memory(int slot) { return static_cast<MemoryBackedRegion&>(region(slot)); }
  ModelMemory& model_memory(int slot) { return memories_[static_cast<std::size_t>(slot)]; }
  /// An existing region for which the model says yes, or -1.
  template <typename Predicate>
  int pick(std::uint32_t number, Predicate&& predicate) const;
  int pick(std::uint32_t number) const;
  int slot_of(const MemoryRegion* wanted) const;

  std::string compare();
  std::string compare_space(const SpaceSlot& slot, const AddressOracle& oracle);
  std::string compare_address(const SpaceSlot& slot, const AddressOracle& oracle, Address address);
  std::string compare_watches(const SpaceSlot& slot, const MirroredSpace& mirror);
  std::string compare_memory(int slot);
  /// The model of what is published: as of the transaction's beginning while one is open.
  const MapModel& shown() const { return transactions_.empty() ? model_ : shown_model_; }
  int shown_root(const SpaceSlot& slot) const { return transactions_.empty() ? slot.root : slot.shown_root; }
  void fail(const std::string& what) {
    if (failure_.empty()) failure_ = what;
  }

  MapModel model_;
  MapModel shown_model_;
  bool shown_global_log_ = false;
  bool global_log_ = false;
  std::uint64_t additions_ = 0;
  std::vector<ModelMemory> memories_;
  DeviceLog device_;
  std::array<CountingNotifier, kNotifiers> notifiers_;
  std::array<std::unique_ptr<MemoryRegion>, kRegions> regions_;
  std::array<SpaceSlot, kSpaces> spaces_;
  std::array<std::unique_ptr<MirrorListener>, kListeners> listeners_;
  std::vector<std::unique_ptr<MapTransaction>> transactions_;
  std::string last_operation_;
  std::string failure_;
};

}  // namespace sc_memory::testing
