// Registers by number, and their description.
#include "sim/gdb/register_file.h"

#include <array>
#include <fmt/format.h>

#include "models/riscv/hart_csr_numbers.h"

namespace sc_memory::sim::gdb {

using models::riscv::Hart;
namespace csr = models::riscv::csr;

namespace {

constexpr std::array<const char*, 32> kIntegerNames = {
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "fp", "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
    "a6",   "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
constexpr std::array<const char*, 32> kFloatNames = {
    "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1", "fa0",  "fa1",  "fa2", "fa3", "fa4",  "fa5",
    "fa6", "fa7", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11"};

struct NamedCsr {
  unsigned number;
  const char* name;
};
/// What a user wants to see by name; the others can be had by their number.
constexpr NamedCsr kCsrs[] = {
    {csr::sstatus, "sstatus"},
    {csr::sie, "sie"},
    {csr::stvec, "stvec"},
    {csr::scounteren, "scounteren"},
    {csr::senvcfg, "senvcfg"},
    {csr::sscratch, "sscratch"},
    {csr::sepc, "sepc"},
    {csr::scause, "scause"},
    {csr::stval, "stval"},
    {csr::sip, "sip"},
    {csr::stimecmp, "stimecmp"},
    {csr::satp, "satp"},
    {csr::mstatus, "mstatus"},
    {csr::misa, "misa"},
    {csr::medeleg, "medeleg"},
    {csr::mideleg, "mideleg"},
    {csr::mie, "mie"},
    {csr::mtvec, "mtvec"},
    {csr::mcounteren, "mcounteren"},
    {csr::menvcfg, "menvcfg"},
    {csr::mscratch, "mscratch"},
    {csr::mepc, "mepc"},
    {csr::mcause, "mcause"},
    {csr::mtval, "mtval"},
    {csr::mip, "mip"},
    {csr::pmpcfg0, "pmpcfg0"},
    {csr::pmpcfg2, "pmpcfg2"},
    {csr::pmpaddr0, "pmpaddr0"},
    {csr::pmpaddr0 + 1, "pmpaddr1"},
    {csr::pmpaddr0 + 2, "pmpaddr2"},
    {csr::pmpaddr0 + 3, "pmpaddr3"},
    {csr::mcycle, "mcycle"},
    {csr::minstret, "minstret"},
    {csr::time, "time"},
    {csr::mvendorid, "mvendorid"},
    {csr::marchid, "marchid"},
    {csr::mimpid, "mimpid"},
    {csr::mhartid, "mhartid"},
};
constexpr NamedCsr kFloatCsrs[] = {{csr::fflags, "fflags"}, {csr::frm, "frm"}, {csr::fcsr, "fcsr"}};

std::string csr_line(const Hart& hart, const NamedCsr& one, unsigned bits) {
  if (!hart.csr(one.number)) return {};
  return fmt::format("<reg name=\"{}\" bitsize=\"{}\" regnum=\"{}\" type=\"int\" group=\"csr\"/>\n", one.name, bits,
                     kFirstCsr + one.number);
}

Bytes to_bytes(std::uint64_t value, std::size_t size) {
  Bytes bytes;
  for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> 8 * i));
  return bytes;
}

bool is_float_csr(std::uint64_t number) { return number >= kFirstCsr + csr::fflags && number <= kFirstCsr + csr::fcsr; }

}  // namespace

std::string describe_registers(const Hart& hart) {
  std::string text =
      "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n<target version=\"1.0\">\n"
      "<architecture>riscv:rv64</architecture>\n<feature name=\"org.gnu.gdb.riscv.cpu\">\n";
  for (unsigned i = 0; i < kIntegerNames.size(); ++i) {
    const bool pointer = i == 2 || i == 3 || i == 4 || i == 8;
    text += fmt::format("<reg name=\"{}\" bitsize=\"64\" regnum=\"{}\" type=\"{}\"/>\n", kIntegerNames[i], i,
                        i == 1    ? "code_ptr"
                        : pointer ? "data_ptr"
                                  : "int");
  }
  text += fmt::format("<reg name=\"pc\" bitsize=\"64\" regnum=\"{}\" type=\"code_ptr\"/>\n</feature>\n", kPc);
  text +=
      "<feature name=\"org.gnu.gdb.riscv.fpu\">\n"
      "<union id=\"riscv_double\"><field name=\"float\" type=\"ieee_single\"/>"
      "<field name=\"double\" type=\"ieee_double\"/></union>\n";
  for (unsigned i = 0; i < kFloatNames.size(); ++i)
    text += fmt::format("<reg name=\"{}\" bitsize=\"64\" regnum=\"{}\" type=\"riscv_double\"/>\n", kFloatNames[i],
                        kFirstFloat + i);
  for (const NamedCsr& one : kFloatCsrs) text += csr_line(hart, one, 32);
  text += "</feature>\n<feature name=\"org.gnu.gdb.riscv.virtual\">\n";
  text += fmt::format("<reg name=\"priv\" bitsize=\"8\" regnum=\"{}\" type=\"int\"/>\n</feature>\n", kPrivilege);
  text += "<feature name=\"org.gnu.gdb.riscv.csr\">\n";
  for (const NamedCsr& one : kCsrs) text += csr_line(hart, one, 64);
  return text + "</feature>\n</target>\n";
}

std::optional<Bytes> read_register(const Hart& hart, std::uint64_t number) {
  if (number < kPc) return to_bytes(hart.x(static_cast<unsigned>(number)), 8);
  if (number == kPc) return to_bytes(hart.pc(), 8);
  if (number < kFirstCsr) return to_bytes(hart.f(static_cast<unsigned>(number - kFirstFloat)), 8);
  if (number == kPrivilege) return to_bytes(static_cast<std::uint64_t>(hart.privilege()), 1);
  if (number > kPrivilege) return std::nullopt;
  const auto value = hart.csr(static_cast<unsigned>(number - kFirstCsr));
  if (!value) return std::nullopt;
  return to_bytes(*value, is_float_csr(number) ? 4 : 8);
}

bool write_register(Hart& hart, std::uint64_t number, const Bytes& bytes) {
  const auto now = read_register(hart, number);
  if (!now || now->size() != bytes.size() || number == 0 || number == kPrivilege) return false;
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | bytes[i];
  if (number < kPc) {
    hart.set_x(static_cast<unsigned>(number), value);
  } else if (number == kPc) {
    hart.set_pc(value);
  } else if (number < kFirstCsr) {
    hart.set_f(static_cast<unsigned>(number - kFirstFloat), value);
  } else {
    return hart.set_csr(static_cast<unsigned>(number - kFirstCsr), value);
  }
  return true;
}

}  // namespace sc_memory::sim::gdb
