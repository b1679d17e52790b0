// IOMMU regions in the path of an initiator: routing, pointers, and what takes them back.
#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <vector>

#include "sc_memory/map/iommu_region.h"

#include "tests/tlm/test_bench.h"

namespace sc_memory::testing {
namespace {

constexpr std::uint64_t kPage = 0x1000;

/// A page table that is a map.
class PageTable final : public Translator {
 public:
  explicit PageTable(AddressSpace& space) : space_(space) {}

  struct Page {
    Address to;
    bool reads;
    bool writes;
  };

  Translation translate(Address offset, Direction, unsigned, const Attributes&) override {
    const auto page = pages_.find(offset / kPage);
    if (page == pages_.end()) return Translation::fault(offset, kPage);
    return Translation::page(offset, kPage, space_, page->second.to, page->second.reads, page->second.writes);
  }
  void map(IommuRegion& region, Address offset, const Page& page) {
    pages_[offset / kPage] = page;
    region.notify_mapped(Translation::page(offset, kPage, space_, page.to, page.reads, page.writes));
  }
  void unmap(IommuRegion& region, Address offset) {
    pages_.erase(offset / kPage);
    region.notify_unmapped({offset, offset + kPage - 1});
  }

 private:
  AddressSpace& space_;
  std::map<Address, Page> pages_;
};

struct TranslatedBench : Bench {
  TranslatedBench() {
    system.add(0x100000, iommu);
    memory_root.add(0, ram);
    memory_root.add(0x80000, region);
    region.bind(target.socket);
    pages.map(iommu, 0x0000, {0x3000, true, true});
    pages.map(iommu, 0x1000, {0x5000, true, false});
    pages.map(iommu, 0x2000, {0x80000, true, true});
  }
  Container memory_root{"memory-root"};
  RamRegion ram{"ram", 0x10000};
  TestTarget<> target{"target", 0x1000};
  TargetRegion region{"region", 0x1000};
  AddressSpace memory{"memory", memory_root};
  PageTable pages{memory};
  IommuRegion iommu{"iommu", 0x10000, pages};
};

TEST(PortTranslation, AccessesGoWhereThePagesLead) {
  TranslatedBench bench;
  bench.start();
  EXPECT_EQ(bench.cpu.store<std::uint32_t>(0x100010, 0x11223344), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(bench.ram.memory().data[0x3010], 0x44);
  EXPECT_EQ(bench.cpu.address_after, 0x100010U);
  EXPECT_EQ(bench.cpu.store<std::uint32_t>(0x101000, 1), tlm::TLM_COMMAND_ERROR_RESPONSE) << "read-only page";
  EXPECT_EQ(bench.cpu.store<std::uint32_t>(0x104000, 1), tlm::TLM_ADDRESS_ERROR_RESPONSE) << "no page";
  EXPECT_EQ(bench.cpu.store<std::uint32_t>(0x102020, 9), tlm::TLM_OK_RESPONSE);
  ASSERT_EQ(bench.target.seen.size(), 1U);
  EXPECT_EQ(bench.target.seen[0].address, 0x20U);
}

TEST(PortTranslation, AnAccessOverAPageBorderIsCut) {
  TranslatedBench bench;
  bench.start();
  bench.ram.memory().data[0x3fff] = 1;
  bench.ram.memory().data[0x5000] = 2;
  EXPECT_EQ(bench.cpu.load<std::uint16_t>(0x100fff), 0x0201U);
}

TEST(PortTranslation, DelaysOfATargetBehindArrive) {
  TranslatedBench bench;
  bench.target.on_transport = [&](tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    delay += sc_core::sc_time(7, sc_core::SC_NS);
    bench.target.serve(payload);
  };
  bench.start();
  std::uint32_t value = 0;
  tlm::tlm_generic_payload payload;
  prepare(payload, tlm::TLM_READ_COMMAND, 0x102000, &value, 4);
  sc_core::sc_time delay(3, sc_core::SC_NS);
  bench.cpu.socket->b_transport(payload, delay);
  EXPECT_EQ(delay, sc_core::sc_time(10, sc_core::SC_NS));
}

TEST(PortTranslation, PointersAreGivenByThePage) {
  TranslatedBench bench;
  bench.start();
  const DmiReply page = bench.cpu.ask_dmi(0x100800, Direction::write);
  EXPECT_TRUE(page.granted);
  EXPECT_EQ(page.range(), (AddressRange{0x100000, 0x100fff}));
  EXPECT_EQ(page.dmi.get_dmi_ptr(), bench.ram.memory().data + 0x3000);
  EXPECT_FALSE(bench.cpu.ask_dmi(0x101000, Direction::write).granted);
  const DmiReply read_only = bench.cpu.ask_dmi(0x101000, Direction::read);
  EXPECT_TRUE(read_only.granted);
  EXPECT_FALSE(read_only.dmi.is_write_allowed());
  const DmiReply target = bench.cpu.ask_dmi(0x102400, Direction::write);
  EXPECT_EQ(target.range(), (AddressRange{0x102000, 0x102fff}));
  EXPECT_EQ(target.at(0x102400), bench.target.memory.data() + 0x400);
  EXPECT_FALSE(bench.cpu.ask_dmi(0x104000, Direction::read).granted);
}

TEST(PortTranslation, UnmappingAPageTakesExactlyItsPointersBack) {
  TranslatedBench bench;
  bench.start();
  for (const Address address : {0x100000, 0x101000, 0x102000}) bench.cpu.ask_dmi(address, Direction::read);
  bench.pages.unmap(bench.iommu, 0x1000);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0x101000, 0x101fff}}));
  bench.pages.map(bench.iommu, 0x0000, {0x3000, true, true});
  EXPECT_TRUE(bench.cpu.taken_invalidations().empty()) << "it leads where it led";
  bench.pages.map(bench.iommu, 0x0000, {0x4000, true, true});
  EXPECT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0x100000, 0x100fff}}));
}

