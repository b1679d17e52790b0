// The kinds of regions. Each kind is a type of its own, so that what makes no sense for a kind does not compile.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sc_memory/map/dirty_log.h"
#include "sc_memory/map/host_memory.h"
#include "sc_memory/map/memory_region.h"

namespace sc_memory {

/// Host memory by pointer and length.
struct MemorySpan {
  std::uint8_t* data = nullptr;
  std::uint64_t size = 0;
};

/// Holds other regions and shows nothing itself: where no child is, lower-priority siblings of the container show
/// through.
class Container final : public ParentRegion {
 public:
  explicit Container(std::string name, std::uint64_t size = kWholeSpace)
      : ParentRegion(RegionKind::container, std::move(name), size) {}
  ~Container() override { detach(); }

  void set_size(std::uint64_t size) { change_size(size); }
};

/// Shows `size` bytes of `target` from `offset` on, children and all, wherever the alias itself is put. The target's
/// own enabled and read-only flags count, its parents' do not. An alias has no children. It may lie in its own target
/// where it does not show itself.
class AliasRegion final : public MemoryRegion {
 public:
  AliasRegion(std::string name, MemoryRegion& target, Address offset, std::uint64_t size);
  ~AliasRegion() override;

  /// Null once the target is destroyed: the alias is a hole then.
  MemoryRegion* target() const { return target_; }
  /// Of the alias's first byte, relative to the target.
  Address alias_offset() const { return alias_offset_; }
  /// Throws MapError if the alias, which lies in its target or in what that shows, would then show itself without end.
  void set_alias_offset(Address offset);
  void set_size(std::uint64_t size) { change_size(size); }

  /// The host memory that the alias shows, when the target, reached through any number of aliases, has memory there;
  /// else empty.
  MemorySpan memory() const;

 private:
  friend class MemoryRegion;
  void detach() noexcept override;
  void make_room_in_indexes() override;
  void leave_indexes() noexcept override;
  void enter_indexes() noexcept override;
  /// Of the target, by which it finds the alias: an address at least.
  AddressRange shown_range() const;

  MemoryRegion* target_;
  Address alias_offset_;
};

class MemoryBackedRegion;

/// A region's block of memory, as it is kept by those who hold pointers into it: the bytes stay until the last of them
/// lets go, even if the region goes before. (Memory that was borrowed stays its owner's to keep.)
struct MemoryBlock {
  HostMemory memory;
  MemoryBackedRegion* region = nullptr;  ///< Null once the region is gone.
};

/// A region with memory of its own and a log of what was written to it.
class MemoryBackedRegion : public ParentRegion {
 public:
  /// Lets go of the block.
  ~MemoryBackedRegion() override { block_->region = nullptr; }

  /// The region's bytes. Valid as long as the region.
  MemorySpan memory() const { return {block_->memory.data(), size()}; }
  const HostMemory& host_memory() const { return block_->memory; }
  const std::shared_ptr<MemoryBlock>& block() const { return block_; }

  /// A number that stands for this block of memory throughout one simulation: blocks never share a byte of this number
  /// space.
  std::uint64_t ram_address() const { return ram_address_; }

  /// Whether writes are logged for `client`. Listeners hear of it as log_start and log_stop.
  void set_log(DirtyClient client, bool log);
  std::uint8_t log_mask() const { return service().log_mask; }

  /// Ranges are relative to the region and must lie within it (MapError otherwise). Granularity is
  /// DirtyLog::kPageBytes.
  bool is_dirty(const AddressRange& range, DirtyClient client) const;
  void set_dirty(const AddressRange& range);
  bool test_and_clear_dirty(const AddressRange& range, DirtyClient client);
  void reset_dirty(const AddressRange& range, DirtyClient client);
  /// One bool a page from the page of range.first on, and clears them.
  std::vector<bool> snapshot_and_clear_dirty(const AddressRange& range, DirtyClient client);

  /// Asks every listener, for every place where the region shows, to report what was written behind the log's back.
  void sync_dirty_log();

  const DirtyLog& dirty_log() const { return dirty_; }
  /// Every write to the memory that does not come from set_dirty's caller is reported here. `range` lies within the
  /// region.
  void note_write(const AddressRange& range) {
    if (dirty_.mark(range)) tell_direct_access_changed(range);
  }

  /// The same for a write by another thread than the simulation's: the log marks it, and listeners are not told. An
  /// initiator that was refused to write directly learns with its next write that it may.
  void note_write_elsewhere(const AddressRange& range) { dirty_.mark(range); }

 protected:
  /// The memory is a reference so that its size can still be read while the arguments are made.
  MemoryBackedRegion(RegionKind kind, std::string name, std::uint64_t size, HostMemory&& memory, RegionService service);
  void check_inside(const AddressRange& range) const;

 private:
  void tell_direct_access_changed(const AddressRange& range);

  std::shared_ptr<MemoryBlock> block_;
  DirtyLog dirty_;
  std::uint64_t ram_address_;
};

/// Memory that reads and writes reach directly. `readonly()` makes it a ROM.
class RamRegion : public MemoryBackedRegion {
 public:
  /// Zeroed memory of its own, taken from the host lazily.
  RamRegion(std::string name, std::uint64_t size);
  /// The memory given: a file, memory shared with another process, or a caller's (HostMemory::borrowed).
  RamRegion(std::string name, HostMemory memory);
  /// Memory that can grow up to `max_size` by resize().
  static std::unique_ptr<RamRegion> resizable(std::string name, std::uint64_t size, std::uint64_t max_size);
  ~RamRegion() override { detach(); }

  bool is_rom() const { return readonly(); }
  /// Throws MapError beyond the size of the host memory. What lies beyond the new size keeps its bytes.
  void resize(std::uint64_t size);
  /// Gives the bytes of `range` back to the host, as HostMemory::discard does: they read as zero afterwards, but whole
  /// pages of private memory of a file as the file does. Pointers stay valid. Marks them dirty.
  void discard(const AddressRange& range);

 private:
  RamRegion(std::string name, std::uint64_t size, HostMemory&& memory);
};

/// Memory that guests can only read; loaders and debuggers may write it. set_readonly(false) makes it writable, as
/// shadow RAM is.
class RomRegion final : public RamRegion {
 public:
  RomRegion(std::string name, std::uint64_t size);
  RomRegion(std::string name, HostMemory memory);
};

/// Claims addresses without serving them: an access is a decode error, and what lies below it stays hidden.
class ReservedRegion final : public ParentRegion {
 public:
  ReservedRegion(std::string name, std::uint64_t size)
      : ParentRegion(RegionKind::reservation, std::move(name), size, {Service::reservation, nullptr, false, false, 0}) {
  }
  ~ReservedRegion() override { detach(); }
};

}  // namespace sc_memory
