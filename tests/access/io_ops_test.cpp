// Every combination of sizes, alignments, constraints and byte orders against a device that is an array of bytes: what
// the guest sees must be those bytes, whatever the callbacks are asked for. Then the order of the checks, attributes,
// results and debugging.
#include "sc_memory/access/io_ops.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <numeric>
#include <string>
#include <vector>

#include "sc_memory/map/map_error.h"

namespace sc_memory {
namespace {

struct Limits {
  unsigned min = 1;
  unsigned max = 0;
  bool unaligned = false;
};

struct DeviceSetup {
  Limits valid;
  Limits impl;
  Endian order = Endian::little;
  bool pure = false;
};

/// Registers that are 32 bytes of memory. Complains about callbacks that `impl` does not allow.
class ByteDevice {
 public:
  explicit ByteDevice(const DeviceSetup& setup) : setup_(setup), bytes(32) {
    std::iota(bytes.begin(), bytes.end(), 0x81);
  }

  std::unique_ptr<IoHandler> handler() {
    IoOps ops = io_ops();
    ops.read([this](Address offset, unsigned size) { return read(offset, size); })
        .write([this](Address offset, std::uint64_t value, unsigned size) { write(offset, value, size); })
        .valid(setup_.valid.min, setup_.valid.max)
        .impl(setup_.impl.min, setup_.impl.max)
        .endian(setup_.order);
    if (setup_.valid.unaligned) ops.valid_unaligned();
    if (setup_.impl.unaligned) ops.impl_unaligned();
    if (setup_.pure) ops.reads_have_no_side_effects();
    return ops;
  }

 private:
  DeviceSetup setup_;
  Address next_read_ = 0;
  Address next_write_ = 0;

 public:
  std::vector<std::uint8_t> bytes;
  unsigned reads = 0;
  unsigned writes = 0;
  std::string complaint;

  void begin_access() {
    next_read_ = next_write_ = 0;
    reads = writes = 0;
  }

 private:
  Address byte_at(Address offset, unsigned size, unsigned i) const {
    return offset + (setup_.order == Endian::little ? i : size - 1 - i);
  }

  std::uint64_t read(Address offset, unsigned size) {
    ++reads;
    check("read", offset, size, next_read_);
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size; ++i) value |= std::uint64_t{bytes.at(byte_at(offset, size, i))} << (8 * i);
    // Bits beyond the size must not matter.
    return size < 8 ? value | UINT64_MAX << (8 * size) : value;
  }

  void write(Address offset, std::uint64_t value, unsigned size) {
    ++writes;
    check("write", offset, size, next_write_);
    if (size < 8 && value >> (8 * size) != 0) complaint = "a value larger than its size";
    for (unsigned i = 0; i < size; ++i)
      bytes.at(byte_at(offset, size, i)) = static_cast<std::uint8_t>(value >> (8 * i));
  }

