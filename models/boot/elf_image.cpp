// Reading ELF. libelf decodes; the checks it leaves out (it reads damaged files generously) are made here.
#include "models/boot/elf_image.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>
#include <gelf.h>
#include <libelf.h>
#include <limits>
#include <memory>
#include <utility>

#include "models/boot/load_error.h"

namespace sc_memory::models {
namespace {

constexpr char kLinkForFixedAddress[] = "link it for a fixed address";
constexpr uint64_t smallest_header = 52;     // of a 32-bit ELF; machine and class lie well inside it
constexpr uint32_t kPackedRelocations = 19;  // SHT_RELR, which not every elf.h has

std::string machine_name(unsigned machine) {
  static constexpr std::array<std::pair<unsigned, const char*>, 17> names{{{EM_SPARC, "SPARC"},
                                                                           {EM_386, "x86"},
                                                                           {EM_68K, "68000"},
                                                                           {EM_MIPS, "MIPS"},
                                                                           {EM_PPC, "PowerPC"},
                                                                           {EM_PPC64, "PowerPC"},
                                                                           {EM_S390, "S/390"},
                                                                           {EM_ARM, "ARM"},
                                                                           {EM_SH, "SuperH"},
                                                                           {EM_SPARCV9, "SPARC"},
                                                                           {EM_IA_64, "Itanium"},
                                                                           {EM_X86_64, "x86-64"},
                                                                           {EM_MICROBLAZE, "MicroBlaze"},
                                                                           {EM_AARCH64, "AArch64"},
                                                                           {EM_RISCV, "RISC-V"},
                                                                           {EM_BPF, "BPF"},
                                                                           {EM_XTENSA, "Xtensa"}}};
  for (const auto& [number, name] : names) {
    if (number == machine) return name;
  }
  return fmt::format("machine-{}", machine);
}

std::string type_name(unsigned type) {
  switch (type) {
    case ET_NONE:
      return "a file of no type";
    case ET_REL:
      return "an object file that is not linked yet";
    case ET_CORE:
      return "a core dump";
    default:
      return fmt::format("an ELF file of type {}", type);
  }
}

const char* byte_order(bool little_endian) { return little_endian ? "little-endian" : "big-endian"; }

// Half-open [offset, offset + size) inside `limit` bytes, without wrapping.
bool lies_inside(uint64_t offset, uint64_t size, uint64_t limit) { return offset <= limit && size <= limit - offset; }

}  // namespace

std::string describe(const ElfTarget& target) {
  return fmt::format("{}-bit {}", target.bits, machine_name(target.machine));
}

// One pass over one file. Fills the image it was given.
class ElfReader {
 public:
  ElfReader(ElfImage& image, const ElfTarget& target, Address place) : image_(image), target_(target), place_(place) {}

  void read() {
    check_identity();
    elf_version(EV_CURRENT);
    elf_.reset(elf_memory(reinterpret_cast<char*>(image_.bytes_.data()), size()));
    if (elf_ == nullptr || elf_kind(elf_.get()) != ELF_K_ELF || gelf_getehdr(elf_.get(), &header_) == nullptr) {
      fail(fmt::format("is truncated or damaged: its headers do not lie inside its {} bytes", size()));
    }
    check_header();
    read_segments();
    place_entry();
    read_sections();
  }

 private:
  struct CloseElf {
    void operator()(Elf* elf) const { elf_end(elf); }
  };
  struct Mapping {
    AddressRange linked;  // virtual
    Address loaded;       // physical, where its first byte goes
    uint64_t file_offset;
    uint64_t file_size;
  };

  uint64_t size() const { return image_.bytes_.size(); }
  uint64_t highest_address() const {
    return target_.bits == 32 ? std::numeric_limits<uint32_t>::max() : std::numeric_limits<uint64_t>::max();
  }

  [[noreturn]] void fail(const std::string& problem) const {
    throw LoadError(image_.name_, fmt::format("{}; expected a whole {} ELF file", problem, describe(target_)));
  }

  // Of a file that is whole, but cannot be loaded as it was made.
  [[noreturn]] void fail_to_load(const std::string& problem, const std::string& advice) const {
    throw LoadError(image_.name_, fmt::format("{}; {}", problem, advice));
  }

