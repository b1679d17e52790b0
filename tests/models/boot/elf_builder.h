// Builds small ELF files for the tests, with every field open to be set wrong.
#pragma once

#include <cstdint>
#include <cstring>
#include <elf.h>
#include <string>
#include <vector>

#include "models/boot/file_bytes.h"

namespace sc_memory::models::test {

struct ElfBuilder {
  struct Segment {
    uint64_t virtual_address;
    uint64_t physical_address;
    Bytes bytes;
    uint64_t memory_size;
  };
  struct Symbol {
    std::string name;
    uint64_t value;
    unsigned binding = STB_GLOBAL;
    uint16_t section = SHN_ABS;
  };
  struct Relocation {
    uint64_t place;  // an address as linked
    uint32_t type;
    int64_t addend;
    uint32_t symbol = 0;  // 1 for the first of `symbols`
    uint32_t section_type = SHT_RELA;
  };

  uint64_t entry = 0x80000000;
  uint16_t type = ET_EXEC;
  uint16_t machine = EM_RISCV;
  std::vector<Segment> segments;
  std::vector<Symbol> symbols;
  std::vector<Relocation> relocations;

  // The file: header, program headers, the segments' bytes, symbols, their names, relocations (each in a section of its
  // own), and the section headers at the very end.
  Bytes build() const {
    Bytes file(sizeof(Elf64_Ehdr) + segments.size() * sizeof(Elf64_Phdr));
    std::vector<Elf64_Phdr> program_headers;
    for (const Segment& segment : segments) {
      Elf64_Phdr header{};
      header.p_type = PT_LOAD;
      header.p_flags = PF_R | PF_W | PF_X;
      header.p_offset = file.size();
      header.p_vaddr = segment.virtual_address;
      header.p_paddr = segment.physical_address;
      header.p_filesz = segment.bytes.size();
      header.p_memsz = segment.memory_size;
      program_headers.push_back(header);
      file.insert(file.end(), segment.bytes.begin(), segment.bytes.end());
    }
    std::vector<Elf64_Shdr> sections(1);
    add_symbols(file, sections);
    add_relocations(file, sections);
    file.resize((file.size() + 7) / 8 * 8);

    Elf64_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = type;
    header.e_machine = machine;
    header.e_version = EV_CURRENT;
    header.e_entry = entry;
    header.e_phoff = segments.empty() ? 0 : sizeof(Elf64_Ehdr);
    header.e_phnum = static_cast<uint16_t>(segments.size());
    header.e_phentsize = sizeof(Elf64_Phdr);
    header.e_ehsize = sizeof(Elf64_Ehdr);
    header.e_shoff = file.size();
    header.e_shnum = static_cast<uint16_t>(sections.size());
    header.e_shentsize = sizeof(Elf64_Shdr);
    std::memcpy(file.data(), &header, sizeof header);
    if (!segments.empty()) {
      std::memcpy(file.data() + sizeof header, program_headers.data(), segments.size() * sizeof(Elf64_Phdr));
    }
    append(file, sections.data(), sections.size() * sizeof(Elf64_Shdr));
    return file;
  }

  // Where header fields lie, for tests that damage them.
  static size_t program_header(size_t index) { return sizeof(Elf64_Ehdr) + index * sizeof(Elf64_Phdr); }

 private:
  static void append(Bytes& file, const void* data, size_t size) {
    const auto* first = static_cast<const uint8_t*>(data);
    file.insert(file.end(), first, first + size);
  }

  void add_symbols(Bytes& file, std::vector<Elf64_Shdr>& sections) const {
    if (symbols.empty()) return;
    std::string names(1, '\0');
    std::vector<Elf64_Sym> table(1);
    for (const Symbol& symbol : symbols) {
      Elf64_Sym entry_of_table{};
      entry_of_table.st_name = static_cast<uint32_t>(names.size());
      entry_of_table.st_info = static_cast<unsigned char>(ELF64_ST_INFO(symbol.binding, STT_NOTYPE));
      entry_of_table.st_shndx = symbol.section;
      entry_of_table.st_value = symbol.value;
      table.push_back(entry_of_table);
      names += symbol.name + '\0';
    }
    file.resize((file.size() + 7) / 8 * 8);
    Elf64_Shdr symbol_section{};
    symbol_section.sh_type = SHT_SYMTAB;
    symbol_section.sh_offset = file.size();
    symbol_section.sh_size = table.size() * sizeof(Elf64_Sym);
    symbol_section.sh_entsize = sizeof(Elf64_Sym);
    symbol_section.sh_addralign = 8;
    symbol_section.sh_link = 2;
    append(file, table.data(), table.size() * sizeof(Elf64_Sym));
    Elf64_Shdr name_section{};
    name_section.sh_type = SHT_STRTAB;
    name_section.sh_offset = file.size();
    name_section.sh_size = names.size();
    name_section.sh_addralign = 1;
    append(file, names.data(), names.size());
    sections.push_back(symbol_section);
    sections.push_back(name_section);
  }

  void add_relocations(Bytes& file, std::vector<Elf64_Shdr>& sections) const {
    for (const Relocation& relocation : relocations) {
      const Elf64_Rela entry_of_table{relocation.place, ELF64_R_INFO(uint64_t{relocation.symbol}, relocation.type),
                                      relocation.addend};
      file.resize((file.size() + 7) / 8 * 8);
      Elf64_Shdr section{};
      section.sh_type = relocation.section_type;
      section.sh_flags = SHF_ALLOC;
      section.sh_offset = file.size();
      section.sh_size = sizeof entry_of_table;
      section.sh_entsize = sizeof entry_of_table;
      section.sh_addralign = 8;
      section.sh_link = 1;
      append(file, &entry_of_table, sizeof entry_of_table);
      sections.push_back(section);
    }
  }
};

// Overwrites `size` little-endian bytes.
inline void poke(Bytes& bytes, size_t offset, uint64_t value, size_t size) {
  for (size_t i = 0; i < size; ++i) bytes.at(offset + i) = static_cast<uint8_t>(value >> (8 * i));
}

}  // namespace sc_memory::models::test
