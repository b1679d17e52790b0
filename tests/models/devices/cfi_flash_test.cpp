// The flash bank as firmware drives it: two 16-bit devices on a 32-bit bus, commands, and the changes of the map they
// make.
#include "models/devices/cfi_flash.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "sc_memory/map/map_error.h"

#include "models/boot/load_error.h"
#include "tests/models/boot/load_error_matcher.h"
#include "tests/models/boot/temporary_directory.h"
#include "tests/models/devices/register_access.h"

namespace sc_memory::models {
namespace {

constexpr std::uint64_t bank_bytes = 4 * CfiFlash::block_bytes;
constexpr std::uint32_t ready = 0x00800080;
constexpr std::uint32_t sequence_error = 0x00b000b0;
constexpr std::uint32_t program_refused = 0x00920092;
constexpr std::uint32_t erase_refused = 0x00a200a2;
constexpr Address block1 = CfiFlash::block_bytes;

class CfiFlashTest : public testing::Test {
 protected:
  std::uint32_t read(Address offset) { return access_.read<std::uint32_t>(offset); }
  void write(Address offset, std::uint32_t value) { access_.write<std::uint32_t>(offset, value); }
  /// The same command to both devices, as drivers give it.
  void command(Address offset, std::uint32_t code) { write(offset, code * 0x00010001U); }
  void program(Address offset, std::uint32_t value) {
    command(offset, 0x40);
    write(offset, value);
  }
  void erase(Address block) {
    command(block, 0x20);
    command(block, 0xd0);
  }
  /// The status, with the devices back in read-array state and the errors cleared.
  std::uint32_t take_status() {
    command(0, 0x70);
    const std::uint32_t status = read(0);
    command(0, 0x50);
    command(0, 0xff);
    return status;
  }