  // What the first bytes say, before libelf sees them: it would only tell that it does not like the file.
  void check_identity() const {
    const Bytes& bytes = image_.bytes_;
    if (bytes.size() < SELFMAG || std::memcmp(bytes.data(), ELFMAG, SELFMAG) != 0) {
      fail("is not an ELF file (it does not begin with 7f 'ELF')");
    }
    if (bytes.size() < smallest_header) {
      fail(fmt::format("is truncated: {} bytes do not hold an ELF header", bytes.size()));
    }
    const unsigned elf_class = bytes[EI_CLASS];
    const unsigned encoding = bytes[EI_DATA];
    if (elf_class != ELFCLASS32 && elf_class != ELFCLASS64)
      fail(fmt::format("has the unknown ELF class {}", elf_class));
    if (encoding != ELFDATA2LSB && encoding != ELFDATA2MSB) {
      fail(fmt::format("has the unknown ELF data encoding {}", encoding));
    }
    if (bytes[EI_VERSION] != EV_CURRENT) fail(fmt::format("has the unknown ELF version {}", bytes[EI_VERSION]));

    const bool little = encoding == ELFDATA2LSB;
    constexpr unsigned machine_offset = 18;  // the same in both classes
    const unsigned low = bytes[machine_offset + (little ? 0 : 1)];
    const unsigned high = bytes[machine_offset + (little ? 1 : 0)];
    check_machine(elf_class == ELFCLASS32 ? 32 : 64, little, low | high << 8);
  }

  void check_machine(unsigned bits, bool little, unsigned machine) const {
    if (bits == target_.bits && little == target_.little_endian && machine == target_.machine) return;
    const bool same_order = little == target_.little_endian;
    const std::string its_order = same_order ? "" : fmt::format("{} ", byte_order(little));
    const std::string our_order = same_order ? "" : fmt::format("{} ", byte_order(target_.little_endian));
    throw LoadError(image_.name_,
                    fmt::format("is a {}-bit {}{} ELF; this machine runs {}-bit {}{}", bits, its_order,
                                machine_name(machine), target_.bits, our_order, machine_name(target_.machine)));
  }

  void check_header() const {
    if (header_.e_type != ET_EXEC && header_.e_type != ET_DYN) {
      fail_to_load(fmt::format("is {}, not an executable", type_name(header_.e_type)),
                   fmt::format("give a linked {} ELF file", describe(target_)));
    }
    check_table("program header table", header_.e_phoff, header_.e_phnum, header_.e_phentsize, ELF_T_PHDR);
    if (header_.e_phnum == 0)
      fail_to_load("has no program headers: nothing says where to load it", "link it as an executable");
    if (header_.e_phnum == PN_XNUM) fail("claims 65535 or more program headers");
    if (header_.e_shoff != 0) {
      check_table("section header table", header_.e_shoff, header_.e_shnum, header_.e_shentsize, ELF_T_SHDR);
    }
  }

  void check_table(const char* what, uint64_t offset, uint64_t count, uint64_t entry_size, Elf_Type type) const {
    const uint64_t right_size = gelf_fsize(elf_.get(), type, 1, EV_CURRENT);
    if (count != 0 && entry_size != right_size) {
      fail(fmt::format("has a {} with entries of {} bytes instead of {}", what, entry_size, right_size));
    }
    if (!lies_inside(offset, count * right_size, size())) {
      fail(fmt::format("is truncated: its {} (offset {:#x}, {} entries) ends beyond its {} bytes", what, offset, count,
                       size()));
    }
  }

  void read_segments() {
    for (int index = 0; index < header_.e_phnum; ++index) {
      GElf_Phdr segment;
      if (gelf_getphdr(elf_.get(), index, &segment) == nullptr) {
        fail(fmt::format("has an unreadable program header {} ({})", index, elf_errmsg(-1)));
      }
      if (segment.p_type == PT_LOAD && segment.p_memsz != 0) add_segment(index, segment);
    }
    if (image_.segments_.empty()) fail_to_load("has no segments to load", "link it with code or data in it");
    check_overlaps();
    move_segments();
  }

  void add_segment(int index, const GElf_Phdr& segment) {
    if (!lies_inside(segment.p_offset, segment.p_filesz, size())) {
      fail(fmt::format("is truncated: segment {} (offset {:#x}, {:#x} bytes) ends beyond its {} bytes", index,
                       segment.p_offset, segment.p_filesz, size()));
    }
    if (segment.p_filesz > segment.p_memsz) {
      fail(fmt::format("has a segment {} with more bytes in the file ({:#x}) than in memory ({:#x})", index,
                       segment.p_filesz, segment.p_memsz));
    }
    for (const Address address : {segment.p_paddr, segment.p_vaddr}) {
      if (address > highest_address() || segment.p_memsz - 1 > highest_address() - address) {
        fail_to_load(fmt::format("has a segment {} of {:#x} bytes at {:#x} that runs over the top of the address space",
                                 index, segment.p_memsz, address),
                     "link it for lower addresses");
      }
    }
    const uint64_t length = segment.p_memsz - 1;
    image_.segments_.push_back({AddressRange{segment.p_paddr, segment.p_paddr + length},
                                image_.bytes_.data() + segment.p_offset, segment.p_filesz});
    mappings_.push_back(
        {AddressRange{segment.p_vaddr, segment.p_vaddr + length}, segment.p_paddr, segment.p_offset, segment.p_filesz});
  }

