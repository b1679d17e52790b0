// Devices in all styles: functions, ports, callbacks by size, and mixtures, against the rules restated here.
#include "sc_memory/compat/device_ops.h"

#include <algorithm>
#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/map_error.h"

#include "tests/support/seed.h"

namespace sc_memory::compat {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Every call a device gets, as text.
struct Calls {
  std::vector<std::string> list;

  void add(const std::string& what, std::uint64_t address, unsigned size) {
    list.push_back(what + " " + std::to_string(address) + "/" + std::to_string(size));
  }
  void add(const std::string& what, std::uint64_t address, unsigned size, std::uint64_t value) {
    add(what, address, size);
    list.back() += " = " + std::to_string(value);
  }
  std::vector<std::string> take() { return std::move(list); }
};

Calls& calls_of(void* opaque) { return *static_cast<Calls*>(opaque); }

/// What a device answers at an address: something that tells address, size and callback apart.
std::uint32_t answer(std::uint64_t address, unsigned size, unsigned who = 0) {
  return static_cast<std::uint32_t>(0x80706050 + address * 0x1000193 + size * 0x101 + who * 0x3001);
}

std::uint64_t read_function(void* opaque, hwaddr addr, unsigned size) {
  calls_of(opaque).add("read", addr, size);
  return answer(addr, size);
}
void write_function(void* opaque, hwaddr addr, std::uint64_t data, unsigned size) {
  calls_of(opaque).add("write", addr, size, data);
}

template <unsigned size>
std::uint32_t read_sized(void* opaque, hwaddr addr) {
  calls_of(opaque).add("mmio-read", addr, size);
  return answer(addr, size);
}
template <unsigned size>
void write_sized(void* opaque, hwaddr addr, std::uint32_t value) {
  calls_of(opaque).add("mmio-write", addr, size, value);
}

constexpr unsigned kPortCallbacks = 6;
template <unsigned who>
std::uint32_t read_port(void* opaque, std::uint32_t address) {
  calls_of(opaque).add("port-read " + std::to_string(who), address, 0);
  return answer(address, 0, who);
}
template <unsigned who>
void write_port(void* opaque, std::uint32_t address, std::uint32_t data) {
  calls_of(opaque).add("port-write " + std::to_string(who), address, 0, data);
}
constexpr std::array<IOPortReadFunc*, kPortCallbacks> kPortReads{read_port<0>, read_port<1>, read_port<2>,
                                                                 read_port<3>, read_port<4>, read_port<5>};
constexpr std::array<IOPortWriteFunc*, kPortCallbacks> kPortWrites{write_port<0>, write_port<1>, write_port<2>,
                                                                   write_port<3>, write_port<4>, write_port<5>};

std::uint64_t low_bytes(std::uint64_t value, unsigned size) {
  return size == 8 ? value : value & ((UINT64_C(1) << (8 * size)) - 1);
}

/// A device alone at address 0.
class Machine {
 public:
  explicit Machine(const MemoryRegionOps& ops) {
    memory_region_init(&root_, "root", 0x1000);
    memory_region_init_io(&device_, &ops, &calls, "device", 0x100);
    memory_region_add_subregion(&root_, 0, &device_);
    address_space_init(&space_, &root_);
  }

  std::uint64_t read(hwaddr address, unsigned size) {
    std::array<std::uint8_t, 8> bytes{};
    result = space_.space()->read(address, bytes.data(), size);
    return number(bytes, size);
  }
  void write(hwaddr address, std::uint64_t value, unsigned size) {
    std::array<std::uint8_t, 8> bytes{};
    for (unsigned i = 0; i < size; ++i)
      bytes[order == Endian::little ? i : size - 1 - i] = static_cast<std::uint8_t>(value >> (8 * i));
    result = space_.space()->write(address, bytes.data(), size);
  }

  Calls calls;
  Endian order = Endian::little;
  AccessResult result = AccessResult::ok;
  sc_memory::AddressSpace& space() { return *space_.space(); }

 private:
  std::uint64_t number(const std::array<std::uint8_t, 8>& bytes, unsigned size) const {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size; ++i)
      value |= std::uint64_t{bytes[order == Endian::little ? i : size - 1 - i]} << (8 * i);
    return value;
  }

  MemoryRegion root_;
  MemoryRegion device_;
  AddressSpace space_;
};

MemoryRegionOps functions() {
  MemoryRegionOps ops;
  ops.read = read_function;
  ops.write = write_function;
  return ops;
}

MemoryRegionOps by_size() {
  MemoryRegionOps ops;
  ops.old_mmio = {{read_sized<1>, read_sized<2>, read_sized<4>}, {write_sized<1>, write_sized<2>, write_sized<4>}};
  return ops;
}

