// Bitmaps of clean pages, one a client, allocated when a client first clears something.
#include "sc_memory/map/dirty_log.h"

namespace sc_memory {

namespace {

constexpr std::uint64_t kBits = 64;

std::uint64_t page_of(Address offset) { return offset / DirtyLog::kPageBytes; }

/// Calls visit(word index, mask) for every word of a bitmap that the pages of `range` touch.
template <typename Visit>
void for_each_word(const AddressRange& range, Visit&& visit) {
  const std::uint64_t first = page_of(range.first);
  const std::uint64_t last = page_of(range.last);
  for (std::uint64_t word = first / kBits; word <= last / kBits; ++word) {
    std::uint64_t mask = UINT64_MAX;
    if (word == first / kBits) mask &= UINT64_MAX << (first % kBits);
    if (word == last / kBits) mask &= UINT64_MAX >> (kBits - 1 - last % kBits);
    visit(word, mask);
  }
}

}  // namespace

bool DirtyLog::is_dirty(const AddressRange& range, DirtyClient client) const {
  const Word* words = clean_[static_cast<unsigned>(client)].words.load(std::memory_order_acquire);
  if (words == nullptr) return true;
  bool dirty = false;
  for_each_word(range, [&](std::uint64_t word, std::uint64_t mask) { dirty |= (~words[word].load() & mask) != 0; });
  return dirty;
}

bool DirtyLog::mark_slowly(const AddressRange& range) {
  bool was_clean = false;
  for (Bitmap& bitmap : clean_) {
    Word* words = bitmap.words.load(std::memory_order_acquire);
    if (words == nullptr) continue;
    for_each_word(range, [&](std::uint64_t word, std::uint64_t mask) {
      if ((words[word].load(std::memory_order_relaxed) & mask) != 0)
        was_clean |= (words[word].fetch_and(~mask) & mask) != 0;
    });
  }
  return was_clean;
}

bool DirtyLog::test_and_clear(const AddressRange& range, DirtyClient client) {
  Word* words = bitmap_for_clearing(client);
  bool dirty = false;
  for_each_word(range,
                [&](std::uint64_t word, std::uint64_t mask) { dirty |= (~words[word].fetch_or(mask) & mask) != 0; });
  return dirty;
}

std::vector<bool> DirtyLog::snapshot_and_clear(const AddressRange& range, DirtyClient client) {
  Word* words = bitmap_for_clearing(client);
  const std::uint64_t first_page = page_of(range.first);
  std::vector<bool> pages(page_of(range.last) - first_page + 1);
  for_each_word(range, [&](std::uint64_t word, std::uint64_t mask) {
    std::uint64_t dirty = ~words[word].fetch_or(mask) & mask;
    for (; dirty != 0; dirty &= dirty - 1)
      pages[word * kBits + static_cast<unsigned>(__builtin_ctzll(dirty)) - first_page] = true;
  });
  return pages;
}

AddressRange DirtyLog::uniform_range(Address offset, const AddressRange& within, bool& clean) const {
  clean = false;
  if (!any_clean_.load(std::memory_order_acquire)) return within;
  clean = is_page_clean(page_of(offset));
  std::uint64_t first = page_of(offset);
  std::uint64_t last = first;
  while (first > page_of(within.first) && is_page_clean(first - 1) == clean) --first;
  while (last < page_of(within.last) && is_page_clean(last + 1) == clean) ++last;
  return {std::max(within.first, first * kPageBytes), std::min(within.last, last * kPageBytes + (kPageBytes - 1))};
}

bool DirtyLog::is_page_clean(std::uint64_t page) const {
  for (const Bitmap& bitmap : clean_) {
    const Word* words = bitmap.words.load(std::memory_order_acquire);
    if (words != nullptr && (words[page / kBits].load() >> (page % kBits) & 1) != 0) return true;
  }
  return false;
}

DirtyLog::Word* DirtyLog::bitmap_for_clearing(DirtyClient client) {
  Bitmap& bitmap = clean_[static_cast<unsigned>(client)];
  if (Word* words = bitmap.words.load(std::memory_order_acquire)) return words;
  const std::lock_guard<std::mutex> lock(allocation_);
  if (bitmap.words.load() == nullptr) {
    const std::uint64_t words = size_ / kPageBytes / kBits + 1;
    bitmap.memory = HostMemory::anonymous(words * sizeof(Word));
    bitmap.words.store(reinterpret_cast<Word*>(bitmap.memory.data()), std::memory_order_release);
    any_clean_.store(true, std::memory_order_release);
  }
  return bitmap.words.load();
}

}  // namespace sc_memory
