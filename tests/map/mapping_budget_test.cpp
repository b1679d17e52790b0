// The budget's arithmetic and its queue of clients.
#include "sc_memory/map/mapping_budget.h"

#include <gtest/gtest.h>
#include <vector>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/region_kinds.h"

namespace sc_memory {
namespace {

class Budget : public ::testing::Test {
 protected:
  Budget() { budget->set_limit(100); }
  BudgetShare take(std::uint64_t bytes) { return {budget, bytes}; }

  Container root{"root"};
  AddressSpace space{"space", root};
  std::shared_ptr<MappingBudget> budget = space.mapping_budget_pointer();
};

TEST_F(Budget, GivesNoMoreThanItHasAndTakesItBack) {
  EXPECT_EQ(budget->limit(), 100u);
  {
    const BudgetShare first = take(70);
    const BudgetShare second = take(70);
    const BudgetShare third = take(1);
    EXPECT_EQ(first.bytes(), 70u);
    EXPECT_EQ(second.bytes(), 30u);
    EXPECT_EQ(third.bytes(), 0u);
    EXPECT_EQ(budget->available(), 0u);
  }
  EXPECT_EQ(budget->used(), 0u);
}

TEST_F(Budget, ALowerLimitLeavesWhatIsTaken) {
  const BudgetShare share = take(80);
  budget->set_limit(50);
  EXPECT_EQ(budget->available(), 0u);
  EXPECT_EQ(budget->used(), 80u);
}

TEST_F(Budget, AShareThatIsMovedIsGivenBackOnce) {
  BudgetShare first = take(60);
  {
    BudgetShare second = std::move(first);
    BudgetShare third;
    third = std::move(second);
    EXPECT_EQ(budget->used(), 60u);
  }
  EXPECT_EQ(budget->used(), 0u);
}

TEST_F(Budget, AClientIsCalledAtOnceWhenThereIsRoom) {
  int calls = 0;
  budget->call_when_free([&] { ++calls; });
  EXPECT_EQ(calls, 1);
  { const BudgetShare share = take(100); }
  EXPECT_EQ(calls, 1) << "a client is called once";
}

TEST_F(Budget, ClientsWaitForRoomInTheirOrder) {
  auto all = std::make_unique<BudgetShare>(budget, 100);
  std::vector<int> calls;
  std::vector<BudgetShare> held;
  budget->call_when_free([&] {
    calls.push_back(1);
    held.push_back(take(40));
  });
  budget->call_when_free([&] {
    calls.push_back(2);
    held.push_back(take(100));
  });
  budget->call_when_free([&] { calls.push_back(3); });
  EXPECT_TRUE(calls.empty());
  all.reset();
  EXPECT_EQ(calls, (std::vector<int>{1, 2})) << "the third has to wait: the second took the rest";
  held.pop_back();
  EXPECT_EQ(calls, (std::vector<int>{1, 2, 3}));
}

TEST_F(Budget, AHigherLimitIsRoomToo) {
  const BudgetShare all = take(100);
  bool called = false;
  budget->call_when_free([&] { called = true; });
  budget->set_limit(101);
  EXPECT_TRUE(called);
}

TEST_F(Budget, AClientThatWaitsAgainWaitsForNewRoom) {
  auto half = std::make_unique<BudgetShare>(budget, 50);
  auto rest = std::make_unique<BudgetShare>(budget, 50);
  int calls = 0;
  std::function<void()> wants_all = [&] {
    ++calls;
    if (budget->available() < 100) budget->call_when_free(wants_all);
  };
  budget->call_when_free(wants_all);
  half.reset();
  EXPECT_EQ(calls, 1);
  rest.reset();
  EXPECT_EQ(calls, 2);
}

TEST_F(Budget, RoomThatAClientMakesIsForThoseWhoWaitThen) {
  auto half = std::make_unique<BudgetShare>(budget, 50);
  auto rest = std::make_unique<BudgetShare>(budget, 50);
  std::vector<int> calls;
  budget->call_when_free([&] {
    calls.push_back(1);
    budget->call_when_free([&] { calls.push_back(2); });
    rest.reset();
  });
  half.reset();
  EXPECT_EQ(calls, (std::vector<int>{1, 2}));
}

TEST_F(Budget, ACancelledClientIsNotCalled) {
  auto all = std::make_unique<BudgetShare>(budget, 100);
  bool called = false;
  const MappingBudget::ClientId id = budget->call_when_free([&] { called = true; });
  budget->cancel(id);
  budget->cancel(id);
  all.reset();
  EXPECT_FALSE(called);
}

TEST(BudgetOfASpace, OutlivesItAndForgetsItsClients) {
  Container root("root");
  std::shared_ptr<MappingBudget> budget;
  bool called = false;
  {
    AddressSpace space("space", root);
    budget = space.mapping_budget_pointer();
    EXPECT_EQ(budget->space(), &space);
    budget->set_limit(0);
    budget->call_when_free([&] { called = true; });
  }
  EXPECT_EQ(budget->space(), nullptr);
  budget->set_limit(10);
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace sc_memory
