// Items by where they lie: windows against a plain list, among them items that share an address and ones that overlap.
#include "sc_memory/map/interval_index.h"

#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <vector>

#include "tests/support/seed.h"

namespace sc_memory {
namespace {

struct Item {
  AddressRange range;
};
using Index = IntervalIndex<Item>;

std::vector<const Item*> found_in(const Index& index, const AddressRange& window) {
  std::vector<const Item*> found;
  index.for_each_in(window, [&](const Item& item) {
    found.push_back(&item);
    return true;
  });
  return found;
}

void put(Index& index, Item& item) {
  index.make_room();
  index.insert(item.range, item);
}

TEST(IntervalIndex, AnEmptyOneFindsNothing) {
  Index index;
  EXPECT_TRUE(index.empty());
  EXPECT_TRUE(found_in(index, AddressRange::whole()).empty());
  index.clear();
  EXPECT_EQ(index.size(), 0U);
}

TEST(IntervalIndex, AWindowFindsWhatOverlapsItByAscendingAddress) {
  Item low{{0, 9}}, wide{{5, UINT64_MAX}}, high{{20, 29}}, top{{UINT64_MAX, UINT64_MAX}};
  Index index;
  for (Item* item : {&top, &high, &wide, &low}) put(index, *item);
  EXPECT_EQ(found_in(index, {0, 4}), (std::vector<const Item*>{&low}));
  EXPECT_EQ(found_in(index, {9, 10}), (std::vector<const Item*>{&low, &wide}));
  EXPECT_EQ(found_in(index, {29, 29}), (std::vector<const Item*>{&wide, &high}));
  EXPECT_EQ(found_in(index, {UINT64_MAX, UINT64_MAX}), (std::vector<const Item*>{&wide, &top}));
  index.remove(wide.range, wide);
  EXPECT_EQ(found_in(index, {9, 19}), (std::vector<const Item*>{&low}));
}

TEST(IntervalIndex, AVisitEndsWhenTheVisitorHasSeenEnough) {
  Item first{{0, 9}}, second{{5, 9}};
  Index index;
  put(index, first);
  put(index, second);
  int visited = 0;
  EXPECT_FALSE(index.for_each_in(AddressRange::whole(), [&](const Item&) { return ++visited < 1; }));
  EXPECT_EQ(visited, 1);
}

/// Thousands of items that come and go, as one list and as an index.
class IntervalIndexRandom : public ::testing::Test {
 protected:
  AddressRange some_range() {
    // Many share an address; a few are long.
    const Address first = random_() % 8 == 0 ? 0 : random_() % 5000;
    return {first, first + random_() % (random_() % 50 == 0 ? 3000 : 20)};
  }
  void add() {
    items_.push_back(std::make_unique<Item>(Item{some_range()}));
    put(index_, *items_.back());
  }
  void remove() {
    std::swap(items_[random_() % items_.size()], items_.back());
    index_.remove(items_.back()->range, *items_.back());
    items_.pop_back();
  }
  void move() {
    Item& item = *items_[random_() % items_.size()];
    index_.make_room();
    index_.remove(item.range, item);
    item.range = some_range();
    index_.insert(item.range, item);
  }
  void compare(const AddressRange& window) const {
    std::vector<const Item*> found = found_in(index_, window);
    for (std::size_t i = 1; i < found.size(); ++i) ASSERT_LE(found[i - 1]->range.first, found[i]->range.first);
    std::vector<const Item*> expected;
    for (const auto& item : items_) {
      if (item->range.overlaps(window)) expected.push_back(item.get());
    }
    std::sort(found.begin(), found.end());
    std::sort(expected.begin(), expected.end());
    ASSERT_EQ(found, expected);
  }

  std::mt19937_64 random_{testing::seed()};
  Index index_;
  std::vector<std::unique_ptr<Item>> items_;
};

TEST_F(IntervalIndexRandom, EveryWindowFindsWhatAListFinds) {
  for (int step = 0; step < testing::steps(20000); ++step) {
    // Grows in the first half and shrinks in the second.
    const bool grows = step < testing::steps(20000) / 2;
    const std::uint64_t dice = random_() % 8;
    if (items_.empty() || dice < (grows ? 4U : 1U))
      add();
    else if (dice < 6)
      remove();
    else
      move();
    ASSERT_EQ(index_.size(), items_.size());
    if (step % 20 == 0) compare(some_range());
  }
  compare(AddressRange::whole());
  while (!items_.empty()) remove();
  EXPECT_TRUE(found_in(index_, AddressRange::whole()).empty());
}

TEST_F(IntervalIndexRandom, AscendingAndDescendingRowsOfAdditionsAreNoWorse) {
  for (Address i = 0; i < 2000; ++i) {
    items_.push_back(std::make_unique<Item>(Item{{10000 + i * 4, 10003 + i * 4}}));
    put(index_, *items_.back());
    items_.push_back(std::make_unique<Item>(Item{{10000 - i * 4 - 4, 10000 - i * 4 - 1}}));
    put(index_, *items_.back());
  }
  for (int i = 0; i < 200; ++i) {
    const Address first = 2000 + random_() % 16000;
    compare({first, first + random_() % 100});
  }
}

}  // namespace
}  // namespace sc_memory
