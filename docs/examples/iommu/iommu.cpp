// Two address spaces: the processor looks at physical memory, a device at addresses of its own that an IOMMU translates
// page by page. The processor owns the page table, and takes pages away from a device that holds direct pointers.
#include <cstdint>
#include <iostream>
#include <map>
#include <sc_memory/sc_memory.h>
#include <vector>

#include <systemc>
#include <tlm>

using namespace sc_memory;
using namespace sc_memory::literals;

/// The IOMMU: pages of 4 KiB, found by their number.
struct PageTable : Translator {
  explicit PageTable(AddressSpace& physical) : memory(physical) {}

  /// Asked once for each page; what it says holds until it is told to be gone.
  Translation translate(Address offset, Direction, unsigned, const Attributes&) override {
    const auto page = pages.find(offset >> 12);
    return page == pages.end() ? Translation::fault(offset, 4_KiB)
                               : Translation::page(offset, 4_KiB, memory, page->second << 12, true, true);
  }
  void map(Address page, Address physical_page) {
    pages[page] = physical_page;
    region.notify_mapped(translate(page << 12, Direction::read, 0, {}));
  }
  void unmap(Address page) {
    pages.erase(page);
    region.notify_unmapped({page << 12, (page << 12) | 0xfff});  // takes back every pointer that came through
  }

  AddressSpace& memory;
  std::map<Address, Address> pages;
  IommuRegion region{"iommu", 4_GiB, *this};
};

/// An initiator that reads and writes by pointer where it may: a processor, or a device.
struct Initiator : sc_core::sc_module, tlm::tlm_bw_transport_if<> {
  tlm::tlm_initiator_socket<> socket{"socket"};
  DmiCache memory{socket};
  std::vector<AddressRange> taken_back;

  explicit Initiator(sc_core::sc_module_name name) : sc_module(name) { socket.bind(*this); }

  bool store(Address address, std::uint32_t value) {
    return memory.store(address, value, local_time) == tlm::TLM_OK_RESPONSE;
  }
  bool load(Address address, std::uint32_t& value) {
    return memory.load(address, value, local_time) == tlm::TLM_OK_RESPONSE;
  }
  void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) override {
    taken_back.push_back({first, last});
    memory.invalidate({first, last});
  }
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&) override {
    return tlm::TLM_ACCEPTED;
  }

  sc_core::sc_time local_time;
};

struct Platform : sc_core::sc_module {
  Container system{"system"};
  RamRegion ram{"ram", 64_MiB};
  AddressSpace physical{"physical", system};
  PageTable iommu{physical};
  AddressSpace of_device{"of-device", iommu.region};  // a space whose root is the IOMMU
  Router bus{"bus"};
  Initiator cpu{"cpu"};
  Initiator device{"device"};

  SC_HAS_PROCESS(Platform);
  explicit Platform(sc_core::sc_module_name name) : sc_module(name) {
    system.add(0x8000'0000, ram);
    bus.initiator("cpu", physical).bind(cpu.socket);
    bus.initiator("device", of_device).bind(device.socket);
    SC_THREAD(run);
  }

  void run() {
    // Two pages that lie far apart in memory are side by side for the device.
    iommu.map(0x5, 0x80001);
    iommu.map(0x6, 0x80123);
    check(device.store(0x5ffc, 0xaaaa) && device.store(0x6000, 0xbbbb), "the device writes to both pages");
    std::uint32_t first = 0;
    std::uint32_t second = 0;
    check(cpu.load(0x8000'1ffc, first) && cpu.load(0x8012'3000, second), "the processor reads physical memory");
    std::cout << "the device wrote at 0x5ffc and 0x6000; the processor finds 0x" << std::hex << first
              << " at 0x80001ffc and 0x" << second << " at 0x80123000\n";
    check(first == 0xaaaa && second == 0xbbbb, "each page is where the table says");

    check(device.memory.find(0x6000, Direction::write).data != nullptr, "the device has a pointer by now");
    device.taken_back.clear();
    iommu.unmap(0x6);
    check(device.taken_back == std::vector<AddressRange>{{0x6000, 0x6fff}}, "exactly the page is taken back");
    check(!device.store(0x6000, 0xcccc), "an access to it is a fault");
    check(device.store(0x5ffc, 0xdddd), "the other page stays");
    check(cpu.load(0x8012'3000, second) && second == 0xbbbb, "memory behind it is as it was");
    std::cout << "page 6 is unmapped: its pointer is gone, and a store to it fails\n";

    iommu.map(0x6, 0x80200);
    check(device.store(0x6000, 0xeeee), "the page leads elsewhere now");
    check(cpu.load(0x8020'0000, first) && first == 0xeeee, "and the processor sees it there");
    std::cout << "page 6 leads to 0x80200000 now, where the processor finds 0x" << first << std::dec << "\n";
  }

  void check(bool good, const char* what) {
    if (!good) std::cout << "wrong: it is not so that " << what << "\n";
    all_good = all_good && good;
  }

  bool all_good = true;
};

int sc_main(int, char*[]) {
  Platform platform("platform");
  sc_core::sc_start();
  return platform.all_good ? 0 : 1;
}
