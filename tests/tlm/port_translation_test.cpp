// IOMMU regions in the path of an initiator: routing, pointers, and what takes them back.
#include <gtest/gtest.h>
#include <map>
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

}  // namespace
}  // namespace sc_memory::testing
