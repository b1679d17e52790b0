// Notifiers as such, and as what a guest write signals.
#include "sc_memory/access/event_notifier.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>

#include "sc_memory/access/io_ops.h"
#include "sc_memory/map/address_space.h"
#include "sc_memory/map/map_error.h"

namespace sc_memory {
namespace {

TEST(CallbackNotifier, Calls) {
  int calls = 0;
  CallbackNotifier notifier([&] { ++calls; });
  notifier.notify();
  notifier.notify();
  EXPECT_EQ(calls, 2);
}

TEST(EventFdNotifier, Counts) {
  EventFdNotifier notifier;
  EXPECT_FALSE(notifier.test_and_clear());
  notifier.notify();
  notifier.notify();
  EXPECT_EQ(notifier.take(), 2u);
  EXPECT_EQ(notifier.take(), 0u);
  notifier.notify();
  EXPECT_TRUE(notifier.test_and_clear());
  EXPECT_FALSE(notifier.test_and_clear());
}

TEST(EventFdNotifier, IsWhatItsDescriptorSays) {
  EventFdNotifier notifier;
  notifier.notify();
  pollfd waiting{notifier.fd(), POLLIN, 0};
  EXPECT_EQ(::poll(&waiting, 1, 0), 1);
  std::uint64_t count = 0;
  EXPECT_EQ(::read(notifier.fd(), &count, sizeof count), static_cast<ssize_t>(sizeof count));
  EXPECT_EQ(count, 1u);
}

TEST(EventFdNotifier, TakesADescriptorThatBlocks) {
  const int fd = ::eventfd(0, 0);
  EventFdNotifier notifier(fd);
  EXPECT_NE(notifier.fd(), fd);
  EXPECT_EQ(notifier.take(), 0u) << "does not wait";
  notifier.notify();
  std::uint64_t count = 0;
  EXPECT_EQ(::read(fd, &count, sizeof count), static_cast<ssize_t>(sizeof count));
  EXPECT_EQ(count, 1u);
  ::close(fd);
  notifier.notify();
  EXPECT_EQ(notifier.take(), 1u) << "the descriptor was duplicated";
}

TEST(EventFdNotifier, AFullCounterStaysFull) {
  EventFdNotifier notifier(::eventfd(0, EFD_CLOEXEC));
  const std::uint64_t full = UINT64_MAX - 1;
  ASSERT_EQ(::write(notifier.fd(), &full, sizeof full), static_cast<ssize_t>(sizeof full));
  notifier.notify();
  EXPECT_EQ(notifier.take(), full);
}

TEST(EventFdNotifier, WakesAnotherThread) {
  EventFdNotifier notifier;
  std::thread reader([&] {
    pollfd waiting{notifier.fd(), POLLIN, 0};
    EXPECT_EQ(::poll(&waiting, 1, 60'000), 1);
  });
  notifier.notify();
  reader.join();
}

TEST(EventFdNotifier, RefusesABadDescriptor) { EXPECT_THROW(EventFdNotifier(-1), MapError); }

TEST(EventFdNotifier, IsSignalledByAGuestWriteInsteadOfTheDevice) {
  int writes = 0;
  IoRegion io("io", 0x100, io_ops().write([&](Address, std::uint64_t, unsigned) { ++writes; }));
  Container root("root");
  root.add(0x1000, io);
  AddressSpace space("space", root);
  EventFdNotifier notifier;
  io.path().add_event_trigger({0x10, 4, true, 7, &notifier});
  const std::uint32_t seven = 7;
  const std::uint32_t eight = 8;
  EXPECT_EQ(space.write(0x1010, &seven, 4), AccessResult::ok);
  EXPECT_TRUE(notifier.test_and_clear());
  EXPECT_EQ(writes, 0);
  EXPECT_EQ(space.write(0x1010, &eight, 4), AccessResult::ok);
  EXPECT_FALSE(notifier.test_and_clear());
  EXPECT_EQ(writes, 1);
}

}  // namespace
}  // namespace sc_memory
