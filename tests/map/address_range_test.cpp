// Ranges at the ends of the address space, where arithmetic would wrap, and against plain counting in a small one.
#include "sc_memory/map/address_range.h"

#include <gtest/gtest.h>

namespace sc_memory {
namespace {

constexpr Address kTop = UINT64_MAX;

TEST(AddressRange, IsMadeFromASizeAndCutAtTheTop) {
  EXPECT_EQ(AddressRange::sized(0x10, 0), std::nullopt);
  EXPECT_EQ(AddressRange::sized(0x10, 1), (AddressRange{0x10, 0x10}));
  EXPECT_EQ(AddressRange::sized(0x10, 0x20), (AddressRange{0x10, 0x2f}));
  EXPECT_EQ(AddressRange::sized(kTop - 1, 2), (AddressRange{kTop - 1, kTop}));
  EXPECT_EQ(AddressRange::sized(kTop - 1, 3), (AddressRange{kTop - 1, kTop}));
  EXPECT_EQ(AddressRange::sized(kTop, kWholeSpace - 1), (AddressRange{kTop, kTop}));
  EXPECT_EQ(AddressRange::sized(0, kWholeSpace), AddressRange::whole());
  EXPECT_EQ(AddressRange::sized(1, kWholeSpace), (AddressRange{1, kTop}));
  EXPECT_EQ(AddressRange::sized(0, kWholeSpace - 1), (AddressRange{0, kTop - 2}));
}

TEST(AddressRange, KnowsItsSize) {
  EXPECT_EQ((AddressRange{5, 5}).size(), 1U);
  EXPECT_EQ((AddressRange{1, kTop}).size(), kTop);
  EXPECT_EQ((AddressRange{0, kTop - 1}).size(), kTop);
  EXPECT_EQ(AddressRange::whole().size(), kWholeSpace);
}

TEST(AddressRange, NeighboursAreToldWithoutWrapping) {
  EXPECT_TRUE((AddressRange{0, 4}).ends_right_before({5, 9}));
  EXPECT_FALSE((AddressRange{0, 4}).ends_right_before({6, 9}));
  EXPECT_FALSE((AddressRange{0, 4}).ends_right_before({4, 9}));
  EXPECT_FALSE((AddressRange{5, kTop}).ends_right_before({0, 4}));
}

TEST(AddressRange, MovesUpToTheTopAndNotRoundIt) {
  EXPECT_EQ((AddressRange{0x10, 0x1f}).moved_up(0x100), (AddressRange{0x110, 0x11f}));
  EXPECT_EQ((AddressRange{0x10, 0x1f}).moved_up(0), (AddressRange{0x10, 0x1f}));
  EXPECT_EQ((AddressRange{0x10, 0x1f}).moved_up(kTop - 0x18), (AddressRange{kTop - 8, kTop}));
  EXPECT_EQ((AddressRange{0x10, 0x1f}).moved_up(kTop - 0x10), (AddressRange{kTop, kTop}));
  EXPECT_EQ((AddressRange{0x10, 0x1f}).moved_up(kTop - 0xf), std::nullopt);
  EXPECT_EQ(AddressRange::whole().moved_up(kTop), (AddressRange{kTop, kTop}));
  EXPECT_EQ((AddressRange{0x110, kTop}).moved_down(0x110), (AddressRange{0, kTop - 0x110}));
}

TEST(AddressRange, RelationsOfAllSmallRangesAreThoseOfTheirBytes) {
  constexpr Address kBytes = 6;
  for (Address base : {Address{0}, kTop - kBytes + 1})
    for (Address a = 0; a < kBytes; ++a)
      for (Address b = a; b < kBytes; ++b)
        for (Address c = 0; c < kBytes; ++c)
          for (Address d = c; d < kBytes; ++d) {
            const AddressRange one{base + a, base + b}, other{base + c, base + d};
            Address common = 0;
            for (Address byte = 0; byte < kBytes; ++byte) {
              const Address address = base + byte;
              const bool in_one = a <= byte && byte <= b, in_other = c <= byte && byte <= d;
              EXPECT_EQ(one.contains(address), in_one);
              if (in_one && in_other) ++common;
            }
            EXPECT_EQ(one.overlaps(other), common > 0);
            EXPECT_EQ(one.contains(other), common == other.size());
            const auto both = one.intersection(other);
            EXPECT_EQ(both ? both->size() : 0, common);
            EXPECT_TRUE(!both || (one.contains(*both) && other.contains(*both)));
            EXPECT_EQ(one == other, a == c && b == d);
            EXPECT_NE(one == other, one != other);
          }
}

TEST(AddressRange, SizesAreWrittenAsPeopleWriteThem) {
  EXPECT_EQ(4_KiB, 4096U);
  EXPECT_EQ(3_MiB, 3145728U);
  EXPECT_EQ(64_GiB, UINT64_C(0x1000000000));
}

}  // namespace
}  // namespace sc_memory
