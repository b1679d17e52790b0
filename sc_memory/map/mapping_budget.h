// How much host memory an address space lends to devices that map what has no pointer: the sum of their bounce buffers.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>

namespace sc_memory {

class AddressSpace;

/// One for each address space, shared with the mappings that are open in it and so able to outlive it. In the
/// simulation's thread only. access/address_map.h takes from it.
class MappingBudget {
 public:
  static constexpr std::uint64_t kDefaultLimit = 64 * 1024;
  using Client = std::function<void()>;
  using ClientId = std::uint64_t;

  explicit MappingBudget(AddressSpace& space) : space_(&space) {}
  MappingBudget(const MappingBudget&) = delete;
  MappingBudget& operator=(const MappingBudget&) = delete;

  /// Null once the space is destroyed.
  AddressSpace* space() const { return space_; }
  /// The space goes: nobody waits any longer.
  void forget_space();

  /// In bytes. A lower limit leaves open mappings alone.
  std::uint64_t limit() const { return limit_; }
  void set_limit(std::uint64_t bytes);
  std::uint64_t used() const { return used_; }
  std::uint64_t available() const { return used_ < limit_ ? limit_ - used_ : 0; }

  /// Calls `client` once, as soon as there is room: now, if there is. Clients are called in the order in which they
  /// came, each only while there is room that those before it left. They may map, unmap and wait again, which is for
  /// room that is made from then on; they must not throw.
  ClientId call_when_free(Client client);
  /// Does nothing if the client was called already.
  void cancel(ClientId id);

 private:
  friend class BudgetShare;

  struct Waiting {
    ClientId id;
    Client client;
  };

  void room_was_made();

  AddressSpace* space_;
  std::uint64_t limit_ = kDefaultLimit;
  std::uint64_t used_ = 0;
  ClientId last_id_ = 0;
  ClientId callable_up_to_ = 0;  ///< Those who waited when room was last made.
  bool calling_ = false;
  std::deque<Waiting> waiting_;
};

/// A part of a budget, given back on destruction, whereupon clients may be called.
class BudgetShare {
 public:
  BudgetShare() = default;
  /// Takes up to `bytes`.
  BudgetShare(std::shared_ptr<MappingBudget> budget, std::uint64_t bytes);
  BudgetShare(const BudgetShare&) = delete;
  BudgetShare& operator=(const BudgetShare&) = delete;
  BudgetShare(BudgetShare&& other) noexcept : budget_(std::move(other.budget_)), bytes_(other.bytes_) {}
  BudgetShare& operator=(BudgetShare&& other) noexcept;
  ~BudgetShare();

  /// How many bytes there were.
  std::uint64_t bytes() const { return bytes_; }
  AddressSpace* space() const { return budget_->space(); }

 private:
  std::shared_ptr<MappingBudget> budget_;
  std::uint64_t bytes_ = 0;
};

}  // namespace sc_memory