  void check(const char* what, Address offset, unsigned size, Address& next) {
    const unsigned max = setup_.impl.max == 0 ? 8 : setup_.impl.max;
    const bool power = (size & (size - 1)) == 0;
    if (size < setup_.impl.min || size > max || !power) complaint = fmt::format("a {} of size {}", what, size);
    if (!setup_.impl.unaligned && offset % size != 0) complaint = fmt::format("an unaligned {} at {}", what, offset);
    if (offset < next) complaint = fmt::format("a {} at {} out of order", what, offset);
    next = offset + size;
  }
};

bool is_valid(const Limits& valid, Address offset, std::size_t length) {
  const bool power = length == 1 || length == 2 || length == 4 || length == 8;
  if (!power || (!valid.unaligned && offset % length != 0)) return false;
  return valid.max == 0 || (length >= valid.min && length <= valid.max);
}

/// Whether an access covers some register of the smallest size only in part.
bool is_partial(const Limits& impl, Address offset, std::size_t length) {
  return impl.unaligned ? length < impl.min : offset % impl.min != 0 || length % impl.min != 0;
}

std::vector<DeviceSetup> all_setups() {
  std::vector<DeviceSetup> setups;
  const std::vector<std::pair<unsigned, unsigned>> sizes = {{1, 0}, {1, 1}, {1, 2}, {1, 4}, {1, 8}, {2, 2}, {2, 4},
                                                            {2, 8}, {4, 4}, {4, 8}, {8, 8}, {2, 0}, {4, 0}, {8, 0}};
  for (const auto& valid : sizes)
    for (const auto& impl : sizes)
      for (unsigned flags = 0; flags < 16; ++flags)
        setups.push_back({{valid.first, valid.second, (flags & 1) != 0},
                          {impl.first, impl.second, (flags & 2) != 0},
                          (flags & 4) != 0 ? Endian::big : Endian::little,
                          (flags & 8) != 0});
  return setups;
}

std::string describe(const DeviceSetup& setup, Address offset, std::size_t length) {
  return fmt::format("valid {}-{}{} impl {}-{}{} {}{}, {} bytes at {}", setup.valid.min, setup.valid.max,
                     setup.valid.unaligned ? " unaligned" : "", setup.impl.min, setup.impl.max,
                     setup.impl.unaligned ? " unaligned" : "", setup.order == Endian::big ? "big" : "little",
                     setup.pure ? " pure" : "", length, offset);
}

void check_access(const DeviceSetup& setup, Address offset, std::size_t length) {
  ByteDevice device(setup);
  const auto handler = device.handler();
  const std::vector<std::uint8_t> before = device.bytes;
  const bool valid = is_valid(setup.valid, offset, length);
  const auto at = [&](std::vector<std::uint8_t>& bytes) { return bytes.begin() + static_cast<std::ptrdiff_t>(offset); };

  std::vector<std::uint8_t> read(length, 0xee), expected(length, 0);
  if (valid) std::copy_n(at(device.bytes), length, expected.begin());
  ASSERT_EQ(handler->read(offset, read.data(), length, {}), valid ? AccessResult::ok : AccessResult::rejected);
  ASSERT_EQ(read, expected);
  ASSERT_TRUE(valid || device.reads == 0);

  device.begin_access();
  std::vector<std::uint8_t> written(length);
  std::iota(written.begin(), written.end(), 0x11);
  const bool partial = is_partial(setup.impl, offset, length);
  const bool done = valid && (!partial || setup.pure);
  ASSERT_EQ(handler->write(offset, written.data(), length, {}), done ? AccessResult::ok : AccessResult::rejected);
  std::vector<std::uint8_t> after = before;
  if (done) std::copy(written.begin(), written.end(), at(after));
  ASSERT_EQ(device.bytes, after);
  ASSERT_EQ(device.writes > 0, done);
  ASSERT_EQ(device.reads > 0, done && partial) << "only a write of a part of a register reads it";
  ASSERT_EQ(device.complaint, "");
}

TEST(IoOps, EveryAccessSeesTheDevicesBytesUnderAllConstraints) {
  for (const DeviceSetup& setup : all_setups()) {
    for (std::size_t length = 1; length <= 9; ++length) {
      for (Address offset = 0; offset <= 9; ++offset) {
        SCOPED_TRACE(describe(setup, offset, length));
        check_access(setup, offset, length);
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(IoOps, ATransferIsCutIntoAccessesThatAreValid) {
  for (const DeviceSetup& setup : all_setups()) {
    ByteDevice device(setup);
    const auto handler = device.handler();
    for (Address offset = 0; offset <= 8; ++offset) {
      for (std::size_t remaining = 1; remaining <= 20; ++remaining) {
        SCOPED_TRACE(describe(setup, offset, remaining));
        const std::size_t length = handler->access_length(offset, remaining);
        ASSERT_GE(length, 1U);
        ASSERT_LE(length, std::min<std::size_t>(remaining, 8));
        // If any length from here on is valid, the one chosen is, and no longer one is.
        std::size_t longest = 0;
        for (std::size_t n = 1; n <= std::min<std::size_t>(remaining, 8); ++n)
          if (is_valid(setup.valid, offset, n)) longest = n;
        if (longest != 0) {
          ASSERT_EQ(length, longest);
        }
      }
    }
  }
}

TEST(IoOps, ADevicesNumberIsTheGuestsBytesInTheDevicesOrder) {
  std::uint64_t seen = 0;
  const auto device = [&](Endian order) {
    return io_ops()
        .read32([](Address) { return 0x11223344; })
        .write32([&](Address, std::uint32_t value) { seen = value; })
        .endian(order)
        .build();
  };
  const std::uint8_t written[4] = {1, 2, 3, 4};
  std::uint8_t read[4];
  const auto little = device(Endian::little);
  little->read(0, read, 4, {});
  little->write(0, written, 4, {});
  EXPECT_EQ(std::vector<std::uint8_t>(read, read + 4), (std::vector<std::uint8_t>{0x44, 0x33, 0x22, 0x11}));
  EXPECT_EQ(seen, 0x04030201U);
  EXPECT_EQ(little->endian(), Endian::little);
  const auto big = device(Endian::big);
  big->read(0, read, 4, {});
  big->write(0, written, 4, {});
  EXPECT_EQ(std::vector<std::uint8_t>(read, read + 4), (std::vector<std::uint8_t>{0x11, 0x22, 0x33, 0x44}));
  EXPECT_EQ(seen, 0x01020304U);
  EXPECT_EQ(big->endian(), Endian::big);
}

TEST(IoOps, RegistersOfOneWidthAreOneCall) {
  std::vector<std::pair<unsigned, std::uint64_t>> writes;
  const std::uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  const auto write = [&](unsigned width) {
    return [&writes, width](Address offset, std::uint64_t value) { writes.emplace_back(width + offset * 100, value); };
  };
  io_ops().write8(write(1)).build()->write(0, bytes, 2, {});
  io_ops().write16(write(2)).build()->write(0, bytes, 4, {});
  io_ops().write32(write(4)).build()->write(0, bytes, 8, {});
  io_ops().write64(write(8)).build()->write(0, bytes, 8, {});
  const std::vector<std::pair<unsigned, std::uint64_t>> expected = {
      {1, 1}, {101, 2}, {2, 0x0201}, {202, 0x0403}, {4, 0x04030201}, {404, 0x08070605}, {8, 0x0807060504030201}};
  EXPECT_EQ(writes, expected);
}

TEST(IoOps, AcceptsIsAskedFirstAndItsNoReachesNoCallback) {
  std::vector<std::string> asked;
  int calls = 0;
  const auto handler =
      io_ops()
          .read([&](Address, unsigned) -> std::uint64_t { return ++calls; })
          .write([&](Address, std::uint64_t, unsigned) { ++calls; })
          .valid(4, 4)
          .accepts([&](Address offset, unsigned size, Direction direction, const Attributes& attributes) {
            asked.push_back(fmt::format("{} {} {} {}", offset, size, static_cast<int>(direction), attributes.secure));
            return attributes.secure;
          })
          .build();
  std::uint8_t bytes[8] = {};
  Attributes secure;
  secure.secure = true;
  EXPECT_EQ(handler->read(1, bytes, 2, {}), AccessResult::rejected) << "neither accepted, aligned nor of a valid size";
  EXPECT_EQ(handler->write(4, bytes, 4, {}), AccessResult::rejected);
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(handler->read(1, bytes, 2, secure), AccessResult::rejected);
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(handler->write(4, bytes, 4, secure), AccessResult::ok);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(asked, (std::vector<std::string>{"1 2 0 false", "4 4 1 false", "1 2 0 true", "4 4 1 true"}));
}

TEST(IoOps, AMissingCallbackRefusesItsDirection) {
  std::uint8_t bytes[4] = {9, 9, 9, 9};
  const auto read_only = io_ops().read([](Address, unsigned) { return UINT64_C(5); }).build();
  EXPECT_EQ(read_only->write(0, bytes, 4, {}), AccessResult::refused);
  const auto write_only = io_ops().write([](Address, std::uint64_t, unsigned) {}).build();
  EXPECT_EQ(write_only->read(0, bytes, 4, {}), AccessResult::refused);
  EXPECT_EQ(std::vector<std::uint8_t>(bytes, bytes + 4), std::vector<std::uint8_t>(4, 0));
}

TEST(IoOps, ANarrowWriteToAWideRegisterThatCannotBeReadIsRejected) {
  const auto handler =
      io_ops().write32([](Address, std::uint32_t) { FAIL() << "called"; }).reads_have_no_side_effects().build();
  const std::uint8_t byte = 1;
  EXPECT_EQ(handler->write(0, &byte, 1, {}), AccessResult::rejected);
}

TEST(IoOps, TheWorstResultOfThePiecesCountsAndTheOthersAreCarriedOut) {
  std::vector<Address> read, written;
  const auto handler =
      io_ops()
          .read_with_attributes([&](Address offset, std::uint64_t& value, unsigned, const Attributes&) {
            read.push_back(offset);
            value = 0xffff'ffff;
            return offset == 2 ? AccessResult::device_error : AccessResult::ok;
          })
          .write_with_attributes([&](Address offset, std::uint64_t, unsigned, const Attributes& who) {
            written.push_back(offset);
            EXPECT_EQ(who.requester, 7U);
            return offset == 0 ? AccessResult::device_error : AccessResult::ok;
          })
          .impl(2, 2)
          .build();
  std::uint8_t bytes[8] = {};
  EXPECT_EQ(handler->read(0, bytes, 8, {}), AccessResult::device_error);
  EXPECT_EQ(read, (std::vector<Address>{0, 2, 4, 6}));
  EXPECT_EQ(std::vector<std::uint8_t>(bytes, bytes + 8),
            (std::vector<std::uint8_t>{0xff, 0xff, 0, 0, 0xff, 0xff, 0xff, 0xff}))
      << "a piece that failed reads as 0";
  Attributes seven;
  seven.requester = 7;
  EXPECT_EQ(handler->write(0, bytes, 4, seven), AccessResult::device_error);
  EXPECT_EQ(written, (std::vector<Address>{0, 2}));
}

TEST(IoOps, ARegisterThatCannotBeReadIsNotWrittenInPart) {
  int writes = 0;
  const auto handler = io_ops()
                           .read_with_attributes([](Address, std::uint64_t&, unsigned, const Attributes&) {
                             return AccessResult::device_error;
                           })
                           .write([&](Address, std::uint64_t, unsigned) { ++writes; })
                           .impl(4, 4)
                           .reads_have_no_side_effects()
                           .build();
  const std::uint8_t byte = 1;
  EXPECT_EQ(handler->write(1, &byte, 1, {}), AccessResult::device_error);
  EXPECT_EQ(writes, 0) << "the other bytes of the register would become 0";
}

TEST(IoOps, DebuggersReachOnlyCallbacksThatCanSeeThem) {
  Attributes debug;
  debug.debug = true;
  std::uint8_t bytes[4] = {};
  int calls = 0;
  const auto blind = io_ops()
                         .read([&](Address, unsigned) -> std::uint64_t { return ++calls; })
                         .write([&](Address, std::uint64_t, unsigned) { ++calls; })
                         .build();
  EXPECT_EQ(blind->read(0, bytes, 4, debug), AccessResult::refused);
  EXPECT_EQ(blind->write(0, bytes, 4, debug), AccessResult::refused);
  EXPECT_EQ(calls, 0);
  const auto pure = io_ops()
                        .read([&](Address, unsigned) -> std::uint64_t { return ++calls; })
                        .write([&](Address, std::uint64_t, unsigned) { ++calls; })
                        .reads_have_no_side_effects()
                        .build();
  EXPECT_EQ(pure->read(0, bytes, 4, debug), AccessResult::ok);
  EXPECT_EQ(pure->write(0, bytes, 4, debug), AccessResult::refused);
  EXPECT_EQ(calls, 1);
  const auto seeing = io_ops()
                          .read_with_attributes([](Address, std::uint64_t&, unsigned, const Attributes& who) {
                            return who.debug ? AccessResult::ok : AccessResult::refused;
                          })
                          .write_with_attributes([](Address, std::uint64_t, unsigned, const Attributes& who) {
                            return who.debug ? AccessResult::ok : AccessResult::refused;
                          })
                          .build();
  EXPECT_EQ(seeing->read(0, bytes, 4, debug), AccessResult::ok);
  EXPECT_EQ(seeing->write(0, bytes, 4, debug), AccessResult::ok);
}

TEST(IoOps, ConstraintsThatMakeNoSenseAreRefused) {
  const auto error_of = [](const IoOps& ops) -> std::string {
    try {
      ops.build();
    } catch (const MapError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(error_of(io_ops().valid(4, 2)),
            "io_ops: valid access sizes 4 to 2 are not powers of two from 1 to 8 in ascending order");
  EXPECT_EQ(error_of(io_ops().impl(3, 4)),
            "io_ops: impl access sizes 3 to 4 are not powers of two from 1 to 8 in ascending order");
  EXPECT_EQ(error_of(io_ops().impl(0, 4)).substr(0, 30), "io_ops: impl access sizes 0 to");
  EXPECT_EQ(error_of(io_ops().valid(1, 16)).substr(0, 31), "io_ops: valid access sizes 1 to");
  EXPECT_EQ(error_of(io_ops().valid(16, 0)).substr(0, 32), "io_ops: valid access sizes 16 to");
}

}  // namespace
}  // namespace sc_memory