TEST(DeviceOps, WithoutBoundsAnythingIsTakenUpToFourBytesAtATime) {
  Machine machine(functions());
  EXPECT_EQ(machine.read(4, 1), low_bytes(answer(4, 1), 1));
  machine.read(8, 8);
  machine.write(2, 0x1234, 2);
  EXPECT_THAT(machine.calls.take(), ElementsAre("read 4/1", "read 8/4", "read 12/4", "write 2/2 = 4660"));
}

TEST(DeviceOps, ImplementedSizesShapeTheCalls) {
  MemoryRegionOps ops = functions();
  ops.impl.min_access_size = 2;
  ops.impl.max_access_size = 2;
  Machine machine(ops);
  machine.read(5, 1);
  machine.write(4, 0x11223344, 4);
  EXPECT_THAT(machine.calls.take(), ElementsAre("read 4/2", "write 4/2 = 13124", "write 6/2 = 4386"));
  machine.write(4, 1, 1);
  EXPECT_NE(machine.result, AccessResult::ok) << "the rest of the register is not known";
}

TEST(DeviceOps, ALargeMinimumRaisesTheMaximum) {
  MemoryRegionOps ops = functions();
  ops.impl.min_access_size = 8;
  Machine machine(ops);
  machine.read(0, 8);
  EXPECT_THAT(machine.calls.take(), ElementsAre("read 0/8"));
}

TEST(DeviceOps, ValidSizesAndAlignmentAreChecked) {
  MemoryRegionOps ops = functions();
  ops.valid.min_access_size = 2;
  ops.valid.max_access_size = 4;
  Machine machine(ops);
  machine.read(0, 1);
  EXPECT_EQ(machine.result, AccessResult::rejected);
  EXPECT_THAT(machine.calls.take(), IsEmpty());
  ops.valid.unaligned = true;
  ops.impl.unaligned = true;
  Machine lax(ops);
  lax.read(3, 4);
  EXPECT_THAT(lax.calls.take(), ElementsAre("read 3/4"));
}

TEST(DeviceOps, AcceptsIsAskedFirst) {
  MemoryRegionOps ops = functions();
  ops.valid.accepts = [](void* opaque, hwaddr addr, unsigned size, bool is_write) {
    calls_of(opaque).add(is_write ? "accepts-write" : "accepts-read", addr, size);
    return addr == 0;
  };
  Machine machine(ops);
  machine.write(0, 1, 4);
  EXPECT_EQ(machine.result, AccessResult::ok);
  machine.read(4, 4);
  EXPECT_EQ(machine.result, AccessResult::rejected);
  EXPECT_THAT(machine.calls.take(), ElementsAre("accepts-write 0/4", "write 0/4 = 1", "accepts-read 4/4"));
}

TEST(DeviceOps, ByteOrderIsTheDevices) {
  for (const device_endian endianness : {DEVICE_BIG_ENDIAN, DEVICE_LITTLE_ENDIAN}) {
    MemoryRegionOps ops = functions();
    ops.endianness = endianness;
    Machine machine(ops);
    const std::array<std::uint8_t, 4> bytes{1, 2, 3, 4};
    machine.space().write(0, bytes.data(), 4);
    EXPECT_THAT(machine.calls.take(),
                ElementsAre(endianness == DEVICE_BIG_ENDIAN ? "write 0/4 = 16909060" : "write 0/4 = 67305985"));
  }
}

TEST(DeviceOps, NativeOrderIsWhatTheMachineSays) {
  const std::array<std::uint8_t, 2> bytes{1, 2};
  Machine little(functions());
  little.space().write(0, bytes.data(), 2);
  EXPECT_THAT(little.calls.take(), ElementsAre("write 0/2 = 513"));
  set_native_endian(Endian::big);
  Machine big(functions());
  set_native_endian(Endian::little);
  big.space().write(0, bytes.data(), 2);
  EXPECT_THAT(big.calls.take(), ElementsAre("write 0/2 = 258"));
}

TEST(DeviceOps, AMissingCallbackIsAnErrorNotACrash) {
  MemoryRegionOps ops;
  ops.read = read_function;
  Machine reads_only(ops);
  reads_only.write(0, 1, 4);
  EXPECT_NE(reads_only.result, AccessResult::ok);
  Machine nothing(MemoryRegionOps{});
  EXPECT_EQ(nothing.read(0, 4), 0u);
  EXPECT_EQ(nothing.result, AccessResult::rejected);
}

TEST(DeviceOps, SizesThatMakeNoSenseAreRefused) {
  MemoryRegionOps ops = functions();
  ops.valid.min_access_size = 3;
  MemoryRegion region;
  EXPECT_THROW(memory_region_init_io(&region, &ops, nullptr, "odd", 16), MapError);
  EXPECT_EQ(region.region(), nullptr);
}

