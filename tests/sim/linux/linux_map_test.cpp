// Where Linux has put the registers of PCI devices: its /proc/iomem and its PCI tree, and the simulator's region tree
// and flat view, all say the same.
#include <algorithm>
#include <cstdint>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <regex>
#include <sstream>
#include <tuple>

#include "tests/sim/linux/linux_boot.h"

namespace sc_memory::sim::test {
namespace {

using models::test::TemporaryDirectory;

constexpr char kWindow[] = "gpex_mmio_window";  // what is behind no BAR
constexpr char kBus[] = "gpex_mmio";            // the container of the BARs

/// A line of any of the maps: inclusive addresses, and what is there.
struct Range {
  std::uint64_t first;
  std::uint64_t last;
  std::string name;
  std::size_t depth = 0;  // blanks at the begin of the line

  bool operator<(const Range& other) const { return std::tie(first, last) < std::tie(other.first, other.last); }
  bool operator==(const Range& other) const { return first == other.first && last == other.last; }
  bool contains(const Range& other) const { return first <= other.first && other.last <= last; }
};

void PrintTo(const Range& range, std::ostream* out) {
  *out << std::hex << range.first << "-" << range.last << " " << range.name;
}

using Ranges = std::vector<Range>;

/// The lines of `text` between two others that match `expression`: first and last address, then the name.
Ranges ranges_in(const std::string& text, const std::string& begin, const std::string& end,
                 const std::string& expression) {
  const std::size_t from = text.find(begin);
  const std::size_t to = text.find(end, from + begin.size());
  EXPECT_NE(from, std::string::npos) << begin;
  EXPECT_NE(to, std::string::npos) << end;
  if (from == std::string::npos || to == std::string::npos) return {};
  std::istringstream lines(text.substr(from, to - from));
  const std::regex pattern(expression);
  Ranges ranges;
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_search(line, match, pattern))
      ranges.push_back({std::stoull(match[1], nullptr, 16), std::stoull(match[2], nullptr, 16), match[3],
                        line.find_first_not_of(' ')});
  }
  return ranges;
}

bool is_pci_function(const std::string& name) { return std::regex_match(name, std::regex("0000:00:[0-9a-f]{2}\\.0")); }

Ranges sorted(Ranges ranges) {
  std::sort(ranges.begin(), ranges.end());
  return ranges;
}

/// Whether the two are the same where they do not only touch.
bool overlap(const Range& a, const Range& b) { return a.first <= b.last && b.first <= a.last; }

class LinuxMap : public testing::Test {
 protected:
  void boot() {
    const std::string disk = directory_.file("disk.img", models::Bytes(1 << 20));
    const std::string other_disk = directory_.file("other.img", models::Bytes(1 << 20));
    const std::string map_file = directory_.path("map.txt");
    // No driver of the kernel's enables the registers of the engine that copies.
    const std::string script =
        directory_.file("maps.script", bytes_of("@prompt \"linux# \\e[6n\"\n"
                                                "for d in /sys/bus/pci/devices/*; do echo 1 >$d/enable; done\n"
                                                "look-around\npoweroff -f\n"));
    const VpsimResult result =
        boot_linux({"--disk-pci", disk, "--disk-pci", other_disk, "--dma-test", "--map-at-end", map_file}, script);
    ASSERT_EQ(result.exit_code, 0) << result.errors << result.output;

    const std::string map = contents_of(map_file);
    iomem_ = ranges_in(result.output, "-- /proc/iomem", "-- interrupts", "^ *([0-9a-f]+)-([0-9a-f]+) : ([^\r]*)");
    functions_ =
        ranges_in(result.output, "-- PCI devices", "-- ", "^0x([0-9a-f]{16}) 0x([0-9a-f]{16}) (0x[0-9a-f]{16})");
    tree_ =
        ranges_in(map, "address-space: memory", "FlatView", "^ +([0-9a-f]{16})-([0-9a-f]{16}) \\(prio [^)]*\\): (.*)$");
    flat_ = ranges_in(map + "\n\n", "FlatView", "\n\n", "^  ([0-9a-f]{16})-([0-9a-f]{16}) \\(prio [^)]*\\): ([^ ]*)");
  }

