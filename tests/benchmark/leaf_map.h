// A map of many small devices: what figures about the size of a map are measured on.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/io_region.h"
#include "sc_memory/map/map_transaction.h"

namespace sc_memory::bench {

/// A device that does nothing.
class IdleHandler final : public IoHandler {
 public:
  AccessResult read(Address, std::uint8_t* data, std::size_t length, const Attributes&) override {
    std::memset(data, 0, length);
    return AccessResult::ok;
  }
  AccessResult write(Address, const std::uint8_t*, std::size_t, const Attributes&) override { return AccessResult::ok; }
  std::size_t access_length(Address, std::size_t remaining) const override { return remaining; }
};

/// Leaves of a page each, every second page free.
class Leaves {
 public:
  static constexpr std::uint64_t kBytes = 4_KiB;
  static constexpr std::uint64_t kDistance = 2 * kBytes;

  explicit Leaves(std::size_t count) {
    leaves_.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
      leaves_.push_back(
          std::make_unique<IoRegion>("leaf" + std::to_string(i), kBytes, std::make_unique<IdleHandler>()));
  }

  std::size_t count() const { return leaves_.size(); }
  IoRegion& operator[](std::size_t index) { return *leaves_[index]; }
  /// Relative to the parent.
  static Address address_of(std::size_t index) { return index * kDistance; }

  /// One commit each, unless a transaction is open.
  void add_to(Container& parent) {
    for (std::size_t i = 0; i < count(); ++i) parent.add(address_of(i), *leaves_[i]);
  }

 private:
  std::vector<std::unique_ptr<IoRegion>> leaves_;
};

/// Leaves in blocks of up to 1024, as a large platform would have them, and a space that shows them all.
class LeafMap {
 public:
  explicit LeafMap(std::size_t count) : leaves(count) {
    MapTransaction change;
    for (std::size_t i = 0; i < count; ++i) {
      if (i % kBlock == 0) add_block(i / kBlock);
      blocks_.back()->add(Leaves::address_of(i % kBlock), leaves[i]);
    }
  }

  Leaves leaves;
  Container system{"system"};

 private:
  static constexpr std::size_t kBlock = 1024;

  void add_block(std::size_t index) {
    blocks_.push_back(std::make_unique<Container>("block" + std::to_string(index), kBlock * Leaves::kDistance));
    system.add(Leaves::address_of(index * kBlock), *blocks_.back());
  }

  std::vector<std::unique_ptr<Container>> blocks_;

 public:
  // Last, so that it goes first: regions then need not be taken out of its view one by one.
  AddressSpace space{"memory", system};
};

/// Numbers without a pattern that a processor could learn, the same in every run.
class Scatter {
 public:
  /// From 0 to below `bound`.
  std::size_t below(std::size_t bound) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>((state_ >> 32) % bound);
  }

 private:
  std::uint64_t state_ = 1;
};

}  // namespace sc_memory::bench
