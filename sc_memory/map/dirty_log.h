// Which pages of a memory block were written since somebody last looked, kept apart for several clients.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "sc_memory/map/address_range.h"
#include "sc_memory/map/host_memory.h"

namespace sc_memory {

/// Who asks for dirty pages. The first three have the numbers of the 2013 API; any number below kDirtyClients will do.
enum class DirtyClient : std::uint8_t { vga = 0, code = 1, migration = 3 };
inline constexpr unsigned kDirtyClients = 8;

/// Pages are 4 KiB; every page that a range overlaps counts. All pages are dirty for every client at birth. Offsets are
/// relative to the block. Marking and looking may happen in any host thread at once; clearing too, but a client is
/// cleared by one at a time.
class DirtyLog {
 public:
  static constexpr std::uint64_t kPageBytes = 4096;

  explicit DirtyLog(std::uint64_t size) : size_(size) {}
  DirtyLog(const DirtyLog&) = delete;
  DirtyLog& operator=(const DirtyLog&) = delete;

  /// True if any page of the range is dirty for `client`.
  bool is_dirty(const AddressRange& range, DirtyClient client) const;

  /// Marks the range for every client. Returns true if any page of it had been clean for anybody: such a page was not
  /// to be written behind the log's back.
  bool mark(const AddressRange& range) { return any_clean_.load(std::memory_order_acquire) && mark_slowly(range); }

  /// Clears the range for `client` and returns whether any page of it had been dirty.
  bool test_and_clear(const AddressRange& range, DirtyClient client);

  /// One bool a page of the range, clearing them: a consistent picture of what to copy next.
  std::vector<bool> snapshot_and_clear(const AddressRange& range, DirtyClient client);

  /// The largest part of `within` around `offset` whose pages are all clean for somebody, or all dirty for everybody;
  /// `clean` says which of the two. A write pointer may be handed out for the latter only.
  AddressRange uniform_range(Address offset, const AddressRange& within, bool& clean) const;

 private:
  using Word = std::atomic<std::uint64_t>;
  /// The log keeps the clean pages, so that untouched bitmaps are zero pages that cost no memory.
  struct Bitmap {
    HostMemory memory;
    std::atomic<Word*> words{nullptr};
  };

  bool mark_slowly(const AddressRange& range);
  bool is_page_clean(std::uint64_t page) const;
  Word* bitmap_for_clearing(DirtyClient client);

  std::uint64_t size_;
  std::atomic<bool> any_clean_{false};
  std::mutex allocation_;
  std::array<Bitmap, kDirtyClients> clean_;
};

}  // namespace sc_memory