TEST(DeviceOps, CallbacksBySize) {
  Machine machine(by_size());
  machine.read(0, 1);
  machine.read(2, 2);
  machine.read(4, 4);
  machine.write(8, 0x0000000200000001, 8);
  EXPECT_THAT(machine.calls.take(), ElementsAre("mmio-read 0/1", "mmio-read 2/2", "mmio-read 4/4", "mmio-write 8/4 = 1",
                                                "mmio-write 12/4 = 2"));
}

TEST(DeviceOps, OneDirectionMayBeOfAnotherStyle) {
  MemoryRegionOps ops = by_size();
  ops.read = read_function;
  ops.impl.min_access_size = 4;
  Machine machine(ops);
  machine.read(1, 1);
  machine.write(1, 7, 1);
  machine.write(4, 7, 2);
  EXPECT_THAT(machine.calls.take(), ElementsAre("read 0/4", "mmio-write 1/1 = 7", "mmio-write 4/2 = 7"));
  EXPECT_EQ(make_handler(ops, &machine.calls)->endian(), Endian::little);
}

TEST(DeviceOps, ADebuggersAccessHasNoSideEffects) {
  Attributes debug;
  debug.debug = true;
  std::uint32_t value = 1;
  static const MemoryRegionPortio ports[] = {{0, 8, 4, read_port<0>, write_port<0>}, PORTIO_END_OF_LIST()};
  MemoryRegionOps port_ops;
  port_ops.old_portio = ports;
  for (const MemoryRegionOps& ops : {functions(), by_size(), port_ops}) {
    Machine machine(ops);
    EXPECT_NE(machine.space().read(0, &value, 4, debug), AccessResult::ok);
    EXPECT_NE(machine.space().write(0, &value, 4, debug), AccessResult::ok);
    EXPECT_THAT(machine.calls.take(), IsEmpty());
  }
}

TEST(DeviceOps, PortsAreOfTheirSizeOrOfBytes) {
  static const MemoryRegionPortio ports[] = {
      {0, 8, 1, read_port<0>, write_port<0>}, {2, 2, 2, read_port<1>, nullptr}, PORTIO_END_OF_LIST()};
  MemoryRegionOps ops;
  ops.old_portio = ports;
  Machine machine(ops);
  EXPECT_EQ(machine.read(0, 4), 0xffffffffu);
  EXPECT_EQ(machine.result, AccessResult::ok);
  EXPECT_EQ(machine.read(8, 1), 0xffu);
  EXPECT_EQ(machine.read(7, 2), (0xff00 | (answer(7, 0, 0) & 0xff))) << "half of it is there";
  machine.calls.take();
  machine.read(2, 2);
  machine.write(2, 0x0201, 2);
  machine.write(0, 1, 4);
  EXPECT_THAT(machine.calls.take(), ElementsAre("port-read 1 2/0", "port-write 0 2/0 = 1", "port-write 0 3/0 = 2"));
}

TEST(DeviceOpsAgainstOracle, PortLists) {
  std::mt19937_64 random(testing::seed());
  const auto pick = [&](unsigned end) { return static_cast<unsigned>(random() % end); };
  for (int round = 0; round < 300; ++round) {
    std::vector<MemoryRegionPortio> list;
    for (unsigned i = 0; i < pick(kPortCallbacks + 1); ++i)
      list.push_back({pick(12), pick(6), 1U << pick(3), pick(4) != 0 ? kPortReads[i] : nullptr,
                      pick(4) != 0 ? kPortWrites[i] : nullptr});
    list.push_back(PORTIO_END_OF_LIST());
    MemoryRegionOps ops;
    ops.old_portio = list.data();
    ops.endianness = pick(2) != 0 ? DEVICE_BIG_ENDIAN : DEVICE_LITTLE_ENDIAN;
    const bool big = ops.endianness == DEVICE_BIG_ENDIAN;
    Machine machine(ops);
    machine.order = big ? Endian::big : Endian::little;

    const auto find = [&](unsigned address, unsigned size, bool is_write) -> std::optional<unsigned> {
      for (unsigned i = 0; list[i].size != 0; ++i) {
        const bool holds = address >= list[i].offset && address < list[i].offset + list[i].len;
        const bool serves = is_write ? list[i].write != nullptr : list[i].read != nullptr;
        if (holds && serves && list[i].size == size) return i;
      }
      return std::nullopt;
    };
    // A callback is who its list entry was made with.
    const auto who_reads = [&](unsigned i) {
      return static_cast<unsigned>(std::find(kPortReads.begin(), kPortReads.end(), list[i].read) - kPortReads.begin());
    };
    const auto who_writes = [&](unsigned i) {
      return static_cast<unsigned>(std::find(kPortWrites.begin(), kPortWrites.end(), list[i].write) -
                                   kPortWrites.begin());
    };
    for (int access = 0; access < 100; ++access) {
      const unsigned size = 1U << pick(4);
      const unsigned address = pick(20);
      const std::uint64_t value = low_bytes(random(), size);
      const bool is_write = pick(2) != 0;
      Calls expected;
      std::uint64_t read = 0;
      const unsigned step = size == 8 ? 4 : size;
      for (unsigned done = 0; done < size; done += step) {
        const unsigned shift = 8 * (big ? size - step - done : done);
        const std::uint64_t part = low_bytes(value >> shift, step);
        if (const auto entry = find(address + done, step, is_write)) {
          if (is_write)
            expected.add("port-write " + std::to_string(who_writes(*entry)), address + done, 0, part);
          else
            expected.add("port-read " + std::to_string(who_reads(*entry)), address + done, 0);
          if (!is_write) read |= low_bytes(answer(address + done, 0, who_reads(*entry)), step) << shift;
          continue;
        }
        if (step != 2) {
          read |= low_bytes(UINT64_MAX, step) << shift;
          continue;
        }
        for (unsigned byte = 0; byte < 2; ++byte) {
          const unsigned byte_shift = 8 * (big ? 1 - byte : byte);
          const auto half = find(address + byte, 1, is_write);
          if (half && is_write)
            expected.add("port-write " + std::to_string(who_writes(*half)), address + byte, 0,
                         part >> byte_shift & 0xff);
          if (half && !is_write) expected.add("port-read " + std::to_string(who_reads(*half)), address + byte, 0);
          const std::uint64_t got = half ? answer(address + byte, 0, half ? who_reads(*half) : 0) & 0xff : 0xff;
          read |= got << byte_shift;
        }
      }
      if (is_write) {
        machine.write(address, value, size);
      } else {
        ASSERT_EQ(machine.read(address, size), read) << "at " << address << " size " << size;
      }
      ASSERT_EQ(machine.result, AccessResult::ok);
      ASSERT_EQ(machine.calls.take(), expected.list) << "at " << address << " size " << size;
    }
  }
}