  CfiFlash flash_{"flash", bank_bytes};
  RegisterAccess access_{flash_.region()};
};

TEST_F(CfiFlashTest, BeginsErasedAndDirectlyReadable) {
  EXPECT_TRUE(flash_.region().readable());
  EXPECT_EQ(flash_.region().size(), bank_bytes);
  EXPECT_EQ(read(0), 0xffffffffU);
  EXPECT_EQ(read(bank_bytes - 4), 0xffffffffU);
  EXPECT_EQ(flash_.mode_switches(), 0U);
}

TEST_F(CfiFlashTest, AnswersAQueryInBothHalvesOfTheBus) {
  command(0x55 * 4, 0x98);
  EXPECT_FALSE(flash_.region().readable());
  EXPECT_EQ(read(0x10 * 4), 0x00510051U);
  EXPECT_EQ(read(0x11 * 4), 0x00520052U);
  EXPECT_EQ(read(0x12 * 4), 0x00590059U);
  EXPECT_EQ(access_.read<std::uint16_t>(0x10 * 4), 0x51);
  EXPECT_EQ(access_.read<std::uint16_t>(0x10 * 4 + 2), 0x51);
  EXPECT_EQ(access_.read<std::uint8_t>(0x10 * 4 + 1), 0);
  EXPECT_EQ(access_.read<std::uint64_t>(0x10 * 4), 0x0052005200510051U);
  EXPECT_EQ(read(bank_bytes - 4), 0U);
  command(0, 0xff);
  EXPECT_TRUE(flash_.region().readable());
  EXPECT_EQ(read(0x10 * 4), 0xffffffffU);
}

TEST_F(CfiFlashTest, GivesItsIdentifiers) {
  command(0, 0x90);
  EXPECT_EQ(read(0), 0x00890089U);
  EXPECT_EQ(read(4), 0x00180018U);
  EXPECT_EQ(read(8), 0U);
  EXPECT_EQ(read(12), 0U);
  EXPECT_EQ(read(0x20000), 0x00890089U);
}

TEST_F(CfiFlashTest, TakesCommandsOfAnyWidth) {
  access_.write<std::uint8_t>(0, 0x90);
  EXPECT_EQ(read(0), 0x00890089U);
  access_.write<std::uint16_t>(0, 0x00f0);
  EXPECT_EQ(read(0), 0xffffffffU);
}

TEST_F(CfiFlashTest, ProgrammingOnlyClearsBits) {
  program(0x100, 0x12345678);
  EXPECT_EQ(read(0x100), ready);
  EXPECT_EQ(take_status(), ready);
  EXPECT_EQ(read(0x100), 0x12345678U);
  program(0x100, 0xff00ff0f);
  command(0, 0xff);
  EXPECT_EQ(read(0x100), 0x12005608U);
  EXPECT_EQ(read(0xfc), 0xffffffffU);
  EXPECT_EQ(read(0x104), 0xffffffffU);
}

TEST_F(CfiFlashTest, ProgramsSingleBytesAndTheOtherProgramCommandToo) {
  access_.write<std::uint8_t>(0x201, 0x10);
  access_.write<std::uint8_t>(0x201, 0x42);
  command(0, 0xff);
  EXPECT_EQ(read(0x200), 0xffff42ffU);
}

TEST_F(CfiFlashTest, ErasesOneBlock) {
  for (const Address offset : {Address{0}, block1, 2 * block1 - 4, 2 * block1}) program(offset, 0);
  erase(block1 + 0x40);
  EXPECT_EQ(read(block1), ready);
  EXPECT_EQ(take_status(), ready);
  EXPECT_EQ(read(0), 0U);
  EXPECT_EQ(read(block1), 0xffffffffU);
  EXPECT_EQ(read(2 * block1 - 4), 0xffffffffU);
  EXPECT_EQ(read(2 * block1), 0U);
}

TEST_F(CfiFlashTest, AnUnconfirmedEraseDoesNothingAndSaysSo) {
  program(0, 0);
  command(0, 0x20);
  command(0, 0xff);
  EXPECT_EQ(read(0), sequence_error);
  EXPECT_EQ(take_status(), sequence_error);
  EXPECT_EQ(read(0), 0U);
  EXPECT_EQ(take_status(), ready);
}

TEST_F(CfiFlashTest, ProgramsThroughTheWriteBuffer) {
  command(block1, 0xe8);
  EXPECT_EQ(read(block1), ready);
  command(block1, 511);
  for (std::uint32_t i = 0; i < 512; ++i) write(block1 + 4 * i, i);
  command(block1, 0xd0);
  EXPECT_EQ(read(block1), ready);
  EXPECT_EQ(take_status(), ready);
  for (std::uint32_t i = 0; i < 512; ++i) ASSERT_EQ(read(block1 + 4 * i), i);
  EXPECT_EQ(read(block1 + 4 * 512), 0xffffffffU);
}

TEST_F(CfiFlashTest, TheWriteBufferIsDroppedWithoutConfirmation) {
  command(0, 0xe8);
  command(0, 0);
  write(0, 0);
  command(0, 0xff);
  EXPECT_EQ(take_status(), sequence_error);
  EXPECT_EQ(read(0), 0xffffffffU);
}

TEST_F(CfiFlashTest, TheWriteBufferHasItsSizeAndStaysInItsBlock) {
  command(0, 0xe8);
  command(0, 1024);
  EXPECT_EQ(take_status(), sequence_error);
  command(0, 0xe8);
  command(0, 1);
  write(0, 0);
  write(block1, 0);
  EXPECT_EQ(take_status(), sequence_error);
  EXPECT_EQ(read(0), 0xffffffffU);
  EXPECT_EQ(read(block1), 0xffffffffU);
}

TEST_F(CfiFlashTest, LockedBlocksRefuseProgrammingAndErasing) {
  program(block1, 0x5a5a5a5a);
  command(block1, 0x60);
  command(block1, 0x01);
  EXPECT_TRUE(flash_.is_locked(block1 + 5));
  EXPECT_FALSE(flash_.is_locked(0));
  command(0, 0x90);
  EXPECT_EQ(read(block1 + 8), 0x00010001U);
  EXPECT_EQ(read(8), 0U);
  program(block1, 0);
  EXPECT_EQ(take_status(), program_refused);
  erase(block1);
  EXPECT_EQ(take_status(), erase_refused);
  EXPECT_EQ(read(block1), 0x5a5a5a5aU);
  command(block1, 0x60);
  command(block1, 0xd0);
  erase(block1);
  EXPECT_EQ(take_status(), ready);
  EXPECT_EQ(read(block1), 0xffffffffU);
}

TEST_F(CfiFlashTest, LockedDownBlocksStayLocked) {
  command(0, 0x60);
  command(0, 0x2f);
  command(0, 0x60);
  command(0, 0xd0);
  command(0, 0x90);
  EXPECT_EQ(read(8), 0x00030003U);
  command(0, 0x60);
  command(0, 0x77);
  EXPECT_EQ(take_status(), sequence_error);
}

TEST_F(CfiFlashTest, SuspendAndResumeFindNothingToDo) {
  command(0, 0xb0);
  EXPECT_EQ(read(0), ready);
  command(0, 0xff);
  command(0, 0xd0);
  EXPECT_EQ(read(0), ready);
}

TEST_F(CfiFlashTest, SwitchesOnlyWhenTheStateReallyChanges) {
  command(0, 0xff);
  command(0, 0xf0);
  command(0, 0x50);
  command(0, 0xaa);
  EXPECT_EQ(flash_.mode_switches(), 0U);
  command(0, 0x70);
  command(0, 0x90);
  command(0, 0x98);
  EXPECT_EQ(flash_.mode_switches(), 1U);
  command(0, 0xff);
  EXPECT_EQ(flash_.mode_switches(), 2U);
  erase(0);
  program(0, 1);
  EXPECT_EQ(flash_.mode_switches(), 3U);
  command(0, 0xff);
  EXPECT_EQ(flash_.mode_switches(), 4U);
}

TEST_F(CfiFlashTest, DirectPointersComeAndGoWithTheState) {
  const auto direct = [&] { return access_.space().view().find(0)->direct_reads; };
  EXPECT_TRUE(direct());
  command(0, 0x90);
  EXPECT_FALSE(direct());
  command(0, 0xff);
  EXPECT_TRUE(direct());
}

TEST_F(CfiFlashTest, ProgrammingAndErasingMarkPagesDirty) {
  constexpr AddressRange first_page{0, 4095};
  constexpr AddressRange last_page{block1 - 4096, block1 - 1};
  flash_.region().reset_dirty({0, bank_bytes - 1}, DirtyClient::migration);
  program(8, 0);
  EXPECT_TRUE(flash_.region().is_dirty(first_page, DirtyClient::migration));
  EXPECT_FALSE(flash_.region().is_dirty(last_page, DirtyClient::migration));
  erase(0);
  EXPECT_TRUE(flash_.region().is_dirty(last_page, DirtyClient::migration));
  EXPECT_FALSE(flash_.region().is_dirty({block1, bank_bytes - 1}, DirtyClient::migration));
}

TEST_F(CfiFlashTest, DebugAccessesReachTheContentsInAnyState) {
  command(0, 0x70);
  access_.debug_write<std::uint32_t>(0, 0x600df00d);
  EXPECT_EQ(access_.debug_read<std::uint32_t>(0), 0x600df00dU);
  EXPECT_EQ(read(0), ready);
  command(0, 0xff);
  EXPECT_EQ(read(0), 0x600df00dU);
}

TEST_F(CfiFlashTest, RandomCommandsKeepTheContentsThatAnOracleHas) {
  std::mt19937 random(test_seed());
  std::vector<std::uint8_t> oracle(bank_bytes, 0xff);
  const std::uint32_t codes[] = {0xff, 0x90, 0x98, 0x70, 0x50, 0xb0, 0xf0, 0xd0, 0xaa};
  for (int i = 0; i < 20000; ++i) {
    const Address offset = random() % bank_bytes & ~Address{3};
    switch (random() % 16) {
      case 0: {
        erase(offset);
        const auto first = oracle.begin() + static_cast<std::ptrdiff_t>(offset - offset % CfiFlash::block_bytes);
        std::fill(first, first + CfiFlash::block_bytes, 0xff);
        break;
      }
      case 1:
      case 2:
      case 3: {
        const std::uint32_t value = random();
        program(offset, value);
        for (unsigned byte = 0; byte < 4; ++byte)
          oracle[offset + byte] &= static_cast<std::uint8_t>(value >> (8 * byte));
        break;
      }
      case 4: {
        command(offset, 0xff);
        std::uint32_t expected = 0;
        std::memcpy(&expected, oracle.data() + offset, 4);
        ASSERT_EQ(read(offset), expected);
        break;
      }
      default:
        command(offset, codes[random() % std::size(codes)]);
        break;
    }
  }
  ASSERT_EQ(std::memcmp(flash_.region().memory().data, oracle.data(), bank_bytes), 0);
}

TEST_F(CfiFlashTest, RandomWritesOfAllWidthsNeverCrash) {
  std::mt19937 random(test_seed());
  for (int i = 0; i < 50000; ++i) {
    const Address offset = random() % (bank_bytes - 8);
    const std::uint32_t value = random() % 2 == 0 ? random() : random() % 0x100;
    switch (random() % 6) {
      case 0:
        access_.write<std::uint8_t>(offset, static_cast<std::uint8_t>(value));
        break;
      case 1:
        access_.write<std::uint16_t>(offset, static_cast<std::uint16_t>(value));
        break;
      case 2:
        access_.write<std::uint64_t>(offset, std::uint64_t{value} << 32 | value);
        break;
      case 3:
        access_.read<std::uint64_t>(offset);
        break;
      case 4:
        read(offset);
        break;
      default:
        write(offset, value);
        break;
    }
    ASSERT_EQ(flash_.region().readable(), flash_.mode_switches() % 2 == 0);
  }
}

TEST(CfiFlash, TheBankOfTheVirtMachineHasTheSizeItsTableSays) {
  CfiFlash flash("flash");
  RegisterAccess access(flash.region());
  access.write<std::uint32_t>(0x154, 0x00980098);
  const std::uint32_t device_log2 = access.read<std::uint32_t>(0x27 * 4) & 0xff;
  const std::uint32_t blocks = (access.read<std::uint32_t>(0x2d * 4) & 0xff) + 1;
  EXPECT_EQ(flash.region().size(), 32U << 20);
  EXPECT_EQ(2U << device_log2, 32U << 20);
  EXPECT_EQ(blocks * CfiFlash::block_bytes, 32U << 20);
}

class CfiFlashImageTest : public testing::Test {
 protected:
  static Bytes contents_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  /// Programs a word; returns the status.
  static std::uint32_t program(CfiFlash& flash, Address offset, std::uint32_t value) {
    RegisterAccess access(flash.region());
    access.write<std::uint32_t>(offset, 0x00400040);
    access.write<std::uint32_t>(offset, value);
    const auto status = access.read<std::uint32_t>(offset);
    access.write<std::uint32_t>(offset, 0x00ff00ff);
    return status;
  }
  static Bytes contents() {
    Bytes bytes(bank_bytes, 0xff);
    std::memcpy(bytes.data(), "contents", 8);
    return bytes;
  }