  // Position-independent code is linked at 0, which stands for wherever it is put.
  void move_segments() {
    const bool linked_at_zero = std::any_of(mappings_.begin(), mappings_.end(), [](const Mapping& mapping) {
      return mapping.linked.first == 0 && mapping.loaded == 0;
    });
    if (header_.e_type != ET_DYN || !linked_at_zero) return;
    moved_by_ = place_;
    for (ImageSegment& segment : image_.segments_) {
      if (moved_by_ > highest_address() - segment.range.last) {
        fail_to_load(
            fmt::format("is position-independent, but put at {:#x} it runs over the top of the address space", place_),
            "make it smaller");
      }
      segment.range = {segment.range.first + moved_by_, segment.range.last + moved_by_};
    }
    for (Mapping& mapping : mappings_) mapping.loaded += moved_by_;
  }

  void check_overlaps() {
    auto& segments = image_.segments_;
    std::sort(segments.begin(), segments.end(),
              [](const ImageSegment& a, const ImageSegment& b) { return a.range.first < b.range.first; });
    for (size_t i = 1; i < segments.size(); ++i) {
      const AddressRange below = segments[i - 1].range;
      const AddressRange above = segments[i].range;
      if (below.overlaps(above)) {
        fail_to_load(fmt::format("has overlapping segments {:#x}-{:#x} and {:#x}-{:#x}", below.first, below.last,
                                 above.first, above.last),
                     "link them apart from each other");
      }
    }
  }

  std::optional<Address> to_physical(Address address) const {
    for (const Mapping& mapping : mappings_) {
      if (mapping.linked.contains(address)) return mapping.loaded + (address - mapping.linked.first);
    }
    return std::nullopt;
  }

  void place_entry() {
    const std::optional<Address> entry = to_physical(header_.e_entry);
    if (!entry)
      fail_to_load(fmt::format("has its entry point {:#x} in none of its segments", header_.e_entry),
                   "link it with an entry point in its code");
    image_.entry_ = *entry;
  }

  void read_sections() {
    size_t count = 0;
    if (elf_getshdrnum(elf_.get(), &count) != 0) fail(fmt::format("has no readable sections ({})", elf_errmsg(-1)));
    for (size_t index = 1; index < count; ++index) {
      Elf_Scn* section = elf_getscn(elf_.get(), index);
      GElf_Shdr header;
      if (section == nullptr || gelf_getshdr(section, &header) == nullptr) {
        fail(fmt::format("has an unreadable section header {} ({})", index, elf_errmsg(-1)));
      }
      if (header.sh_type == SHT_NULL || header.sh_type == SHT_NOBITS) continue;
      if (!lies_inside(header.sh_offset, header.sh_size, size())) {
        fail(fmt::format("is truncated: section {} (offset {:#x}, {:#x} bytes) ends beyond its {} bytes", index,
                         header.sh_offset, header.sh_size, size()));
      }
      if (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM) read_symbols(index, section, header);
      if (moved_by_ != 0 && (header.sh_flags & SHF_ALLOC) != 0) relocate(index, section, header);
    }
  }

  // What code that does not relocate itself needs when it is moved. Code that does will find it done.
  void relocate(size_t index, Elf_Scn* section, const GElf_Shdr& header) {
    if (header.sh_type == SHT_REL || header.sh_type == kPackedRelocations) {
      fail_to_load(
          fmt::format("has relocations of a kind that is not known here (section {}, type {})", index, header.sh_type),
          kLinkForFixedAddress);
    }
    if (header.sh_type != SHT_RELA || header.sh_size == 0) return;
    Elf_Data* data = elf_getdata(section, nullptr);
    const uint64_t count = header.sh_size / gelf_fsize(elf_.get(), ELF_T_RELA, 1, EV_CURRENT);
    for (uint64_t i = 0; i < count; ++i) {
      GElf_Rela relocation;
      if (data == nullptr || gelf_getrela(data, static_cast<int>(i), &relocation) == nullptr) {
        fail(fmt::format("has a damaged relocation {} in section {}", i, index));
      }
      apply(relocation, header.sh_link);
    }
  }

  void apply(const GElf_Rela& relocation, uint32_t symbols) {
    const auto type = static_cast<uint32_t>(GELF_R_TYPE(relocation.r_info));
    const uint32_t word = target_.bits == 32 ? R_RISCV_32 : R_RISCV_64;
    if (target_.machine == EM_RISCV && type == R_RISCV_NONE) return;
    const auto addend = static_cast<uint64_t>(relocation.r_addend);
    if (target_.machine == EM_RISCV && type == R_RISCV_RELATIVE) {
      put_word(relocation.r_offset, addend + moved_by_);
    } else if (target_.machine == EM_RISCV && type == word) {
      put_word(relocation.r_offset, addend + value_of_symbol(symbols, GELF_R_SYM(relocation.r_info)));
    } else {
      fail_to_load(
          fmt::format("has a relocation of type {} at {:#x}, which is not known here", type, relocation.r_offset),
          kLinkForFixedAddress);
    }
  }

