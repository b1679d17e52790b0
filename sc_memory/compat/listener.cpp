// Listeners that are structs of functions, and notifiers.
#include <algorithm>
#include <climits>
#include <fmt/format.h>
#include <unordered_map>
#include <utility>

#include "sc_memory/compat/memory.h"
#include "sc_memory/compat/objects.h"
#include "sc_memory/map/io_region.h"
#include "sc_memory/map/map_error.h"
#include "sc_memory/map/memory_listener.h"

namespace sc_memory::compat {

namespace {

/// Hands what a C++ listener hears to the functions of a struct.
class ListenerAdapter final : public sc_memory::MemoryListener {
 public:
  explicit ListenerAdapter(compat::MemoryListener& hooks)
      : sc_memory::MemoryListener(static_cast<int>(std::min<unsigned>(hooks.priority, INT_MAX))), hooks_(hooks) {}

  void begin(sc_memory::AddressSpace&) override { call(hooks_.begin); }
  void commit(sc_memory::AddressSpace&) override { call(hooks_.commit); }
  void region_add(const Section& section) override { call(hooks_.region_add, section); }
  void region_del(const Section& section) override { call(hooks_.region_del, section); }
  bool wants_unchanged() const override { return hooks_.region_nop != nullptr; }
  void region_nop(const Section& section) override { call(hooks_.region_nop, section); }
  void log_start(const Section& section, std::uint8_t, std::uint8_t) override { call(hooks_.log_start, section); }
  void log_stop(const Section& section, std::uint8_t, std::uint8_t) override { call(hooks_.log_stop, section); }
  void log_sync(const Section& section) override { call(hooks_.log_sync, section); }
  void log_global_start() override { call(hooks_.log_global_start); }
  void log_global_stop() override { call(hooks_.log_global_stop); }
  void event_add(const Section& section, const EventTrigger& trigger) override {
    call_event(hooks_.eventfd_add, section, trigger);
  }
  void event_del(const Section& section, const EventTrigger& trigger) override {
    call_event(hooks_.eventfd_del, section, trigger);
  }
  void coalescing_add(const Section& section, const AddressRange& range) override {
    call(hooks_.coalesced_mmio_add, section, range.first, range.size());
  }
  void coalescing_del(const Section& section, const AddressRange& range) override {
    call(hooks_.coalesced_mmio_del, section, range.first, range.size());
  }

 private:
  void call(void (*hook)(compat::MemoryListener*)) {
    if (hook != nullptr) hook(&hooks_);
  }
  template <typename... Parameters, typename... Arguments>
  void call(void (*hook)(compat::MemoryListener*, MemoryRegionSection*, Parameters...), const Section& section,
            Arguments... arguments) {
    if (hook == nullptr) return;
    MemoryRegionSection told = to_section(section);
    hook(&hooks_, &told, arguments...);
  }

  using EventHook = void (*)(compat::MemoryListener*, MemoryRegionSection*, bool, std::uint64_t, EventNotifier*);
  void call_event(EventHook hook, const Section& section, const EventTrigger& trigger) {
    if (hook == nullptr) return;
    MemoryRegionSection told = to_section(section);
    told.offset_within_address_space += trigger.offset - section.offset;
    told.offset_within_region = trigger.offset;
    told.size = trigger.size;
    hook(&hooks_, &told, trigger.match_data, trigger.data, dynamic_cast<EventNotifier*>(trigger.notifier));
  }

  compat::MemoryListener& hooks_;
};

auto& adapters() {
  // Never destroyed: listeners with static storage may outlive any other static object.
  static auto* const all = new std::unordered_map<const MemoryListener*, std::unique_ptr<ListenerAdapter>>;
  return *all;
}

}  // namespace

void memory_listener_register(MemoryListener* listener, AddressSpace* filter) {
  if (listener == nullptr) throw MapError("memory_listener_register: the listener is a null pointer");
  sc_memory::AddressSpace* const space = filter == nullptr ? nullptr : &Objects::of(filter, __func__);
  auto& adapter = adapters()[listener];
  if (adapter != nullptr && adapter->listening())
    throw MapError("memory_listener_register: the listener is registered already; unregister it first");
  adapter = std::make_unique<ListenerAdapter>(*listener);
  listener->address_space_filter = filter;
  if (space != nullptr)
    adapter->listen_to(*space);
  else
    adapter->listen_to_all();
}

void memory_listener_unregister(MemoryListener* listener) {
  const auto found = adapters().find(listener);
  if (found == adapters().end()) throw MapError("memory_listener_unregister: the listener is not registered");
  // Taken out first: a hook may register the listener anew.
  const std::unique_ptr<ListenerAdapter> adapter = std::move(found->second);
  adapters().erase(found);
  // A listener of one space stopped listening when that space was destroyed.
  if (adapter->listening()) adapter->stop_listening();
}

void EventNotifier::notify() {
  eventfd_.notify();
  if (on_notify) on_notify();
}

bool event_notifier_test_and_clear(EventNotifier* e) { return e->eventfd().test_and_clear(); }

void event_notifier_set(EventNotifier* e) { e->notify(); }

int event_notifier_get_fd(EventNotifier* e) { return e->eventfd().fd(); }

}  // namespace sc_memory::compat
