// Listeners by their 2013 struct: what each hook hears, and in which order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "sc_memory/access/event_notifier.h"
#include "sc_memory/compat/memory.h"
#include "sc_memory/map/io_region.h"
#include "sc_memory/map/map_error.h"

namespace sc_memory::compat {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Writes down all it hears; listeners may share one list.
struct Recorder {
  explicit Recorder(std::vector<std::string>& list, const std::string& its_name = "", unsigned priority = 0)
      : events(&list), name(its_name) {
    hooks.priority = priority;
    hooks.begin = [](MemoryListener* l) { note(l, "begin"); };
    hooks.commit = [](MemoryListener* l) { note(l, "commit"); };
    hooks.region_add = [](MemoryListener* l, MemoryRegionSection* s) { note(l, "add " + text(s)); };
    hooks.region_del = [](MemoryListener* l, MemoryRegionSection* s) { note(l, "del " + text(s)); };
    hooks.region_nop = [](MemoryListener* l, MemoryRegionSection* s) { note(l, "nop " + text(s)); };
    hooks.log_start = [](MemoryListener* l, MemoryRegionSection* s) { note(l, "log-start " + text(s)); };
    hooks.log_stop = [](MemoryListener* l, MemoryRegionSection* s) { note(l, "log-stop " + text(s)); };
    hooks.log_sync = [](MemoryListener* l, MemoryRegionSection* s) { note(l, "log-sync " + text(s)); };
    hooks.log_global_start = [](MemoryListener* l) { note(l, "global-start"); };
    hooks.log_global_stop = [](MemoryListener* l) { note(l, "global-stop"); };
    hooks.eventfd_add = [](MemoryListener* l, MemoryRegionSection* s, bool match, std::uint64_t data,
                           EventNotifier* e) { note(l, "eventfd-add " + event_text(s, match, data, e)); };
    hooks.eventfd_del = [](MemoryListener* l, MemoryRegionSection* s, bool match, std::uint64_t data,
                           EventNotifier* e) { note(l, "eventfd-del " + event_text(s, match, data, e)); };
    hooks.coalesced_mmio_add = [](MemoryListener* l, MemoryRegionSection* s, hwaddr addr, hwaddr len) {
      note(l, "coalesced-add " + text(s) + " " + std::to_string(addr) + "+" + std::to_string(len));
    };
    hooks.coalesced_mmio_del = [](MemoryListener* l, MemoryRegionSection* s, hwaddr addr, hwaddr len) {
      note(l, "coalesced-del " + text(s) + " " + std::to_string(addr) + "+" + std::to_string(len));
    };
  }

  static std::string text(const MemoryRegionSection* section) {
    return std::string(memory_region_name(section->mr)) + " " + std::to_string(section->offset_within_address_space) +
           "+" + std::to_string(section->size);
  }
  static std::string event_text(const MemoryRegionSection* section, bool match, std::uint64_t data, EventNotifier* e) {
    return text(section) + (match ? " data " + std::to_string(data) : "") + (e == nullptr ? " foreign" : "");
  }
  static void note(MemoryListener* listener, const std::string& event) {
    // The hooks are the recorder's first member.
    auto* const self = reinterpret_cast<Recorder*>(listener);
    self->events->push_back(self->name + event);
  }

  MemoryListener hooks;
  std::vector<std::string>* events;
  std::string name;
};

class Listener : public ::testing::Test {
 protected:
  Listener() {
    memory_region_init(&root, "root", UINT64_MAX);
    memory_region_init_ram(&ram, "ram", 0x2000);
    memory_region_add_subregion(&root, 0, &ram);
    MemoryRegionOps ops;
    memory_region_init_io(&io, &ops, nullptr, "io", 256);
    address_space_init(&space, &root);
  }

  std::vector<std::string> take() { return std::exchange(events, {}); }

