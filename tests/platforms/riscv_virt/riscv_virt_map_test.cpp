// The machine's flat view against that of QEMU's virt board (tests/map/reference/), range by range.
#include <algorithm>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "sc_memory/map/map_text.h"

#include "platforms/riscv_virt/riscv_virt.h"

namespace sc_memory::platforms {
namespace {

/// The lines of a flat view's ranges: addresses, kind and name.
std::vector<std::string> ranges_in(const std::string& text) {
  std::vector<std::string> ranges;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.find(" (prio ") != std::string::npos) ranges.push_back(line);
  }
  return ranges;
}

/// What QEMU prints for the address space that the processors see.
std::vector<std::string> reference() {
  std::ifstream in(MTREE_REFERENCE_DIR "/riscv-virt.flat.txt");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::size_t begin = text.find(" AS \"memory\"");
  std::vector<std::string> ranges = ranges_in(text.substr(begin, text.find("\n\n", begin) - begin));
  // The one device that this machine lacks: no firmware or kernel of Debian's asks for it.
  ranges.erase(std::remove_if(ranges.begin(), ranges.end(),
                              [](const std::string& range) { return range.find(": fwcfg.") != std::string::npos; }),
               ranges.end());
  // The two that bear their modules' names here, as a machine may have several of them.
  for (std::string& range : ranges) {
    for (const auto& [theirs, ours] : {std::pair{": serial", ": machine.uart"}, {": goldfish_rtc", ": machine.rtc"}}) {
      const std::size_t at = range.find(theirs);
      if (at != std::string::npos) range.replace(at, std::string::npos, ours);
    }
  }
  return ranges;
}

TEST(RiscvVirtMap, IsThatOfQemusBoardRangeByRange) {
  RiscvVirtConfig config;
  config.memory_bytes = 128_MiB;
  RiscvVirt machine("machine", config);
  ASSERT_GT(reference().size(), 15U);
  EXPECT_EQ(ranges_in(flat_text(machine.memory())), reference());
}

}  // namespace
}  // namespace sc_memory::platforms