TEST(DeviceOpsAgainstOracle, CallbacksBySize) {
  std::mt19937_64 random(testing::seed());
  const auto pick = [&](unsigned end) { return static_cast<unsigned>(random() % end); };
  for (int round = 0; round < 300; ++round) {
    MemoryRegionOps ops = by_size();
    for (unsigned i = 0; i < 3; ++i) {
      if (pick(3) == 0) ops.old_mmio.read[i] = nullptr;
      if (pick(3) == 0) ops.old_mmio.write[i] = nullptr;
    }
    ops.valid.unaligned = pick(2) != 0;
    ops.endianness = pick(2) != 0 ? DEVICE_BIG_ENDIAN : DEVICE_LITTLE_ENDIAN;
    const bool big = ops.endianness == DEVICE_BIG_ENDIAN;
    Calls calls;
    const std::unique_ptr<IoHandler> device = make_handler(ops, &calls);
    for (int access = 0; access < 100; ++access) {
      const unsigned index = pick(4);
      const unsigned size = 1U << index;
      const unsigned address = pick(32);
      const bool is_write = pick(2) != 0;
      std::array<std::uint8_t, 8> bytes{};
      for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
      const std::array<std::uint8_t, 8> written = bytes;

      Calls expected;
      std::array<std::uint8_t, 8> expected_bytes{};
      AccessResult expected_result = AccessResult::ok;
      if (!ops.valid.unaligned && address % size != 0) {
        expected_result = AccessResult::rejected;
      } else {
        const unsigned step = size == 8 ? 4 : size;
        const unsigned callback = size == 8 ? 2 : index;
        for (unsigned done = 0; done < size; done += step) {
          const bool served =
              is_write ? ops.old_mmio.write[callback] != nullptr : ops.old_mmio.read[callback] != nullptr;
          if (!served) {
            expected_result = AccessResult::rejected;
            continue;
          }
          const auto lane = [&](unsigned i) { return done + (big ? step - 1 - i : i); };
          std::uint64_t value = is_write ? 0 : answer(address + done, step);
          for (unsigned i = 0; i < step; ++i) {
            if (is_write)
              value |= std::uint64_t{written[lane(i)]} << (8 * i);
            else
              expected_bytes[lane(i)] = static_cast<std::uint8_t>(value >> (8 * i));
          }
          if (is_write)
            expected.add("mmio-write", address + done, step, value);
          else
            expected.add("mmio-read", address + done, step);
        }
      }
      const AccessResult result =
          is_write ? device->write(address, bytes.data(), size, {}) : device->read(address, bytes.data(), size, {});
      ASSERT_EQ(result, expected_result);
      ASSERT_EQ(calls.take(), expected.list);
      if (!is_write) {
        ASSERT_TRUE(std::equal(bytes.begin(), bytes.begin() + size, expected_bytes.begin()));
      }
    }
  }
}

}  // namespace
}  // namespace sc_memory::compat