  MemoryRegion root;
  MemoryRegion ram;
  MemoryRegion io;
  AddressSpace space;
  std::vector<std::string> events;
  Recorder recorder{events};
};

TEST_F(Listener, HearsTheStateWhenItComesAndTheUndoWhenItGoes) {
  memory_listener_register(&recorder.hooks, nullptr);
  EXPECT_THAT(take(), ElementsAre("begin", "add ram 0+8192", "commit"));
  EXPECT_EQ(recorder.hooks.address_space_filter, nullptr);
  memory_listener_unregister(&recorder.hooks);
  EXPECT_THAT(take(), ElementsAre("begin", "del ram 0+8192", "commit"));
}

TEST_F(Listener, HearsEachChange) {
  memory_listener_register(&recorder.hooks, &space);
  EXPECT_EQ(recorder.hooks.address_space_filter, &space);
  take();
  memory_region_add_subregion_overlap(&root, 4096, &io, 1);
  EXPECT_THAT(take(), ElementsAre("begin", "del ram 0+8192", "add ram 0+4096", "add io 4096+256", "add ram 4352+3840",
                                  "commit"));
  memory_region_set_log(&ram, true, DIRTY_MEMORY_VGA);
  EXPECT_THAT(take(), ElementsAre("begin", "nop ram 0+4096", "log-start ram 0+4096", "nop io 4096+256",
                                  "nop ram 4352+3840", "log-start ram 4352+3840", "commit"));
  memory_region_set_log(&ram, false, DIRTY_MEMORY_VGA);
  EXPECT_THAT(take(), ElementsAre("begin", "nop ram 0+4096", "log-stop ram 0+4096", "nop io 4096+256",
                                  "nop ram 4352+3840", "log-stop ram 4352+3840", "commit"));
  memory_region_set_address(&ram, 0);
  EXPECT_THAT(take(), IsEmpty()) << "nothing changed";
  memory_listener_unregister(&recorder.hooks);
}

TEST_F(Listener, HearsOfEventsAndCoalescing) {
  memory_region_add_subregion(&root, 0x10000, &io);
  memory_listener_register(&recorder.hooks, &space);
  take();
  EventNotifier notifier;
  memory_region_add_eventfd(&io, 16, 4, true, 7, &notifier);
  EXPECT_THAT(take(),
              ElementsAre("begin", "nop ram 0+8192", "nop io 65536+256", "eventfd-add io 65552+4 data 7", "commit"));
  memory_region_del_eventfd(&io, 16, 4, true, 7, &notifier);
  EXPECT_EQ(take().at(3), "eventfd-del io 65552+4 data 7");
  memory_region_add_coalescing(&io, 32, 8);
  EXPECT_EQ(take().at(3), "coalesced-add io 65536+256 65568+8");
  memory_region_clear_coalescing(&io);
  EXPECT_EQ(take().at(3), "coalesced-del io 65536+256 65568+8");
  CallbackNotifier foreign([] {});
  static_cast<IoRegion*>(io.region())->path().add_event_trigger({0, 0, false, 0, &foreign});
  EXPECT_EQ(take().at(3), "eventfd-add io 65536+0 foreign");
  memory_listener_unregister(&recorder.hooks);
}

TEST_F(Listener, HearsOfTheGlobalLogAndOfSyncs) {
  memory_region_add_subregion(&root, 0x10000, &io);
  memory_listener_register(&recorder.hooks, nullptr);
  take();
  memory_global_dirty_log_start();
  memory_global_dirty_log_start();
  EXPECT_THAT(take(), ElementsAre("global-start", "begin", "nop ram 0+8192", "log-start ram 0+8192", "nop io 65536+256",
                                  "commit"));
  memory_global_sync_dirty_bitmap(&root);
  memory_global_sync_dirty_bitmap(&ram);
  EXPECT_THAT(take(), ElementsAre("log-sync ram 0+8192", "log-sync ram 0+8192"));
  memory_region_sync_dirty_bitmap(&ram);
  memory_region_sync_dirty_bitmap(&io);
  EXPECT_THAT(take(), ElementsAre("log-sync ram 0+8192"));
  memory_global_dirty_log_stop();
  EXPECT_THAT(take(), IsEmpty());
  memory_global_dirty_log_stop();
  EXPECT_THAT(take(), ElementsAre("begin", "nop ram 0+8192", "log-stop ram 0+8192", "nop io 65536+256", "commit",
                                  "global-stop"));
  EXPECT_THROW(memory_global_dirty_log_stop(), MapError);
  MemoryRegion lonely;
  memory_region_init(&lonely, "lonely", 16);
  EXPECT_THROW(memory_global_sync_dirty_bitmap(&lonely), MapError);
  memory_listener_unregister(&recorder.hooks);
}

TEST_F(Listener, PrioritiesOrderTheHooks) {
  Recorder late(events, "late ", 10);
  Recorder early(events, "early ", 1);
  for (MemoryListener* hooks : {&late.hooks, &early.hooks}) {
    hooks->begin = hooks->commit = nullptr;
    hooks->region_nop = nullptr;
    memory_listener_register(hooks, &space);
  }
  take();
  memory_region_add_subregion(&root, 0x10000, &io);
  memory_region_del_subregion(&root, &io);
  EXPECT_THAT(take(), ElementsAre("early add io 65536+256", "late add io 65536+256", "late del io 65536+256",
                                  "early del io 65536+256"));
  memory_listener_unregister(&late.hooks);
  memory_listener_unregister(&early.hooks);
}

TEST_F(Listener, AFilterKeepsOtherSpacesOut) {
  MemoryRegion other_root;
  MemoryRegion other_ram;
  AddressSpace other;
  memory_region_init(&other_root, "other-root", 0x10000);
  memory_region_init_ram(&other_ram, "other-ram", 0x1000);
  address_space_init(&other, &other_root);
  memory_listener_register(&recorder.hooks, &space);
  take();
  memory_region_add_subregion(&other_root, 0, &other_ram);
  EXPECT_THAT(take(), IsEmpty());
  memory_listener_unregister(&recorder.hooks);
}

TEST_F(Listener, HooksMayAllBeNull) {
  MemoryListener silent;
  memory_listener_register(&silent, nullptr);
  memory_region_add_subregion(&root, 0x10000, &io);
  memory_global_dirty_log_start();
  memory_region_sync_dirty_bitmap(&ram);
  memory_global_dirty_log_stop();
  memory_listener_unregister(&silent);
  EXPECT_THAT(events, IsEmpty());
}

TEST_F(Listener, ADestroyedSpaceEndsItsListeners) {
  memory_listener_register(&recorder.hooks, &space);
  take();
  address_space_destroy(&space);
  EXPECT_THAT(take(), ElementsAre("begin", "del ram 0+8192", "commit"));
  address_space_init(&space, &root);
  EXPECT_THAT(take(), IsEmpty());
  memory_listener_register(&recorder.hooks, &space);
  EXPECT_THAT(take(), ElementsAre("begin", "add ram 0+8192", "commit"));
  address_space_destroy(&space);
  memory_listener_unregister(&recorder.hooks);
}

TEST_F(Listener, MisuseIsRefused) {
  EXPECT_THROW(memory_listener_unregister(&recorder.hooks), MapError);
  EXPECT_THROW(memory_listener_register(nullptr, nullptr), MapError);
  memory_listener_register(&recorder.hooks, nullptr);
  EXPECT_THROW(memory_listener_register(&recorder.hooks, nullptr), MapError);
  memory_listener_unregister(&recorder.hooks);
  AddressSpace raw;
  EXPECT_THROW(memory_listener_register(&recorder.hooks, &raw), MapError);
  EXPECT_THROW(memory_listener_unregister(&recorder.hooks), MapError);
}

}  // namespace
}  // namespace sc_memory::compat