  void expect_pci_agrees() const;
  void expect_board_agrees() const;

  const TemporaryDirectory directory_;
  Ranges iomem_;      // the guest's view of physical memory
  Ranges functions_;  // what the guest's PCI tree says of each function's BARs
  Ranges tree_;       // the simulator's regions
  Ranges flat_;       // and what they are for an initiator
};

void LinuxMap::expect_pci_agrees() const {
  // The guest's own two views: what the PCI tree lists is what /proc/iomem calls by a function's name.
  Ranges bars;
  std::copy_if(iomem_.begin(), iomem_.end(), std::back_inserter(bars),
               [](const Range& range) { return is_pci_function(range.name); });
  bars = sorted(bars);
  ASSERT_GE(bars.size(), 3U);
  EXPECT_EQ(bars, sorted(functions_));

  // The simulator's tree: the children of the bus are those BARs.
  const auto bus = std::find_if(tree_.begin(), tree_.end(), [](const Range& range) { return range.name == kBus; });
  ASSERT_NE(bus, tree_.end());
  Ranges regions;
  for (auto child = bus + 1; child != tree_.end() && child->depth > bus->depth; ++child) {
    if (child->depth == bus->depth + 2) regions.push_back(*child);
  }
  EXPECT_EQ(sorted(regions), bars);

  // The flat view: within the windows, all that is not the window's own lies in a BAR, each of which has something.
  for (const Range& bar : bars) {
    const auto inside = std::count_if(flat_.begin(), flat_.end(),
                                      [&](const Range& range) { return bar.contains(range) && range.name != kWindow; });
    EXPECT_GT(inside, 0) << testing::PrintToString(bar);
  }
  const Ranges windows = {{0x4000'0000, 0x7fff'ffff, "pcie-mmio"}, {0x4'0000'0000, 0x7'ffff'ffff, "pcie-mmio-high"}};
  for (const Range& window : windows) {
    for (const Range& range : flat_) {
      if (!overlap(window, range) || range.name == kWindow) continue;
      EXPECT_TRUE(std::any_of(bars.begin(), bars.end(), [&](const Range& bar) { return bar.contains(range); }))
          << testing::PrintToString(range);
    }
  }
}

void LinuxMap::expect_board_agrees() const {
  const auto flat_range_of = [&](const std::string& name) {
    const auto found = std::find_if(flat_.begin(), flat_.end(), [&](const Range& range) { return range.name == name; });
    EXPECT_NE(found, flat_.end()) << name;
    return found == flat_.end() ? Range{} : *found;
  };
  const auto guest_range_of = [&](const std::string& name) {
    const auto found = std::find_if(iomem_.begin(), iomem_.end(),
                                    [&](const Range& range) { return range.name.find(name) != std::string::npos; });
    EXPECT_NE(found, iomem_.end()) << name;
    return found == iomem_.end() ? Range{} : *found;
  };
  EXPECT_EQ(guest_range_of("System RAM"), flat_range_of("riscv_virt_board.ram"));
  // Device trees give devices more room than they have registers.
  EXPECT_TRUE(guest_range_of("serial").contains(flat_range_of("machine.uart")));
  EXPECT_TRUE(guest_range_of("rtc").contains(flat_range_of("machine.rtc")));
  for (const Range& range : iomem_) {
    if (range.depth != 0) continue;
    EXPECT_TRUE(std::any_of(flat_.begin(), flat_.end(), [&](const Range& there) { return overlap(there, range); }))
        << "the guest has something where the machine has nothing: " << testing::PrintToString(range);
  }
}

TEST_F(LinuxMap, TheGuestsMapsAndTheSimulatorsAgree) {
  boot();
  if (HasFatalFailure()) return;
  expect_pci_agrees();
  expect_board_agrees();
}

}  // namespace
}  // namespace sc_memory::sim::test