  // Of a weak symbol that nobody defines it is 0.
  uint64_t value_of_symbol(uint32_t symbols, uint64_t index) const {
    Elf_Scn* section = elf_getscn(elf_.get(), symbols);
    GElf_Shdr header;
    const bool is_table = section != nullptr && gelf_getshdr(section, &header) != nullptr &&
                          (header.sh_type == SHT_DYNSYM || header.sh_type == SHT_SYMTAB);
    Elf_Data* data = is_table ? elf_getdata(section, nullptr) : nullptr;
    GElf_Sym symbol;
    if (data == nullptr || index > std::numeric_limits<int>::max() ||
        gelf_getsym(data, static_cast<int>(index), &symbol) == nullptr) {
      fail(fmt::format("has a relocation to a symbol {} that it does not have", index));
    }
    if (symbol.st_shndx == SHN_UNDEF) return 0;
    return symbol.st_shndx == SHN_ABS ? symbol.st_value : symbol.st_value + moved_by_;
  }

  // `linked` is an address as the file was linked.
  void put_word(Address linked, uint64_t value) {
    const uint64_t width = target_.bits / 8;
    for (const Mapping& mapping : mappings_) {
      if (linked < mapping.linked.first || !lies_inside(linked - mapping.linked.first, width, mapping.file_size)) {
        continue;
      }
      uint8_t* bytes = image_.bytes_.data() + mapping.file_offset + (linked - mapping.linked.first);
      for (uint64_t i = 0; i < width; ++i) {
        bytes[i] = static_cast<uint8_t>(value >> 8 * (target_.little_endian ? i : width - 1 - i));
      }
      return;
    }
    fail(fmt::format("has a relocation of {:#x}, which is in none of its segments' bytes", linked));
  }

  void read_symbols(size_t index, Elf_Scn* section, const GElf_Shdr& header) {
    const uint64_t entry_size = gelf_fsize(elf_.get(), ELF_T_SYM, 1, EV_CURRENT);
    if (header.sh_entsize != entry_size || header.sh_size % entry_size != 0) {
      fail(fmt::format("has a damaged symbol table (section {}: {:#x} bytes in entries of {})", index, header.sh_size,
                       header.sh_entsize));
    }
    Elf_Data* data = header.sh_size == 0 ? nullptr : elf_getdata(section, nullptr);
    const auto count =
        static_cast<int>(std::min<uint64_t>(header.sh_size / entry_size, std::numeric_limits<int>::max()));
    for (int i = 1; i < count; ++i) {
      GElf_Sym symbol;
      const bool readable = data != nullptr && gelf_getsym(data, i, &symbol) != nullptr;
      const char* name = readable ? elf_strptr(elf_.get(), header.sh_link, symbol.st_name) : nullptr;
      if (name == nullptr) fail(fmt::format("has a damaged symbol {} in section {} ({})", i, index, elf_errmsg(-1)));
      add_symbol(name, symbol);
    }
  }

  void add_symbol(const char* name, const GElf_Sym& symbol) {
    const unsigned type = GELF_ST_TYPE(symbol.st_info);
    if (*name == '\0' || symbol.st_shndx == SHN_UNDEF || type == STT_SECTION || type == STT_FILE) return;
    const Address address = to_physical(symbol.st_value).value_or(symbol.st_value);
    if (GELF_ST_BIND(symbol.st_info) == STB_LOCAL) {
      image_.symbols_.emplace(name, address);  // never in place of one that is there
    } else {
      image_.symbols_.insert_or_assign(name, address);
    }
  }

  ElfImage& image_;
  const ElfTarget target_;
  const Address place_;
  uint64_t moved_by_ = 0;
  std::unique_ptr<Elf, CloseElf> elf_;
  GElf_Ehdr header_{};
  std::vector<Mapping> mappings_;
};

ElfImage ElfImage::read(const std::string& path, const ElfTarget& target, Address place) {
  return parse(read_whole_file(path, fmt::format("a {} ELF file", describe(target))), path, target, place);
}

ElfImage ElfImage::parse(Bytes bytes, std::string name, const ElfTarget& target, Address place) {
  ElfImage image;
  image.name_ = std::move(name);
  image.bytes_ = std::move(bytes);
  ElfReader(image, target, place).read();
  return image;
}

std::optional<Address> ElfImage::symbol(std::string_view name) const {
  const auto found = symbols_.find(name);
  if (found == symbols_.end()) return std::nullopt;
  return found->second;
}

}  // namespace sc_memory::models