TEST(PortTranslation, ARefusalThatAPageEndsIsTakenBack) {
  TranslatedBench bench;
  bench.start();
  EXPECT_FALSE(bench.cpu.ask_dmi(0x104000, Direction::read).granted);
  bench.pages.map(bench.iommu, 0x4000, {0x6000, true, true});
  EXPECT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0x104000, 0x104fff}}));
  EXPECT_TRUE(bench.cpu.ask_dmi(0x104000, Direction::read).granted);
}

TEST(PortTranslation, AChangeOfTheMapBehindTakesPointersBack) {
  TranslatedBench bench;
  bench.start();
  bench.cpu.ask_dmi(0x100000, Direction::write);
  bench.cpu.ask_dmi(0x102000, Direction::write);
  bench.ram.set_readonly(true);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0x100000, 0x100fff}}));
  bench.region.set_address(0x90000);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0x102000, 0x102fff}}));
}

TEST(PortTranslation, ATargetBehindTakesItsPointersBack) {
  TranslatedBench bench;
  bench.start();
  bench.cpu.ask_dmi(0x100000, Direction::write);
  bench.cpu.ask_dmi(0x102000, Direction::write);
  bench.target.socket->invalidate_direct_mem_ptr(0x800, 0x8ff);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0x102800, 0x1028ff}}));
}

TEST(PortTranslation, IgnoreIsRoutedToo) {
  TranslatedBench bench;
  bench.target.on_transport = [](auto& payload, auto&) { payload.set_response_status(tlm::TLM_OK_RESPONSE); };
  bench.start();
  tlm::tlm_generic_payload payload;
  const auto response = [&](Address address) {
    prepare(payload, tlm::TLM_IGNORE_COMMAND, address, nullptr, 0);
    return bench.cpu.transport(payload);
  };
  EXPECT_EQ(response(0x100010), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(response(0x104010), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(response(0x102010), tlm::TLM_OK_RESPONSE);
  ASSERT_EQ(bench.target.seen.size(), 1U);
  EXPECT_EQ(bench.target.seen[0].address, 0x10U);
  EXPECT_EQ(payload.get_address(), 0x102010U);
}

TEST(PortTranslation, DebugGoesThroughToo) {
  TranslatedBench bench;
  bench.start();
  const std::uint8_t bytes[4] = {1, 2, 3, 4};
  EXPECT_EQ(bench.cpu.debug_write(0x100ffe, bytes, 4), 4U) << "a debugger may write where the guest only reads";
  EXPECT_EQ(bench.ram.memory().data[0x3fff], 2);
  EXPECT_EQ(bench.ram.memory().data[0x5000], 3);
  std::uint8_t back[8] = {};
  EXPECT_EQ(bench.cpu.debug_read(0x102ffe, back, 8), 2U) << "up to the first byte that leads nowhere";
}

/// A page table of which every page leads to the same offset of a space that can be exchanged.
class Window final : public Translator {
 public:
  Translation translate(Address offset, Direction, unsigned, const Attributes&) override {
    ++questions;
    return space != nullptr ? Translation::page(offset, kPage, *space, offset, true, true)
                            : Translation::fault(offset, kPage);
  }
  AddressSpace* space = nullptr;
  std::uint64_t questions = 0;
};

struct WindowBench : Bench {
  WindowBench() {
    memory_root.add(0, ram);
    memory.emplace("memory", memory_root);
    window.space = &*memory;
    system.add(0x100000, iommu);
  }
  Container memory_root{"memory-root"};
  RamRegion ram{"ram", 0x10000};
  std::optional<AddressSpace> memory;
  Window window;
  IommuRegion iommu{"iommu", 0x1000000, window};
};

TEST(PortTranslation, ASpaceBehindMayBeReplacedAtTheSameHostAddress) {
  WindowBench bench;
  bench.start();
  EXPECT_TRUE(bench.cpu.ask_dmi(0x100000, Direction::read).granted);
  bench.memory.reset();
  EXPECT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0x100000, 0x100fff}}));
  RamRegion other("other", 0x10000);
  Container other_root("other-root");
  other_root.add(0, other);
  bench.memory.emplace("another", other_root);
  EXPECT_EQ(bench.window.space, &*bench.memory);
  EXPECT_EQ(bench.cpu.ask_dmi(0x100000, Direction::read).dmi.get_dmi_ptr(), other.memory().data);
  other.set_enabled(false);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0x100000, 0x100fff}}));
}

