// Tests of reading ELF files: what a good one gives, and that no bytes whatever do worse than a LoadError.
#include "models/boot/elf_image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

#include "tests/models/boot/elf_builder.h"
#include "tests/models/boot/load_error_matcher.h"
#include "tests/models/boot/temporary_directory.h"
#include "tests/support/seed.h"

namespace sc_memory::models {
namespace {

using test::ElfBuilder;
using test::load_error_of;
using test::poke;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

ElfBuilder small_program() {
  ElfBuilder elf;
  elf.entry = 0x80000004;
  elf.segments = {{0x80000000, 0x80000000, Bytes{1, 2, 3, 4, 5, 6, 7, 8}, 0x100},
                  {0x80001000, 0x80001000, Bytes{9, 10}, 2}};
  elf.symbols = {{"local", 0x80000008, STB_LOCAL}, {"tohost", 0x80001000}, {"fromhost", 0x80001001}};
  return elf;
}

std::string error_of(const Bytes& bytes) {
  const std::string message = load_error_of([&] { ElfImage::parse(bytes, "fw.elf"); });
  EXPECT_THAT(message, StartsWith("fw.elf: "));
  return message;
}

std::string error_of(const ElfBuilder& elf) { return error_of(elf.build()); }

// The whole promise of an ElfImage, checked on images that came out of damaged files.
void expect_sound(const ElfImage& image) {
  ASSERT_FALSE(image.segments().empty());
  bool holds_entry = false;
  for (size_t i = 0; i < image.segments().size(); ++i) {
    const ImageSegment& segment = image.segments()[i];
    ASSERT_LE(segment.range.first, segment.range.last);
    ASSERT_LE(segment.file_size, segment.range.size());
    if (i > 0) {
      ASSERT_LT(image.segments()[i - 1].range.last, segment.range.first);
    }
    holds_entry |= segment.range.contains(image.entry());
    // Reads every byte: a sanitizer tells when one is not there.
    ASSERT_EQ(Bytes(segment.bytes, segment.bytes + segment.file_size).size(), segment.file_size);
  }
  ASSERT_TRUE(holds_entry);
}

TEST(ElfImage, GivesSegmentsEntryAndSymbols) {
  const ElfImage image = ElfImage::parse(small_program().build(), "fw.elf");
  ASSERT_EQ(image.segments().size(), 2U);
  const ImageSegment& first = image.segments()[0];
  EXPECT_EQ(first.range, (AddressRange{0x80000000, 0x800000ff}));
  EXPECT_EQ(Bytes(first.bytes, first.bytes + first.file_size), (Bytes{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(image.segments()[1].range, (AddressRange{0x80001000, 0x80001001}));
  EXPECT_EQ(image.entry(), 0x80000004U);
  EXPECT_EQ(image.symbol("tohost"), 0x80001000U);
  EXPECT_EQ(image.symbol("fromhost"), 0x80001001U);
  EXPECT_EQ(image.symbol("local"), 0x80000008U);
  EXPECT_EQ(image.symbol("absent"), std::nullopt);
  EXPECT_EQ(image.name(), "fw.elf");
}

TEST(ElfImage, SegmentsStayValidWhenTheImageMoves) {
  ElfImage image = ElfImage::parse(small_program().build(), "fw.elf");
  const ElfImage moved = std::move(image);
  EXPECT_EQ(moved.segments()[0].bytes[7], 8);
}

TEST(ElfImage, LoadsAtPhysicalAddressesAndTranslatesEntryAndSymbols) {
  ElfBuilder elf;
  elf.entry = 0xffffffff80000010;
  elf.segments = {{0xffffffff80000000, 0x80200000, Bytes(32), 32}};
  elf.symbols = {{"start", 0xffffffff80000010}, {"constant", 0x1234}};
  const ElfImage image = ElfImage::parse(elf.build(), "vmlinux");
  EXPECT_EQ(image.segments()[0].range, (AddressRange{0x80200000, 0x8020001f}));
  EXPECT_EQ(image.entry(), 0x80200010U);
  EXPECT_EQ(image.symbol("start"), 0x80200010U);
  EXPECT_EQ(image.symbol("constant"), 0x1234U) << "what lies in no segment is given as it stands";
}

TEST(ElfImage, SortsSegmentsAndDropsEmptyOnes) {
  ElfBuilder elf;
  elf.segments = {{0x90000000, 0x90000000, Bytes(4), 4}, {0, 0, {}, 0}, {0x80000000, 0x80000000, Bytes(4), 4}};
  const ElfImage image = ElfImage::parse(elf.build(), "fw.elf");
  ASSERT_EQ(image.segments().size(), 2U);
  EXPECT_EQ(image.segments()[0].range.first, 0x80000000U);
  EXPECT_EQ(image.segments()[1].range.first, 0x90000000U);
}

TEST(ElfImage, SharedObjectsAreExecutablesToo) {
  ElfBuilder elf = small_program();
  elf.type = ET_DYN;
  EXPECT_EQ(ElfImage::parse(elf.build(), "pie").entry(), 0x80000004U);
}

// Code linked at 0, with a word that holds the address of another one.
ElfBuilder position_independent_program() {
  ElfBuilder elf;
  elf.type = ET_DYN;
  elf.entry = 0x4;
  elf.segments = {{0, 0, Bytes(0x20), 0x20}, {0x1000, 0x1000, Bytes(0x10), 0x80}};
  elf.symbols = {{"table", 0x1008, STB_GLOBAL, 1}, {"constant", 0x77}, {"missing", 0, STB_WEAK, SHN_UNDEF}};
  return elf;
}

ElfImage moved(const ElfBuilder& elf, Address place) {
  return ElfImage::parse(elf.build(), "pie", ElfTarget::riscv64(), place);
}

uint64_t word_of(const ElfImage& image, size_t segment, size_t offset) {
  uint64_t word = 0;
  std::memcpy(&word, image.segments().at(segment).bytes + offset, sizeof word);
  return word;
}

TEST(ElfImage, PositionIndependentFilesGoWhereTheyAreWanted) {
  const ElfImage image = moved(position_independent_program(), 0x80000000);
  EXPECT_EQ(image.segments()[0].range, (AddressRange{0x80000000, 0x8000001f}));
  EXPECT_EQ(image.segments()[1].range, (AddressRange{0x80001000, 0x8000107f}));
  EXPECT_EQ(image.entry(), 0x80000004U);
  EXPECT_EQ(image.symbol("table"), 0x80001008U);
  EXPECT_EQ(moved(position_independent_program(), 0).entry(), 0x4U);
}

TEST(ElfImage, OnlyPositionIndependentFilesAreMoved) {
  ElfBuilder elf = position_independent_program();
  elf.type = ET_EXEC;
  EXPECT_EQ(moved(elf, 0x80000000).entry(), 0x4U) << "an executable linked at 0 is meant for 0";
  elf = small_program();
  elf.type = ET_DYN;
  EXPECT_EQ(moved(elf, 0x90000000).entry(), 0x80000004U) << "it was linked for a place";
}

TEST(ElfImage, RelocatesWhatItMoves) {
  ElfBuilder elf = position_independent_program();
  elf.relocations = {{0x8, R_RISCV_RELATIVE, 0x1008},
                     {0x10, R_RISCV_64, 4, 1},
                     {0x18, R_RISCV_64, 1, 2},
                     {0x1000, R_RISCV_64, 0x99, 3},
                     {0x1008, R_RISCV_NONE, 5}};
  const ElfImage image = moved(elf, 0x80000000);
  EXPECT_EQ(word_of(image, 0, 0x8), 0x80001008U);
  EXPECT_EQ(word_of(image, 0, 0x10), 0x8000100cU) << "a symbol of the file moves with it";
  EXPECT_EQ(word_of(image, 0, 0x18), 0x78U) << "a constant does not";
  EXPECT_EQ(word_of(image, 1, 0), 0x99U) << "nobody defines it: 0";
  EXPECT_EQ(word_of(image, 1, 8), 0U);
  EXPECT_EQ(word_of(moved(elf, 0), 0, 0x8), 0U) << "what stays is left as it is";
}

TEST(ElfImage, RefusesRelocationsThatCannotBeApplied) {
  const auto with = [](const ElfBuilder::Relocation& relocation) {
    ElfBuilder elf = position_independent_program();
    elf.relocations = {relocation};
    const std::string message = load_error_of([&] { moved(elf, 0x80000000); });
    EXPECT_THAT(message, StartsWith("pie: "));
    return message;
  };
  EXPECT_THAT(with({0x8, R_RISCV_TLS_TPREL64, 0}),
              HasSubstr("a relocation of type 11 at 0x8, which is not known here"));
  EXPECT_THAT(with({0x19, R_RISCV_RELATIVE, 0}), HasSubstr("a relocation of 0x19, which is in none"));
  EXPECT_THAT(with({0x1010, R_RISCV_RELATIVE, 0}), HasSubstr("a relocation of 0x1010, which is in none"));
  EXPECT_THAT(with({UINT64_MAX, R_RISCV_RELATIVE, 0}), HasSubstr("0xffffffffffffffff, which is in none"));
  EXPECT_THAT(with({0x8, R_RISCV_64, 0, 99}), HasSubstr("a symbol 99 that it does not have"));
  EXPECT_THAT(with({0x8, R_RISCV_RELATIVE, 0, 0, SHT_REL}), HasSubstr("of a kind that is not known here"));
  EXPECT_THAT(load_error_of([] { moved(position_independent_program(), UINT64_MAX - 0x100); }),
              HasSubstr("put at 0xfffffffffffffeff it runs over the top of the address space"));
}

TEST(ElfImage, GlobalSymbolsWinAndUndefinedOnesAreNone) {
  ElfBuilder elf = small_program();
  elf.symbols = {{"twice", 1, STB_LOCAL}, {"twice", 2, STB_GLOBAL}, {"undefined", 3, STB_GLOBAL, SHN_UNDEF}};
  const ElfImage image = ElfImage::parse(elf.build(), "fw.elf");
  EXPECT_EQ(image.symbol("twice"), 2U);
  EXPECT_EQ(image.symbol("undefined"), std::nullopt);
}

TEST(ElfImage, StrippedFilesLoadAsWell) {
  ElfBuilder elf = small_program();
  elf.symbols.clear();
  Bytes bytes = elf.build();
  poke(bytes, offsetof(Elf64_Ehdr, e_shoff), 0, 8);
  poke(bytes, offsetof(Elf64_Ehdr, e_shnum), 0, 2);
  EXPECT_EQ(ElfImage::parse(bytes, "stripped").symbol("tohost"), std::nullopt);
}

TEST(ElfImage, ReadsTheFirmwareOfDebian) {
  // Linked at the start of RAM by Debian 12, position-independent in Debian 13.
  const ElfImage firmware =
      ElfImage::read("/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.elf", ElfTarget::riscv64(), 0x80000000);
  EXPECT_EQ(firmware.entry(), 0x80000000U);
  const ElfImage loader = ElfImage::read("/usr/lib/u-boot/qemu-riscv64_smode/uboot.elf");
  EXPECT_EQ(loader.entry(), 0x80200000U);
  EXPECT_EQ(loader.symbol("_start"), 0x80200000U);
}

TEST(ElfImage, NamesTheWrongMachine) {
  EXPECT_EQ(load_error_of([] { ElfImage::read("/usr/lib/u-boot/qemu_arm/uboot.elf"); }),
            "/usr/lib/u-boot/qemu_arm/uboot.elf: is a 32-bit ARM ELF; this machine runs 64-bit RISC-V");
  EXPECT_THAT(load_error_of([] { ElfImage::read("/usr/lib/u-boot/qemu_arm64/uboot.elf"); }),
              EndsWith("is a 64-bit AArch64 ELF; this machine runs 64-bit RISC-V"));
  EXPECT_THAT(load_error_of([] { ElfImage::read("/usr/lib/u-boot/qemu-ppce500/uboot.elf"); }),
              EndsWith("is a 32-bit big-endian PowerPC ELF; this machine runs 64-bit little-endian RISC-V"));
  ElfBuilder elf = small_program();
  elf.machine = 0xabcd;
  EXPECT_THAT(error_of(elf), HasSubstr("64-bit machine-43981 ELF"));
}

TEST(ElfImage, ReadsOtherMachinesForPlatformsThatWantThem) {
  const ElfTarget arm{32, true, EM_ARM};
  EXPECT_EQ(ElfImage::read("/usr/lib/u-boot/qemu_arm/uboot.elf", arm).entry(), 0U);
  const ElfTarget big_endian_mips{64, false, EM_MIPS};
  EXPECT_GT(ElfImage::read("/usr/lib/u-boot/malta64el/uboot.elf", ElfTarget{64, true, EM_MIPS}).segments().size(), 0U);
  EXPECT_THAT(load_error_of([&] { ElfImage::read("/usr/lib/u-boot/malta64el/uboot.elf", big_endian_mips); }),
              EndsWith("is a 64-bit little-endian MIPS ELF; this machine runs 64-bit big-endian MIPS"));
}

TEST(ElfImage, RefusesWhatIsNoElf) {
  EXPECT_EQ(error_of(Bytes{'#', '!', '/', 'b', 'i', 'n'}),
            "fw.elf: is not an ELF file (it does not begin with 7f 'ELF'); expected a whole 64-bit RISC-V ELF file");
  EXPECT_THAT(error_of(Bytes{}), HasSubstr("is not an ELF file"));
  const test::TemporaryDirectory directory;
  EXPECT_THAT(load_error_of([&] { ElfImage::read(directory.path("none")); }),
              AllOf(HasSubstr("No such file"), EndsWith("expected a 64-bit RISC-V ELF file")));
  EXPECT_THAT(load_error_of([&] { ElfImage::read("/usr"); }), HasSubstr("is a directory"));
}

TEST(ElfImage, RefusesFilesTruncatedAnywhere) {
  const Bytes whole = small_program().build();
  for (size_t size = 0; size < whole.size(); ++size) {
    SCOPED_TRACE(size);
    const std::string message = error_of(Bytes(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size)));
    EXPECT_THAT(message, HasSubstr(size < 4 ? "is not an ELF file" : "is truncated"));
  }
}

TEST(ElfImage, RefusesUnknownIdentification) {
  const auto with = [](size_t offset, uint64_t value) {
    Bytes bytes = small_program().build();
    poke(bytes, offset, value, 1);
    return error_of(bytes);
  };
  EXPECT_THAT(with(EI_CLASS, 3), HasSubstr("has the unknown ELF class 3"));
  EXPECT_THAT(with(EI_DATA, 0), HasSubstr("has the unknown ELF data encoding 0"));
  EXPECT_THAT(with(EI_VERSION, 9), HasSubstr("has the unknown ELF version 9"));
}

TEST(ElfImage, RefusesWhatIsNotExecutable) {
  ElfBuilder elf = small_program();
  elf.type = ET_REL;
  EXPECT_THAT(error_of(elf), HasSubstr("is an object file that is not linked yet, not an executable"));
  elf.type = ET_CORE;
  EXPECT_THAT(error_of(elf), HasSubstr("is a core dump"));
  elf.type = ET_NONE;
  EXPECT_THAT(error_of(elf), HasSubstr("is a file of no type"));
  elf.type = 77;
  EXPECT_THAT(error_of(elf), HasSubstr("an ELF file of type 77"));
}

TEST(ElfImage, RefusesFilesWithNothingToLoad) {
  ElfBuilder elf = small_program();
  elf.segments.clear();
  EXPECT_THAT(error_of(elf), HasSubstr("has no program headers"));
  elf.segments = {{0x80000000, 0x80000000, {}, 0}};
  EXPECT_THAT(error_of(elf), HasSubstr("has no segments to load"));
}

TEST(ElfImage, RefusesDamagedTables) {
  const auto with = [](size_t offset, uint64_t value, size_t size) {
    Bytes bytes = small_program().build();
    poke(bytes, offset, value, size);
    return error_of(bytes);
  };
  EXPECT_THAT(with(offsetof(Elf64_Ehdr, e_phentsize), 32, 2), HasSubstr("entries of 32 bytes instead of 56"));
  EXPECT_THAT(with(offsetof(Elf64_Ehdr, e_phoff), 1U << 30, 8), HasSubstr("program header table"));
  EXPECT_THAT(with(offsetof(Elf64_Ehdr, e_phoff), UINT64_MAX - 8, 8), HasSubstr("program header table"));
  EXPECT_THAT(with(offsetof(Elf64_Ehdr, e_phnum), 0x7000, 2), HasSubstr("28672 entries"));
  EXPECT_THAT(with(offsetof(Elf64_Ehdr, e_phnum), PN_XNUM, 2), HasSubstr("65535"));
  EXPECT_THAT(with(offsetof(Elf64_Ehdr, e_shoff), UINT64_MAX, 8), HasSubstr("is truncated"));
  EXPECT_THAT(with(offsetof(Elf64_Ehdr, e_shentsize), 8, 2), HasSubstr("section header table"));
}

TEST(ElfImage, RefusesSegmentsOutsideTheFile) {
  Bytes bytes = small_program().build();
  poke(bytes, ElfBuilder::program_header(1) + offsetof(Elf64_Phdr, p_offset), 0x10000, 8);
  EXPECT_THAT(error_of(bytes), HasSubstr("is truncated: segment 1 (offset 0x10000, 0x2 bytes) ends beyond"));
  poke(bytes, ElfBuilder::program_header(1) + offsetof(Elf64_Phdr, p_offset), UINT64_MAX, 8);
  EXPECT_THAT(error_of(bytes), HasSubstr("segment 1"));
}

TEST(ElfImage, RefusesSegmentsLargerInTheFileThanInMemory) {
  ElfBuilder elf = small_program();
  elf.segments[1].memory_size = 1;
  EXPECT_THAT(error_of(elf), HasSubstr("more bytes in the file (0x2) than in memory (0x1)"));
}

TEST(ElfImage, RefusesSegmentsOverTheTopOfTheAddressSpace) {
  ElfBuilder elf = small_program();
  elf.segments[1].physical_address = UINT64_MAX - 1;
  EXPECT_EQ(ElfImage::parse(elf.build(), "top").segments()[1].range.last, UINT64_MAX - 0U)
      << "the last byte is one to use";
  elf.segments[1].physical_address = UINT64_MAX;
  EXPECT_THAT(error_of(elf), HasSubstr("runs over the top of the address space"));
  elf.segments[1].physical_address = 0x80001000;
  elf.segments[1].memory_size = UINT64_MAX;
  EXPECT_THAT(error_of(elf), HasSubstr("runs over the top of the address space"));
}

TEST(ElfImage, RefusesOverlappingSegments) {
  ElfBuilder elf = small_program();
  elf.segments[1].physical_address = 0x80000100;
  EXPECT_NO_THROW(ElfImage::parse(elf.build(), "adjacent"));
  elf.segments[1].physical_address = 0x800000ff;
  EXPECT_THAT(error_of(elf), HasSubstr("overlapping segments 0x80000000-0x800000ff and 0x800000ff-0x80000100"));
}

TEST(ElfImage, RefusesAnEntryPointOutsideTheSegments) {
  ElfBuilder elf = small_program();
  elf.entry = 0x80000100;
  EXPECT_THAT(error_of(elf), HasSubstr("has its entry point 0x80000100 in none of its segments"));
}

TEST(ElfImage, RefusesDamagedSymbols) {
  const ElfBuilder elf = small_program();
  const Bytes good = elf.build();
  const size_t sections = good.size() - 3 * sizeof(Elf64_Shdr);
  const auto with = [&](size_t section, size_t field, uint64_t value, size_t size) {
    Bytes bytes = good;
    poke(bytes, sections + section * sizeof(Elf64_Shdr) + field, value, size);
    return error_of(bytes);
  };
  EXPECT_THAT(with(1, offsetof(Elf64_Shdr, sh_entsize), 5, 8), HasSubstr("damaged symbol table"));
  EXPECT_THAT(with(1, offsetof(Elf64_Shdr, sh_size), 25, 8), HasSubstr("damaged symbol table"));
  EXPECT_THAT(with(1, offsetof(Elf64_Shdr, sh_offset), 1U << 20, 8), HasSubstr("is truncated: section 1"));
  EXPECT_THAT(with(1, offsetof(Elf64_Shdr, sh_link), 77, 4), HasSubstr("damaged symbol 1"));
  EXPECT_THAT(with(2, offsetof(Elf64_Shdr, sh_size), 3, 8), HasSubstr("damaged symbol"));
}

// Random damage, one to eight places at a time, some of it aimed at the headers, with lengths changed as well.
TEST(ElfImage, NoBytesDoWorseThanALoadError) {
  std::mt19937_64 random(sc_memory::testing::seed());
  ElfBuilder position_independent = position_independent_program();
  position_independent.relocations = {{0x8, R_RISCV_RELATIVE, 0x1008}, {0x10, R_RISCV_64, 4, 1}};
  const std::array<Bytes, 2> files{small_program().build(), position_independent.build()};
  int sound = 0;
  int refused = 0;
  for (int round = 0; round < 30'000; ++round) {
    Bytes bytes = files[random() % files.size()];
    for (uint64_t changes = 1 + random() % 8; changes > 0; --changes) {
      const size_t limit =
          random() % 2 == 0 ? bytes.size() : std::min<size_t>(bytes.size(), ElfBuilder::program_header(2));
      static constexpr std::array<uint8_t, 6> telling{0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff};
      bytes[random() % limit] = static_cast<uint8_t>(random() % 2 == 0 ? telling[random() % telling.size()] : random());
    }
    if (random() % 4 == 0) bytes.resize(random() % (bytes.size() + 64));
    try {
      expect_sound(ElfImage::parse(bytes, "damaged", ElfTarget::riscv64(), 0x80000000));
      ++sound;
    } catch (const LoadError& error) {
      ASSERT_THAT(error.what(), StartsWith("damaged: "));
      ++refused;
    }
  }
  EXPECT_GT(sound, 0);
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace sc_memory::models
