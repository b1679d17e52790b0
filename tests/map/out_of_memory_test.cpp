// The strong guarantee when the host has no memory left in the middle of a change: every change of a map is tried with
// the first, the second, ... allocation failing, and must then have changed nothing: neither the tree, nor a view, nor
// what listeners believe.
#include <cstdlib>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <new>
#include <string>

#include "sc_memory/access/io_ops.h"
#include "sc_memory/map/address_space.h"
#include "sc_memory/map/io_region.h"
#include "sc_memory/map/map_text.h"
#include "sc_memory/map/map_transaction.h"
#include "sc_memory/map/region_kinds.h"
#include "sc_memory/map/render.h"

namespace {

/// Allocations that still succeed; negative: all do.
int allocations_left = -1;

void* allocate(std::size_t size) {
  if (allocations_left == 0) throw std::bad_alloc();
  if (allocations_left > 0) --allocations_left;
  void* memory = std::malloc(size != 0 ? size : 1);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return allocate(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void* operator new[](std::size_t size, const std::nothrow_t& tag) noexcept { return operator new(size, tag); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace sc_memory {
namespace {

struct CountingListener : MemoryListener {
  void region_add(const Section&) override { ++shown; }
  void region_del(const Section&) override { --shown; }
  int shown = 0;
};

struct NoNotifier : Notifier {
  void notify() override {}
};

/// A small map with a bit of everything.
class OutOfMemory : public ::testing::Test {
 protected:
  OutOfMemory() {
    root.add(0x1000, ram);
    root.add(0x4000, device, Priority{1});
    root.add(0x8000, box);
    box.add(0, flash);
    root.add(0x20000, alias);
    listener.listen_to(first);
  }

  std::string state() {
    return tree_text({&first, &second}) + flat_text({&first, &second}) + std::to_string(first.generation()) + " " +
           std::to_string(listener.shown) + " " + std::to_string(device.path().event_triggers().size()) +
           std::to_string(device.path().coalesced_ranges().size());
  }

  /// Makes the change with fewer and fewer failing allocations, until it succeeds.
  void check_change(const std::string& name, const std::function<void()>& change) {
    SCOPED_TRACE(name);
    for (int allowed = 0;; ++allowed) {
      ASSERT_LT(allowed, 10000);
      const std::string before = state();
      allocations_left = allowed;
      bool failed = false;
      try {
        change();
      } catch (const std::bad_alloc&) {
        failed = true;
      }
      allocations_left = -1;
      if (!failed) break;
      ++failures;
      ASSERT_EQ(state(), before) << "with allocation " << allowed + 1 << " failing";
    }
    EXPECT_EQ(first.view().ranges().size(), render(&root).ranges().size());
    EXPECT_EQ(listener.shown, static_cast<int>(first.view().ranges().size()));
  }

  Container root{"root"};
  RamRegion ram{"ram", 0x2000};
  IoRegion device{"device", 0x1000, io_ops().read([](Address, unsigned) { return std::uint64_t{0}; })};
  Container box{"box", 0x4000};
  RomDeviceRegion flash{"flash", 0x1000, io_ops().read([](Address, unsigned) { return std::uint64_t{0}; })};
  AliasRegion alias{"alias", box, 0, 0x2000};
  AddressSpace first{"first", root};
  AddressSpace second{"second", box};
  RamRegion newcomer{"newcomer", 0x800};
  CountingListener listener;
  NoNotifier notifier;
  int failures = 0;
};

TEST_F(OutOfMemory, EveryChangeIsAllOrNothing) {
  check_change("add", [&] { root.add(0x3000, newcomer); });
  check_change("move", [&] { newcomer.set_address(0x1800'0000); });
  check_change("remove", [&] { root.remove(newcomer); });
  check_change("add with a priority", [&] { box.add(0x400, newcomer, Priority{-3}); });
  check_change("raise by moving", [&] { newcomer.set_address(0x1000); });
  check_change("disable", [&] { box.set_enabled(false); });
  check_change("enable", [&] { box.set_enabled(true); });
  check_change("read-only", [&] { ram.set_readonly(true); });
  check_change("alias offset", [&] { alias.set_alias_offset(0x400); });
  check_change("size", [&] { box.set_size(0x1800); });
  check_change("romd off", [&] { flash.set_readable(false); });
  check_change("log", [&] { ram.set_log(DirtyClient::vga, true); });
  check_change("event trigger", [&] { device.path().add_event_trigger({0x10, 4, false, 0, &notifier}); });
  check_change("coalescing", [&] { device.path().add_coalescing({0x20, 0x2f}); });
  check_change("no coalescing", [&] { device.path().clear_coalescing(); });
  check_change("no event trigger", [&] { device.path().remove_event_trigger({0x10, 4, false, 0, &notifier}); });
  EXPECT_GT(failures, 50) << "allocations did fail";
}

TEST_F(OutOfMemory, ATransactionThatCannotBeCommittedStaysPending) {
  const std::string before = flat_text(first);
  MapTransaction transaction;
  ram.set_enabled(false);
  device.set_address(0x5000);
  allocations_left = 0;
  EXPECT_THROW(transaction.commit(), std::bad_alloc);
  allocations_left = -1;
  EXPECT_EQ(flat_text(first), before);
  box.set_enabled(false);  // The next commit makes all of it visible.
  EXPECT_EQ(first.view().find(0x1000), nullptr);
  EXPECT_EQ(first.view().find(0x5000)->region, &device);
  EXPECT_EQ(first.view().find(0x8000), nullptr);
}

TEST_F(OutOfMemory, ASpaceThatCannotBeMadeLeavesNothingBehind) {
  int failed = 0;
  for (int allowed = 0; allowed < 10000; ++allowed) {
    allocations_left = allowed;
    try {
      const AddressSpace space("third", root);
      allocations_left = -1;
      break;
    } catch (const std::bad_alloc&) {
      allocations_left = -1;
      ++failed;
    }
    newcomer.set_enabled(!newcomer.enabled());
    root.add(0x3000, newcomer);
    root.remove(newcomer);
  }
  EXPECT_GT(failed, 3);
  EXPECT_EQ(all_spaces().size(), 2U);
}

TEST_F(OutOfMemory, DestructionNeedsNoMemory) {
  auto doomed = std::make_unique<RamRegion>("doomed", 0x1000);
  root.add(0x6000, *doomed);
  ASSERT_NE(first.view().find(0x6000), nullptr);
  allocations_left = 0;
  doomed.reset();
  allocations_left = -1;
  EXPECT_EQ(first.view().find(0x6000), nullptr) << "what is gone does not show, even if nothing else can either";
  root.set_enabled(false);
  root.set_enabled(true);
  EXPECT_EQ(first.view().find(0x1000)->region, &ram) << "the next change brings back what was left";
}

}  // namespace
}  // namespace sc_memory