  test::TemporaryDirectory directory_;
  std::string path_ = directory_.file("flash.img", contents());
};

TEST_F(CfiFlashImageTest, TheBankBeginsWithTheImage) {
  CfiFlash flash("flash", path_, ImageMode::writable_if_permitted, bank_bytes);
  EXPECT_EQ(std::memcmp(flash.region().memory().data, contents().data(), bank_bytes), 0);
}

TEST_F(CfiFlashImageTest, WhatChangesIsWrittenBack) {
  {
    CfiFlash flash("flash", path_, ImageMode::writable_if_permitted, bank_bytes);
    EXPECT_EQ(program(flash, block1 + 4, 0x12345678), ready);
    EXPECT_EQ(contents_of(path_), contents());
    flash.write_back();
  }
  Bytes expected = contents();
  const std::uint32_t word = 0x12345678;
  std::memcpy(expected.data() + block1 + 4, &word, sizeof word);
  EXPECT_EQ(contents_of(path_), expected);
}

TEST_F(CfiFlashImageTest, WithoutAChangeTheFileIsLeftAlone) {
  CfiFlash flash("flash", path_, ImageMode::writable_if_permitted, bank_bytes);
  const auto before = std::filesystem::last_write_time(path_);
  flash.write_back();
  EXPECT_EQ(std::filesystem::last_write_time(path_), before);
}

TEST_F(CfiFlashImageTest, AReadOnlyImageIsAWriteProtectedBank) {
  CfiFlash flash("flash", path_, ImageMode::readonly, bank_bytes);
  EXPECT_TRUE(flash.is_locked(0));
  EXPECT_EQ(program(flash, block1, 0), program_refused);
  flash.write_back();
  EXPECT_EQ(contents_of(path_), contents());
}

TEST_F(CfiFlashImageTest, ImagesThatAreMissingOrOfAnotherSizeAreRefusedWithBothSizes) {
  EXPECT_THROW(CfiFlash("flash", "/nowhere/flash.img", ImageMode::readonly, bank_bytes), LoadError);
  for (const std::uint64_t size : {bank_bytes - 1, bank_bytes + 1}) {
    const std::string path = directory_.file("other.img", Bytes(size));
    const std::string message = test::load_error_of([&] { CfiFlash("flash", path, ImageMode::readonly, bank_bytes); });
    EXPECT_EQ(message, path + ": has " + std::to_string(size) + " bytes; the flash bank has " +
                           std::to_string(bank_bytes) + ", and its image must have as many");
  }
}

TEST(CfiFlash, SizesThatAreNoPowerOfTwoAreRejected) {
  EXPECT_THROW(CfiFlash("flash", 3 * CfiFlash::block_bytes), MapError);
  EXPECT_THROW(CfiFlash("flash", CfiFlash::block_bytes / 2), MapError);
}

}  // namespace
}  // namespace sc_memory::models