TEST(PortTranslation, ARefusalIsKnownToTheSpaceThatReplacesAnother) {
  WindowBench bench;
  bench.ram.set_enabled(false);
  bench.start();
  EXPECT_FALSE(bench.cpu.ask_dmi(0x100000, Direction::read).granted);
  bench.memory.reset();
  bench.memory.emplace("another", bench.memory_root);
  bench.iommu.notify_mapped(Translation::page(0, kPage, *bench.memory, 0, true, true));
  EXPECT_TRUE(bench.cpu.taken_invalidations().empty()) << "it is still refused";
  bench.ram.set_enabled(true);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0x100000, 0x100fff}}));
}

TEST(PortTranslation, AChangeBehindAsksOnlyForThePagesThatItConcerns) {
  WindowBench bench;
  bench.start();
  for (Address page = 0; page < 16; ++page) bench.cpu.ask_dmi(0x100000 + page * kPage, Direction::read);
  RamRegion elsewhere("elsewhere", 0x1000);
  bench.window.questions = 0;
  bench.memory_root.add(0x80000, elsewhere);
  EXPECT_EQ(bench.window.questions, 0U);
  RamRegion over("over", 0x1000);
  bench.memory_root.add(0x3000, over, Priority{1});
  EXPECT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0x103000, 0x103fff}}));
  EXPECT_LE(bench.window.questions, 2U);
}

TEST(PortTranslation, AChangeOfATranslationBehindAnotherIsHeard) {
  WindowBench bench;
  Container far_root("far-root");
  RamRegion far_ram("far-ram", 0x10000);
  far_root.add(0, far_ram);
  AddressSpace far_memory("far", far_root);
  PageTable second(far_memory);
  IommuRegion second_iommu("second", 0x10000, second);
  bench.memory_root.add(0x20000, second_iommu);
  second.map(second_iommu, 0x1000, {0x2000, true, true});
  bench.start();
  EXPECT_TRUE(bench.cpu.ask_dmi(0x121000, Direction::read).granted);
  EXPECT_FALSE(bench.cpu.ask_dmi(0x122000, Direction::read).granted);
  second.unmap(second_iommu, 0x1000);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0x121000, 0x121fff}}));
  second.map(second_iommu, 0x2000, {0x3000, true, true});
  EXPECT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0x122000, 0x122fff}}));
  EXPECT_TRUE(bench.cpu.ask_dmi(0x122000, Direction::read).granted);
  bench.memory_root.remove(second_iommu);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0x122000, 0x122fff}}));
}

TEST(PortTranslation, ATranslationIntoTheSameSpaceIsFollowed) {
  WindowBench bench;
  RamRegion low("low", 0x10000);
  bench.system.add(0, low);
  bench.window.space = &bench.space;
  bench.start();
  EXPECT_TRUE(bench.cpu.ask_dmi(0x100000, Direction::read).granted);
  low.set_enabled(false);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0x100000, 0x100fff}}));
}

TEST(PortTranslation, AnAnswerThatStandsDependsOnWhereItLeadsNow) {
  WindowBench bench;
  Container other_root("other-root");
  AliasRegion shown("shown", bench.ram, 0, 0x10000);
  other_root.add(0, shown);
  AddressSpace other("other", other_root);
  bench.start();
  EXPECT_TRUE(bench.cpu.ask_dmi(0x100000, Direction::read).granted);
  bench.window.space = &other;
  bench.iommu.notify_mapped(Translation::page(0, kPage, other, 0, true, true));
  EXPECT_TRUE(bench.cpu.taken_invalidations().empty()) << "it is the same memory";
  shown.set_enabled(false);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0x100000, 0x100fff}}));
}

}  // namespace
}  // namespace sc_memory::testing
