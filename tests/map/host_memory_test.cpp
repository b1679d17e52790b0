// Memory of the host: taken lazily, shared or not, in files, given back, and refused with the reason.
#include "sc_memory/map/host_memory.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "sc_memory/map/address_range.h"

#include "tests/map/map_error_of.h"
#include "tests/support/host_mapping.h"

namespace sc_memory {
namespace {

using ::testing::Each;
using testing::map_error_of;
using ::testing::StartsWith;

const auto kPage = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));

using Bytes = std::vector<std::uint8_t>;

Bytes bytes_of(const HostMemory& memory, std::uint64_t offset, std::uint64_t length) {
  return {memory.data() + offset, memory.data() + offset + length};
}

void fill(HostMemory& memory, std::uint8_t byte) { std::fill_n(memory.data(), memory.size(), byte); }

/// How many pages of the block the host has really given.
std::uint64_t resident_pages(const HostMemory& memory) {
  std::vector<unsigned char> pages(memory.size() / kPage);
  EXPECT_EQ(::mincore(memory.data(), memory.size(), pages.data()), 0) << std::strerror(errno);
  return static_cast<std::uint64_t>(
      std::count_if(pages.begin(), pages.end(), [](unsigned char page) { return (page & 1) != 0; }));
}

/// Runs `action` in a process forked from this one, and waits for its end.
template <typename Action>
void in_another_process(Action&& action) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0) << std::strerror(errno);
  if (child == 0) {
    action();
    ::_exit(0);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

class HostMemoryInFile : public ::testing::Test {
 protected:
  HostMemoryInFile() {
    const int fd = ::mkstemp(path.data());
    EXPECT_GE(fd, 0) << std::strerror(errno);
    ::close(fd);
  }
  ~HostMemoryInFile() override { ::unlink(path.c_str()); }

  void write_file(const std::string& content) const { std::ofstream(path, std::ios::binary) << content; }
  std::string read_file() const {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string path = ::testing::TempDir() + "host_memory_XXXXXX";
};

TEST(HostMemory, LargeMemoryCostsNothingUntilItIsTouched) {
  const HostMemory memory = HostMemory::anonymous(64_GiB);
  EXPECT_EQ(memory.size(), 64_GiB);
  EXPECT_EQ(resident_pages(memory), 0U);
  memory.data()[0] = 1;
  memory.data()[64_GiB - 1] = 2;
  // The host may give a huge page for each of the two.
  EXPECT_LE(resident_pages(memory), 2 * 2_MiB / kPage);
  EXPECT_EQ(memory.data()[32_GiB], 0);
}

TEST(HostMemory, LargeMemoryAsksForHugePagesAndSmallMemoryDoesNot) {
  if (::access("/sys/kernel/mm/transparent_hugepage/enabled", F_OK) != 0) return;  // There are none to ask for.
  const HostMemory large = HostMemory::anonymous(64_MiB);
  const HostMemory small = HostMemory::anonymous(1_MiB);
  EXPECT_TRUE(testing::host_mapping_of(large.data(), large.size()).wants_huge_pages);
  EXPECT_FALSE(testing::host_mapping_of(small.data(), small.size()).wants_huge_pages);
}

TEST(HostMemory, SharedMemoryIsOneForForkedProcessesAndPrivateMemoryIsNot) {
  HostMemory shared = HostMemory::anonymous_shared(kPage);
  HostMemory own = HostMemory::anonymous(kPage);
  in_another_process([&] { shared.data()[7] = own.data()[7] = 0x77; });
  EXPECT_EQ(shared.data()[7], 0x77);
  EXPECT_EQ(own.data()[7], 0);
}

TEST(HostMemory, NoBytesAreNoMemory) {
  HostMemory none, own = HostMemory::anonymous(0), shared = HostMemory::anonymous_shared(0);
  for (HostMemory* memory : {&none, &own, &shared}) {
    EXPECT_EQ(memory->data(), nullptr);
    EXPECT_EQ(memory->size(), 0U);
    EXPECT_EQ(map_error_of([&] { memory->discard(0, 0); }), "no error");
  }
}

TEST(HostMemory, TooMuchIsRefusedWithTheReason) {
  EXPECT_EQ(map_error_of([] { HostMemory::anonymous(UINT64_C(1) << 60); }),
            "memory: cannot map 1152921504606846976 bytes of host memory: Cannot allocate memory");
  EXPECT_EQ(map_error_of([] { HostMemory::anonymous_shared(UINT64_C(1) << 60); }),
            "shared memory: cannot map 1152921504606846976 bytes of host memory: Cannot allocate memory");
}

TEST(HostMemory, BorrowedMemoryStaysItsOwners) {
  Bytes owners(4 * kPage, 0x11);
  {
    HostMemory memory = HostMemory::borrowed(owners.data(), owners.size());
    EXPECT_EQ(memory.data(), owners.data());
    EXPECT_EQ(memory.fd(), -1);
    memory.discard(1, owners.size() - 2);
  }
  EXPECT_EQ(owners.front(), 0x11);
  EXPECT_EQ(owners.back(), 0x11);
  EXPECT_THAT(Bytes(owners.begin() + 1, owners.end() - 1), Each(0));
  EXPECT_EQ(map_error_of([] { HostMemory::borrowed(nullptr, 16); }),
            "the memory given for a RAM region is a null pointer");
}

TEST(HostMemory, MovesWithItsBytes) {
  HostMemory first = HostMemory::anonymous(kPage);
  std::uint8_t* const data = first.data();
  data[0] = 0x42;
  HostMemory second(std::move(first));
  EXPECT_EQ(first.data(), nullptr);
  EXPECT_EQ(first.size(), 0U);
  HostMemory third = HostMemory::anonymous(2 * kPage);
  third = std::move(second);
  EXPECT_EQ(third.data(), data);
  EXPECT_EQ(third.size(), kPage);
  EXPECT_EQ(third.data()[0], 0x42);
}

TEST(HostMemory, DiscardGivesPagesBackAndClearsItsEdges) {
  for (const bool shared : {false, true}) {
    HostMemory memory = shared ? HostMemory::anonymous_shared(8 * kPage) : HostMemory::anonymous(8 * kPage);
    fill(memory, 0xee);
    memory.discard(kPage - 3, 5 * kPage + 6);
    EXPECT_THAT(bytes_of(memory, 0, kPage - 3), Each(0xee));
    EXPECT_THAT(bytes_of(memory, kPage - 3, 5 * kPage + 6), Each(0));
    EXPECT_THAT(bytes_of(memory, 6 * kPage + 3, 2 * kPage - 3), Each(0xee));
  }
}

TEST(HostMemory, DiscardedPagesAreTheHostsAgain) {
  HostMemory memory = HostMemory::anonymous(8 * kPage);
  ASSERT_EQ(::madvise(memory.data(), memory.size(), MADV_NOHUGEPAGE), 0);
  fill(memory, 0xee);
  ASSERT_EQ(resident_pages(memory), 8U);
  memory.discard(2 * kPage, 4 * kPage);
  EXPECT_EQ(resident_pages(memory), 4U);
}

TEST(HostMemory, DiscardWithinAPageClearsJustThat) {
  HostMemory memory = HostMemory::anonymous(2 * kPage);
  fill(memory, 0xee);
  memory.discard(kPage - 2, 4);
  memory.discard(0, 0);
  EXPECT_EQ(std::count(memory.data(), memory.data() + memory.size(), 0), 4);
  EXPECT_THAT(bytes_of(memory, kPage - 2, 4), Each(0));
}

TEST(HostMemory, DiscardBeyondTheEndIsAnError) {
  HostMemory memory = HostMemory::anonymous(kPage);
  fill(memory, 0xee);
  EXPECT_EQ(map_error_of([&] { memory.discard(1, kPage); }),
            "discarding 0x1000 bytes at 0x1 goes beyond the memory's end at 0x1000");
  EXPECT_EQ(map_error_of([&] { memory.discard(kPage + 1, 0); }),
            "discarding 0x0 bytes at 0x1001 goes beyond the memory's end at 0x1000");
  EXPECT_EQ(map_error_of([&] { memory.discard(1, UINT64_MAX); }),
            "discarding 0xffffffffffffffff bytes at 0x1 goes beyond the memory's end at 0x1000");
  EXPECT_THAT(bytes_of(memory, 0, kPage), Each(0xee));
}

TEST(HostMemory, DiscardedSharedPagesReadAsZeroEvenWhereTheFileTakesNoHoles) {
  const int fd = ::memfd_create("sealed", MFD_ALLOW_SEALING);
  ASSERT_GE(fd, 0) << std::strerror(errno);
  HostMemory memory = HostMemory::from_fd(fd, 0, 4 * kPage, true, "sealed");
  fill(memory, 0xee);
  // After this the mapping may still be written, and a hole is refused.
  ASSERT_EQ(::fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE), 0) << std::strerror(errno);
  ::close(fd);
  memory.discard(kPage, 2 * kPage);
  EXPECT_THAT(bytes_of(memory, 0, kPage), Each(0xee));
  EXPECT_THAT(bytes_of(memory, kPage, 2 * kPage), Each(0));
  EXPECT_THAT(bytes_of(memory, 3 * kPage, kPage), Each(0xee));
}

TEST_F(HostMemoryInFile, SharedWritesReachTheFileAndWhoeverMapsIt) {
  write_file("hello");
  HostMemory memory = HostMemory::from_file(path, kPage, true);
  const HostMemory other = HostMemory::from_file(path, kPage, true);
  EXPECT_GE(memory.fd(), 0);
  EXPECT_EQ(std::memcmp(memory.data(), "hello\0", 6), 0);
  memory.data()[0] = 'J';
  EXPECT_EQ(other.data()[0], 'J');
  EXPECT_EQ(read_file().substr(0, 5), "Jello");
  EXPECT_EQ(read_file().size(), kPage) << "a shorter file is extended";
  memory.discard(0, kPage);
  EXPECT_EQ(other.data()[0], 0);
}

TEST_F(HostMemoryInFile, PrivateWritesDoNotReachIt) {
  write_file("hello");
  const HostMemory memory = HostMemory::from_file(path, kPage, false);
  memory.data()[0] = 'J';
  EXPECT_EQ(std::memcmp(memory.data(), "Jello\0", 6), 0);
  EXPECT_EQ(read_file().substr(0, 5), "hello");
}

TEST_F(HostMemoryInFile, DiscardedPrivatePagesAreTheFilesAgainAndTheEdgesZero) {
  write_file(std::string(4 * kPage, 'f'));
  HostMemory memory = HostMemory::from_file(path, 4 * kPage, false);
  fill(memory, 'm');
  memory.discard(kPage - 1, 2 * kPage + 2);
  EXPECT_THAT(bytes_of(memory, 0, kPage - 1), Each('m'));
  EXPECT_EQ(memory.data()[kPage - 1], 0);
  EXPECT_THAT(bytes_of(memory, kPage, 2 * kPage), Each('f'));
  EXPECT_EQ(memory.data()[3 * kPage], 0);
  EXPECT_THAT(bytes_of(memory, 3 * kPage + 1, kPage - 1), Each('m'));
  EXPECT_EQ(read_file(), std::string(4 * kPage, 'f'));
}

TEST_F(HostMemoryInFile, ALongerFileKeepsItsLengthAndIsMappedFromTheOffset) {
  write_file(std::string(kPage, 'a') + std::string(2 * kPage, 'b'));
  const int fd = ::open(path.c_str(), O_RDWR);
  const HostMemory memory = HostMemory::from_fd(fd, kPage, kPage, true, "part");
  ::close(fd);
  EXPECT_NE(memory.fd(), fd) << "the descriptor is the memory's own";
  EXPECT_THAT(bytes_of(memory, 0, kPage), Each('b'));
  EXPECT_EQ(read_file().size(), 3 * kPage);
}

TEST_F(HostMemoryInFile, AFileThatIsNotThereIsMade) {
  ::unlink(path.c_str());
  const HostMemory memory = HostMemory::from_file(path, 2 * kPage, true);
  EXPECT_EQ(read_file(), std::string(2 * kPage, '\0'));
}

TEST_F(HostMemoryInFile, ErrorsNameTheFileAndTheReason) {
  EXPECT_EQ(map_error_of([&] { HostMemory::from_file("/nowhere/at/all", kPage, true); }),
            "/nowhere/at/all: cannot open it for reading and writing: No such file or directory");
  EXPECT_EQ(map_error_of([&] { HostMemory::from_fd(-1, 0, kPage, true, "nothing"); }),
            "nothing: cannot use the file descriptor: Bad file descriptor");
  EXPECT_EQ(map_error_of([&] { HostMemory::from_fd(0, 1, kPage, true, "crooked"); }),
            "crooked: offset 0x1 is no multiple of the page size 4096");
  const int fd = ::open(path.c_str(), O_RDONLY);
  EXPECT_EQ(map_error_of([&] { HostMemory::from_fd(fd, UINT64_MAX - kPage + 1, 2 * kPage, true, "far"); }),
            "far: offset 0xfffffffffffff000 and size 0x2000 go beyond any file");
  EXPECT_EQ(map_error_of([&] { HostMemory::from_fd(fd, 0, kPage, true, "read-only"); }),
            "read-only: cannot extend the file to 4096 bytes: Invalid argument");
  write_file(std::string(kPage, 'f'));
  EXPECT_EQ(map_error_of([&] { HostMemory::from_fd(fd, 0, kPage, true, "read-only"); }),
            "read-only: cannot map 4096 bytes of host memory: Permission denied");
  EXPECT_EQ(map_error_of([&] { HostMemory::from_fd(fd, 0, kPage, false, "read-only"); }), "no error");
  ::close(fd);
}

TEST(HostMemory, WhatIsNoFileOfBytesCannotBeMapped) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  EXPECT_THAT(map_error_of([&] { HostMemory::from_fd(ends[0], 0, kPage, true, "pipe"); }),
              StartsWith("pipe: cannot map 4096 bytes of host memory: "));
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace sc_memory
