// A target for the tests of the session: three threads of a few registers, a page of memory, and a note of what was
// asked.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "sim/gdb/target.h"

namespace sc_memory::sim::gdb::test {

class FakeTarget : public Target {
 public:
  static constexpr unsigned kThreads = 3;
  static constexpr unsigned kRegisters = 4;  ///< of eight bytes; number 0 cannot be written
  static constexpr std::uint64_t kMemory = 0x1000;
  static constexpr std::uint64_t kMemorySize = 0x100;

  FakeTarget() : memory(kMemorySize) {
    for (auto& thread : registers) thread.assign(kRegisters, Bytes(8));
  }

  unsigned thread_count() const override { return kThreads; }
  std::string thread_text(unsigned thread) const override { return "thread " + std::to_string(thread); }
  const std::string& description() const override { return text; }
  unsigned general_registers() const override { return kRegisters; }
  std::optional<Bytes> read_register(unsigned thread, std::uint64_t number) const override {
    if (number >= kRegisters) return std::nullopt;
    return registers[thread][number];
  }
  bool write_register(unsigned thread, std::uint64_t number, const Bytes& value) override {
    if (number == 0 || number >= kRegisters || value.size() != 8) return false;
    registers[thread][number] = value;
    return true;
  }
  Bytes read_memory(unsigned, std::uint64_t address, std::size_t size) override {
    if (address < kMemory || address - kMemory >= kMemorySize) return {};
    const std::size_t offset = static_cast<std::size_t>(address - kMemory);
    const std::size_t length = std::min<std::size_t>(size, kMemorySize - offset);
    return Bytes(memory.begin() + static_cast<std::ptrdiff_t>(offset),
                 memory.begin() + static_cast<std::ptrdiff_t>(offset + length));
  }
  bool write_memory(unsigned, std::uint64_t address, const Bytes& bytes) override {
    if (read_memory(0, address, bytes.size()).size() != bytes.size()) return false;
    std::copy(bytes.begin(), bytes.end(), memory.begin() + static_cast<std::ptrdiff_t>(address - kMemory));
    return true;
  }
  bool set_point(unsigned, PointKind kind, std::uint64_t address, std::uint64_t size) override {
    if (size == 0) return false;
    points.insert({kind, address, size});
    return true;
  }
  bool remove_point(PointKind kind, std::uint64_t address, std::uint64_t size) override {
    points.erase({kind, address, size});
    return true;
  }
  void remove_all_points() override { points.clear(); }
  void set_actions(const std::vector<Action>& wanted) override { actions = wanted; }
  std::optional<std::string> monitor(const std::string& command) override {
    if (command != "hello") return std::nullopt;
    return "world\n";
  }

  std::vector<Bytes> registers[kThreads];
  Bytes memory;
  std::string text = "<target/>";
  std::set<std::tuple<PointKind, std::uint64_t, std::uint64_t>> points;
  std::vector<Action> actions;
};

}  // namespace sc_memory::sim::gdb::test
