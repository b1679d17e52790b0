// The operations of the random world: each is carried out on the library and on the model.
#include "tests/map/random_world.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

#include "sc_memory/map/global_dirty_log.h"
#include "sc_memory/map/map_error.h"

namespace sc_memory::testing {

namespace {

/// Addresses meet often when there are few of them: most near 0, some near 2^63 and the last ones, some odd.
Address some_address(std::uint32_t number) {
  const Address step = Address{number >> 4 & 15} * 0x800;
  switch (number & 15) {
    case 0:
    case 5:
      return 0 - step;
    case 6:
      return UINT64_MAX - step;
    case 1:
      return (Address{1} << 63) + step;
    case 2:
      return step + 1;
    case 3:
    case 4:
      return step;
    default:
      return step / 4;
  }
}

std::uint64_t some_size(std::uint32_t number) {
  const std::uint64_t step = (std::uint64_t{number >> 4 & 15} + 1) * 0x800;
  switch (number & 15) {
    case 0:
    case 1:
    case 2:
      return kWholeSpace;
    case 3:
      return 0 - step;
    case 4:
      return step - 1;
    case 5:
      return number & 0x700 ? step : 0;
    case 6:
      return step / 8;
    default:
      return step;
  }
}

std::uint64_t some_memory_size(std::uint32_t number) { return number % 16 == 0 ? 0 : (number % 9 + 1) * 0x600; }

}  // namespace

RandomWorld::RandomWorld() : memories_(kRegions) {
  model_.regions.resize(kRegions);
  device_.read_byte = 0x5a;
  // Something to begin with: a whole space that is shown and listened to.
  create_region(0, RegionKind::container, kWholeSpace, -1, 0);
  make_space(0, 0);
  listeners_[0] = std::make_unique<MirrorListener>();
  listeners_[0]->listen_to_all();
}

RandomWorld::~RandomWorld() {
  while (!transactions_.empty()) transactions_.pop_back();
  if (global_log_) GlobalDirtyLog::stop();
}

std::string RandomWorld::step(const RandomOperation& operation) {
  using Action = void (RandomWorld::*)(const Numbers&);
  struct Weighted {
    unsigned weight;
    Action action;
  };
  static const Weighted kActions[] = {
      {6, &RandomWorld::create},
      {2, &RandomWorld::destroy},
      {14, &RandomWorld::add},
      {2, &RandomWorld::add_self_showing},
      {1, &RandomWorld::remove},
      {6, &RandomWorld::set_enabled},
      {3, &RandomWorld::set_readonly},
      {2, &RandomWorld::set_readable},
      {5, &RandomWorld::set_address},
      {3, &RandomWorld::set_alias_offset},
      {3, &RandomWorld::set_size},
      {3, &RandomWorld::set_log},
      {3, &RandomWorld::add_trigger},
      {1, &RandomWorld::remove_trigger},
      {2, &RandomWorld::add_coalescing},
      {1, &RandomWorld::clear_coalescing},
      {2, &RandomWorld::begin_transaction},
      {4, &RandomWorld::commit_transaction},
      {1, &RandomWorld::toggle_global_log},
      {2, &RandomWorld::toggle_space},
      {2, &RandomWorld::toggle_listener},
      {6, &RandomWorld::write},
      {4, &RandomWorld::read},
      {2, &RandomWorld::clear_dirty},
  };
  static const unsigned kTotal = [] {
    unsigned total = 0;
    for (const Weighted& weighted : kActions) total += weighted.weight;
    return total;
  }();
  unsigned choice = operation.what % kTotal;
  const Weighted* chosen = kActions;
  for (; choice >= chosen->weight; ++chosen) choice -= chosen->weight;
  failure_.clear();
  last_operation_ = "nothing";
  (this->*chosen->action)(operation.numbers);
  device_.accesses.clear();
  if (failure_.empty()) failure_ = compare();
  return failure_;
}

template <typename Action>
bool RandomWorld::attempt(bool is_misuse, Action&& action) {
  try {
    action();
  } catch (const MapError& error) {
    if (!is_misuse) fail(fmt::format("unexpected error: {}", error.what()));
    last_operation_ += " (refused)";
    return false;
  }
  if (is_misuse) fail("misuse was not refused");
  return !is_misuse;
}

template <typename ChangeModel, typename Action>
void RandomWorld::attempt_change(int slot, bool is_misuse, ChangeModel&& change_model, Action&& action) {
  const ModelRegion before = model_.at(slot);
  change_model(model_.at(slot));
  if (!attempt(is_misuse || model_.has_cycle(), action)) model_.at(slot) = before;
}

template <typename Predicate>
int RandomWorld::pick(std::uint32_t number, Predicate&& predicate) const {
  std::vector<int> found;
  for (int i = 0; i < kRegions; ++i) {
    const auto& candidate = model_.regions[static_cast<std::size_t>(i)];
    if (candidate && predicate(*candidate)) found.push_back(i);
  }
  return found.empty() ? -1 : found[number % found.size()];
}

int RandomWorld::pick(std::uint32_t number) const {
  return pick(number, [](const ModelRegion&) { return true; });
}

int RandomWorld::slot_of(const MemoryRegion* wanted) const {
  for (int i = 0; i < kRegions; ++i) {
    if (regions_[static_cast<std::size_t>(i)].get() == wanted) return i;
  }
  return -1;
}

std::unique_ptr<MemoryRegion> RandomWorld::make_region(const std::string& name, RegionKind kind, std::uint64_t size,
                                                       MemoryRegion* target, std::uint64_t alias_offset) {
  switch (kind) {
    case RegionKind::ram:
      return std::make_unique<RamRegion>(name, size);
    case RegionKind::rom_device:
      return std::make_unique<RomDeviceRegion>(name, size, test_device(&device_));
    case RegionKind::io:
      return std::make_unique<TestIo>(name, size, &device_);
    case RegionKind::reservation:
      return std::make_unique<ReservedRegion>(name, size);
    case RegionKind::alias:
      return std::make_unique<AliasRegion>(name, *target, alias_offset, size);
    default:
      return std::make_unique<Container>(name, size);
  }
}

void RandomWorld::create(const Numbers& n) {
  static constexpr RegionKind kKinds[] = {RegionKind::container, RegionKind::container,  RegionKind::ram,
                                          RegionKind::io,        RegionKind::rom_device, RegionKind::reservation,
                                          RegionKind::alias,     RegionKind::alias,      RegionKind::alias};
  const auto free = std::find(regions_.begin(), regions_.end(), nullptr);
  if (free == regions_.end()) return;
  const int slot = static_cast<int>(free - regions_.begin());
  RegionKind kind = kKinds[n[0] % std::size(kKinds)];
  const int target = pick(n[1]);
  if (kind == RegionKind::alias && target < 0) kind = RegionKind::container;
  const bool has_memory = kind == RegionKind::ram || kind == RegionKind::rom_device;
  const std::uint64_t size = has_memory ? some_memory_size(n[2]) : some_size(n[2]);
  create_region(slot, kind, size, target, some_address(n[3]));
}

void RandomWorld::create_region(int slot, RegionKind kind, std::uint64_t size, int target, std::uint64_t alias_offset) {
  static constexpr const char* kNames[] = {"container", "ram", "rom device", "io", "alias", "reservation"};
  const bool is_alias = kind == RegionKind::alias;
  last_operation_ = fmt::format("create r{}: {} of {:#x} bytes", slot, kNames[static_cast<int>(kind)], size);
  if (is_alias) last_operation_ += fmt::format(", of r{} from {:#x}", target, alias_offset);
  regions_[static_cast<std::size_t>(slot)] =
      make_region(fmt::format("r{}", slot), kind, size, is_alias ? &region(target) : nullptr, alias_offset);
  ModelRegion made;
  made.kind = kind;
  made.size = size;
  if (is_alias) {
    made.target = target;
    made.alias_offset = alias_offset;
  }
  model_.regions[static_cast<std::size_t>(slot)] = made;
  memories_[static_cast<std::size_t>(slot)] = {};
  if (made.has_memory()) {
    std::array<bool, kDirtyClients> all_dirty{};
    all_dirty.fill(true);
    model_memory(slot) = {std::vector<std::uint8_t>(size), {(size + kPage - 1) / kPage, all_dirty}};
  }
}

void RandomWorld::destroy(const Numbers& n) {
  // The first region is most of the world and goes rarely.
  const int slot = pick(n[0]);
  if (slot < 0 || (slot == 0 && n[1] % 16 != 0)) return;
  // The place of a destroyed region is not used again while an open transaction may still show it.
  if (!transactions_.empty() && shown_model_.regions[static_cast<std::size_t>(slot)] && shown_model_.at(slot).withdrawn)
    return;
  last_operation_ = fmt::format("destroy r{}", slot);
  regions_[static_cast<std::size_t>(slot)].reset();
  for (auto& other : model_.regions) {
    if (other && other->parent == slot) other->parent = -1;
    if (other && other->target == slot) other->target = -1;
  }
  for (SpaceSlot& space : spaces_) {
    if (space.root == slot) space.root = -1;
  }
  model_.regions[static_cast<std::size_t>(slot)].reset();
  auto& shown = shown_model_.regions;
  if (!transactions_.empty() && shown[static_cast<std::size_t>(slot)]) shown_model_.at(slot).withdrawn = true;
}

void RandomWorld::add(const Numbers& n) {
  const bool anywhere = n[5] % 16 == 0;
  const int to = pick(n[0], [&](const ModelRegion& r) {
    return r.kind != RegionKind::alias && (anywhere || r.parent >= 0 || &r == &*model_.regions[0]);
  });
  const int child =
      pick(n[1], [&](const ModelRegion& r) { return anywhere || (r.parent < 0 && &r != &*model_.regions[0]); });
  if (to < 0 || child < 0) return;
  const Address address = some_address(n[2]);
  const bool with_priority = n[3] % 4 != 0;
  const int priority = with_priority ? static_cast<int>(n[4] % 5) - 2 : 0;
  last_operation_ = fmt::format("add r{} to r{} at {:#x}", child, to, address);
  if (with_priority) last_operation_ += fmt::format(", priority {}", priority);
  const bool cannot_be_there = model_.at(child).parent >= 0 || model_.lies_in(to, child) ||
                               model_.clashes(to, child, address, model_.at(child).size, with_priority);
  const auto change_model = [&](ModelRegion& added) {
    added.parent = to;
    added.address = address;
    added.priority = priority;
    added.may_overlap = with_priority;
    added.added = ++additions_;
  };
  attempt_change(child, cannot_be_there, change_model, [&] {
    if (with_priority)
      parent(to).add(address, region(child), Priority{priority});
    else
      parent(to).add(address, region(child));
  });
}

void RandomWorld::add_self_showing(const Numbers& n) {
  const auto free = std::find(regions_.begin(), regions_.end(), nullptr);
  const int target = pick(n[0], [&](const ModelRegion& r) {
    return r.kind != RegionKind::alias && (r.parent >= 0 || &r == &*model_.regions[0]);
  });
  if (free == regions_.end() || target < 0) return;
  const int slot = static_cast<int>(free - regions_.begin());
  const int to = pick(n[1], [&](const ModelRegion& r) { return r.kind != RegionKind::alias && r.parent == target; });
  // Beyond what it shows, most of the time.
  const Address offset = some_address(n[2]);
  const std::uint64_t size = (std::uint64_t{n[3] % 16} + 1) * 0x800;
  const Address address = n[3] % 32 < 16 ? offset + size : some_address(n[4]);
  create_region(slot, RegionKind::alias, size, target, offset);
  const int in = n[5] % 2 != 0 && to >= 0 ? to : target;
  const int priority = static_cast<int>(n[4] % 5) - 2;
  last_operation_ += fmt::format(", and add it to r{} at {:#x}, priority {}", in, address, priority);
  const auto change_model = [&](ModelRegion& added) {
    added.parent = in;
    added.address = address;
    added.priority = priority;
    added.may_overlap = true;
    added.added = ++additions_;
  };
  attempt_change(slot, false, change_model, [&] { parent(in).add(address, region(slot), Priority{priority}); });
}

void RandomWorld::remove(const Numbers& n) {
  const int from = pick(n[0], [](const ModelRegion& r) { return r.kind != RegionKind::alias; });
  const int child = n[2] % 4 == 0 ? pick(n[1]) : pick(n[1], [&](const ModelRegion& r) { return r.parent == from; });
  if (from < 0 || child < 0) return;
  last_operation_ = fmt::format("remove r{} from r{}", child, from);
  if (attempt(model_.at(child).parent != from, [&] { parent(from).remove(region(child)); }))
    model_.at(child).parent = -1;
}

void RandomWorld::set_enabled(const Numbers& n) {
  const int slot = pick(n[0]);
  if (slot < 0 || (slot == 0 && n[2] % 8 != 0)) return;
  const bool enabled = n[1] % 8 != 0;
  last_operation_ = fmt::format("r{}.set_enabled({})", slot, enabled);
  attempt_change(
      slot, false, [&](ModelRegion& changed) { changed.enabled = enabled; },
      [&] { region(slot).set_enabled(enabled); });
}

void RandomWorld::set_readonly(const Numbers& n) {
  const int slot = pick(n[0]);
  if (slot < 0) return;
  const bool readonly = n[1] % 4 == 0;
  last_operation_ = fmt::format("r{}.set_readonly({})", slot, readonly);
  region(slot).set_readonly(readonly);
  model_.at(slot).readonly = readonly;
}

void RandomWorld::set_readable(const Numbers& n) {
  const int slot = pick(n[0], [](const ModelRegion& r) { return r.kind == RegionKind::rom_device; });
  if (slot < 0) return;
  const bool readable = n[1] % 2 != 0;
  last_operation_ = fmt::format("r{}.set_readable({})", slot, readable);
  static_cast<RomDeviceRegion&>(region(slot)).set_readable(readable);
  model_.at(slot).readable = readable;
}

void RandomWorld::set_address(const Numbers& n) {
  const int slot = pick(n[0]);
  if (slot < 0) return;
  const Address address = some_address(n[1]);
  const ModelRegion& moved = model_.at(slot);
  last_operation_ = fmt::format("r{}.set_address({:#x})", slot, address);
  const bool changes = address != moved.address;
  const bool clashes =
      changes && moved.parent >= 0 && model_.clashes(moved.parent, slot, address, moved.size, moved.may_overlap);
  const auto change_model = [&](ModelRegion& changed) {
    changed.address = address;
    if (changes) changed.added = ++additions_;
  };
  attempt_change(slot, clashes, change_model, [&] { region(slot).set_address(address); });
}

void RandomWorld::set_alias_offset(const Numbers& n) {
  const int slot = pick(n[0], [](const ModelRegion& r) { return r.kind == RegionKind::alias; });
  if (slot < 0) return;
  const Address offset = some_address(n[1]);
  last_operation_ = fmt::format("r{}.set_alias_offset({:#x})", slot, offset);
  attempt_change(
      slot, false, [&](ModelRegion& changed) { changed.alias_offset = offset; },
      [&] { static_cast<AliasRegion&>(region(slot)).set_alias_offset(offset); });
}

void RandomWorld::set_size(const Numbers& n) {
  const int slot = pick(n[0], [](const ModelRegion& r) {
    return r.kind == RegionKind::container || r.kind == RegionKind::io || r.kind == RegionKind::alias;
  });
  if (slot < 0 || (slot == 0 && n[2] % 8 != 0)) return;
  const std::uint64_t size = some_size(n[1]);
  const ModelRegion& sized = model_.at(slot);
  last_operation_ = fmt::format("r{}.set_size({:#x})", slot, size);
  const bool clashes = size != sized.size && sized.parent >= 0 &&
                       model_.clashes(sized.parent, slot, sized.address, size, sized.may_overlap);
  attempt_change(
      slot, clashes, [&](ModelRegion& changed) { changed.size = size; },
      [&] {
        if (sized.kind == RegionKind::container)
          static_cast<Container&>(region(slot)).set_size(size);
        else if (sized.kind == RegionKind::alias)
          static_cast<AliasRegion&>(region(slot)).set_size(size);
        else
          static_cast<IoRegion&>(region(slot)).set_size(size);
      });
}

void RandomWorld::set_log(const Numbers& n) {
  const int slot = pick(n[0], [](const ModelRegion& r) { return r.has_memory(); });
  if (slot < 0) return;
  static constexpr DirtyClient kClients[] = {DirtyClient::vga, DirtyClient::code, DirtyClient::migration};
  const DirtyClient client = kClients[n[1] % 3];
  const bool log = n[2] % 2 != 0;
  last_operation_ = fmt::format("r{}.set_log({}, {})", slot, static_cast<int>(client), log);
  memory(slot).set_log(client, log);
  const auto bit = static_cast<std::uint8_t>(1U << static_cast<unsigned>(client));
  std::uint8_t& mask = model_.at(slot).log_mask;
  mask = static_cast<std::uint8_t>(log ? mask | bit : mask & ~bit);
}

namespace {

bool has_handler(const ModelRegion& region) {
  return region.kind == RegionKind::io || region.kind == RegionKind::rom_device;
}

}  // namespace

void RandomWorld::add_trigger(const Numbers& n) {
  const int slot = pick(n[0], has_handler);
  if (slot < 0) return;
  static constexpr unsigned kSizes[] = {0, 1, 2, 4, 8, 3};
  const EventTrigger trigger{some_address(n[1]) & ~Address{7}, kSizes[n[2] % 6 - (n[2] % 6 == 5 && n[2] % 5 != 0)],
                             n[3] % 2 != 0, n[3] % 4, &notifiers_[n[4] % kNotifiers]};
  ModelRegion& to = model_.at(slot);
  last_operation_ = fmt::format("r{}: add event trigger at {:#x}, size {}", slot, trigger.offset, trigger.size);
  const bool there = std::find(to.triggers.begin(), to.triggers.end(), trigger) != to.triggers.end();
  const bool is_misuse = there || trigger.size == 3 || Wide{trigger.offset} >= to.wide_size();
  if (attempt(is_misuse, [&] { handler_path(region(slot))->add_event_trigger(trigger); }))
    to.triggers.push_back(trigger);
}

void RandomWorld::remove_trigger(const Numbers& n) {
  const int slot = pick(n[0], [](const ModelRegion& r) { return !r.triggers.empty(); });
  if (slot < 0) return;
  ModelRegion& from = model_.at(slot);
  const std::size_t which = n[1] % from.triggers.size();
  EventTrigger trigger = from.triggers[which];
  const bool is_misuse = n[2] % 8 == 0;
  if (is_misuse) trigger.offset ^= 1;
  last_operation_ = fmt::format("r{}: remove event trigger at {:#x}", slot, trigger.offset);
  if (attempt(is_misuse, [&] { handler_path(region(slot))->remove_event_trigger(trigger); }))
    from.triggers.erase(from.triggers.begin() + static_cast<std::ptrdiff_t>(which));
}

void RandomWorld::add_coalescing(const Numbers& n) {
  const int slot = pick(n[0], has_handler);
  if (slot < 0) return;
  const auto range = AddressRange::sized(some_address(n[1]), some_size(n[2]));
  if (!range) return;
  ModelRegion& to = model_.at(slot);
  last_operation_ = fmt::format("r{}: add coalescing [{:#x}-{:#x}]", slot, range->first, range->last);
  if (attempt(Wide{range->last} >= to.wide_size(), [&] { handler_path(region(slot))->add_coalescing(*range); }))
    to.coalesced.push_back(*range);
}

void RandomWorld::clear_coalescing(const Numbers& n) {
  const int slot = pick(n[0], has_handler);
  if (slot < 0) return;
  last_operation_ = fmt::format("r{}: clear coalescing", slot);
  handler_path(region(slot))->clear_coalescing();
  model_.at(slot).coalesced.clear();
}

void RandomWorld::begin_transaction(const Numbers&) {
  if (transactions_.size() >= 3) return;
  last_operation_ = "begin a transaction";
  if (transactions_.empty()) {
    shown_model_ = model_;
    shown_global_log_ = global_log_;
    for (SpaceSlot& slot : spaces_) slot.shown_root = slot.root;
  }
  transactions_.push_back(std::make_unique<MapTransaction>());
}

void RandomWorld::commit_transaction(const Numbers& n) {
  if (transactions_.empty()) return;
  last_operation_ = "commit a transaction";
  if (n[0] % 2 == 0) transactions_.back()->commit();
  transactions_.pop_back();
}

void RandomWorld::toggle_global_log(const Numbers&) {
  global_log_ = !global_log_;
  last_operation_ = global_log_ ? "start the global log" : "stop the global log";
  if (global_log_)
    GlobalDirtyLog::start();
  else
    GlobalDirtyLog::stop();
}

void RandomWorld::toggle_space(const Numbers& n) {
  const std::size_t index = n[0] % kSpaces;
  SpaceSlot& slot = spaces_[index];
  if (slot.space != nullptr && (slot.root < 0 || n[1] % 16 == 0)) {
    last_operation_ = fmt::format("destroy space {}", index);
    const AddressSpace* const gone = slot.space.get();
    slot.space.reset();
    slot.root = slot.shown_root = -1;
    for (const auto& listener : listeners_) {
      if (listener == nullptr) continue;
      const MirroredSpace& mirror = listener->spaces[gone];
      if (!mirror.ranges.empty() || !mirror.events.empty() || !mirror.coalesced.empty())
        fail("a listener was not told of everything that went with a space");
      listener->spaces.erase(gone);
    }
    return;
  }
  const int root = n[3] % 3 == 0 ? pick(n[2]) : pick(0);
  if (slot.space != nullptr || root < 0) return;
  make_space(index, root);
}

void RandomWorld::make_space(std::size_t index, int root) {
  last_operation_ = fmt::format("create space {} of r{}", index, root);
  spaces_[index].space = std::make_unique<AddressSpace>(fmt::format("space{}", index), region(root));
  spaces_[index].root = root;
  spaces_[index].shown_root = -1;
}

void RandomWorld::toggle_listener(const Numbers& n) {
  const std::size_t index = n[0] % kListeners;
  auto& listener = listeners_[index];
  if (listener != nullptr) {
    if (n[2] % 4 != 0) return;
    last_operation_ = fmt::format("take listener {} off", index);
    if (listener->listening()) listener->stop_listening();
    for (const auto& [space, mirror] : listener->spaces) {
      if (!mirror.ranges.empty() || !mirror.events.empty() || !mirror.coalesced.empty() || listener->global_log)
        fail("a listener that stopped was not told of all removals");
    }
    if (!listener->complaint.empty()) fail(listener->complaint);
    listener.reset();
    return;
  }
  AddressSpace* const filter = index == 0 ? nullptr : spaces_[index % kSpaces].space.get();
  if (index != 0 && filter == nullptr) return;
  last_operation_ = fmt::format("register listener {}", index);
  listener = std::make_unique<MirrorListener>(static_cast<int>(n[1] % 3));
  if (filter != nullptr)
    listener->listen_to(*filter);
  else
    listener->listen_to_all();
}

void RandomWorld::write(const Numbers& n) {
  SpaceSlot& slot = spaces_[n[0] % kSpaces];
  if (slot.space == nullptr) return;
  const Address address = some_address(n[1]) - n[2] % 8;
  const std::size_t length = n[3] % 24 + 1;
  last_operation_ = fmt::format("write {} bytes at {:#x}", length, address);
  const std::vector<std::uint8_t> bytes(length, static_cast<std::uint8_t>(n[4]));
  const AddressOracle oracle(shown());
  AccessResult expected = AccessResult::ok;
  for (std::size_t i = 0; i < length; ++i) {
    const bool wrapped = address + i < address;
    const auto hit = wrapped ? std::nullopt : oracle.resolve(shown_root(slot), address + i);
    const RegionKind kind = hit ? shown().at(hit->region).kind : RegionKind::reservation;
    if (kind == RegionKind::reservation) {
      expected = worst(expected, AccessResult::unmapped);
    } else if (kind != RegionKind::rom_device && hit->readonly) {
      expected = worst(expected, AccessResult::refused);
    } else if (kind == RegionKind::ram) {
      model_memory(hit->region).bytes[hit->offset] = bytes[i];
      model_memory(hit->region).dirty[hit->offset / kPage].fill(true);
    }
  }
  const AccessResult result = slot.space->write(address, bytes.data(), length);
  if (result != expected)
    fail(fmt::format("the write's result is {}, expected {}", static_cast<int>(result), static_cast<int>(expected)));
}

void RandomWorld::read(const Numbers& n) {
  SpaceSlot& slot = spaces_[n[0] % kSpaces];
  if (slot.space == nullptr) return;
  const Address address = some_address(n[1]) - n[2] % 8;
  const std::size_t length = n[3] % 24 + 1;
  last_operation_ = fmt::format("read {} bytes at {:#x}", length, address);
  const AddressOracle oracle(shown());
  AccessResult expected_result = AccessResult::ok;
  std::vector<std::uint8_t> expected(length);
  for (std::size_t i = 0; i < length; ++i) {
    const bool wrapped = address + i < address;
    const auto hit = wrapped ? std::nullopt : oracle.resolve(shown_root(slot), address + i);
    const ModelRegion* const region = hit ? &shown().at(hit->region) : nullptr;
    if (region == nullptr || region->kind == RegionKind::reservation)
      expected_result = AccessResult::unmapped;
    else if (region->kind == RegionKind::ram || (region->kind == RegionKind::rom_device && region->readable))
      expected[i] = model_memory(hit->region).bytes[hit->offset];
    else
      expected[i] = device_.read_byte;
  }
  std::vector<std::uint8_t> bytes(length, 0xee);
  const AccessResult result = slot.space->read(address, bytes.data(), length);
  if (result != expected_result) fail(fmt::format("the read's result is {}", static_cast<int>(result)));
  if (bytes != expected) fail("the read's bytes are wrong");
}

void RandomWorld::clear_dirty(const Numbers& n) {
  const int slot = pick(n[0], [](const ModelRegion& r) { return r.has_memory() && r.size > 0; });
  if (slot < 0) return;
  const std::uint64_t size = model_.at(slot).size;
  const Address first = n[1] % size;
  const AddressRange range{first, first + n[2] % (size - first)};
  const auto client = static_cast<DirtyClient>(n[3] % kDirtyClients);
  last_operation_ = fmt::format("r{}: clear dirty [{:#x}-{:#x}] of client {}", slot, range.first, range.last,
                                static_cast<int>(client));
  std::vector<bool> expected;
  for (std::uint64_t page = range.first / kPage; page <= range.last / kPage; ++page) {
    bool& dirty = model_memory(slot).dirty[page][static_cast<unsigned>(client)];
    expected.push_back(dirty);
    dirty = false;
  }
  const bool any = std::find(expected.begin(), expected.end(), true) != expected.end();
  if (memory(slot).is_dirty(range, client) != any) fail("is_dirty differs");
  if (n[4] % 2 == 0) {
    if (memory(slot).snapshot_and_clear_dirty(range, client) != expected) fail("the dirty snapshot differs");
  } else if (memory(slot).test_and_clear_dirty(range, client) != any) {
    fail("test_and_clear_dirty differs");
  }
  const std::string difference = compare_memory(slot);
  if (!difference.empty()) fail(difference);
}

RandomOperation random_operation(std::mt19937_64& random) {
  RandomOperation operation;
  operation.what = static_cast<std::uint32_t>(random());
  for (std::uint32_t& number : operation.numbers) number = static_cast<std::uint32_t>(random() >> 16);
  return operation;
}

}  // namespace sc_memory::testing
