// The generated device tree against the one that QEMU 7.2 generates for its virt board with one hart and 128 MiB
// (reference/qemu-virt.dts, from -machine dumpdtb): node by node and property by property the same, but for what is
// listed here.
#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <iterator>
#include <libfdt.h>
#include <map>
#include <string>

#include "models/boot/file_bytes.h"
#include "platforms/riscv_virt/riscv_virt.h"

namespace sc_memory::platforms {
namespace {

using models::Bytes;

/// What a tree says: "/path:property" and the property's value.
using Facts = std::map<std::string, std::string>;

/// Properties with handles of other nodes among their cells: the first that is one, and how far it is to the next.
struct Handles {
  std::size_t first;
  std::size_t stride;
};
const std::map<std::string, Handles> kHandleProperties{{"cpu", {0, 1}},
                                                       {"interrupt-map", {4, 6}},
                                                       {"interrupt-parent", {0, 1}},
                                                       {"interrupts-extended", {0, 2}},
                                                       {"regmap", {0, 1}}};

class FactsReader {
 public:
  explicit FactsReader(const Bytes& tree) : tree_(tree.data()) {
    EXPECT_EQ(fdt_check_full(tree_, tree.size()), 0);
    add_node(fdt_path_offset(tree_, "/"), "");
  }
  const Facts& facts() const { return facts_; }

 private:
  void add_node(int node, const std::string& path) {
    int property = 0;
    fdt_for_each_property_offset(property, tree_, node) {
      const char* name = nullptr;
      int length = 0;
      const auto* value = static_cast<const std::uint8_t*>(fdt_getprop_by_offset(tree_, property, &name, &length));
      if (std::string(name) != "phandle") facts_[path + ":" + name] = text_of(name, {value, value + length});
    }
    int child = 0;
    fdt_for_each_subnode(child, tree_, node) add_node(child, path + "/" + fdt_get_name(tree_, child, nullptr));
  }

  /// Bytes in hexadecimal, and where a handle leads instead of its number.
  std::string text_of(const std::string& name, const Bytes& value) const {
    const auto handles = kHandleProperties.find(name);
    if (handles == kHandleProperties.end()) return fmt::format("{:02x}", fmt::join(value, " "));
    std::string text;
    for (std::size_t cell = 0; 4 * cell < value.size(); ++cell) {
      const std::uint32_t number = fdt32_ld(reinterpret_cast<const fdt32_t*>(value.data() + 4 * cell));
      const bool is_handle = cell % handles->second.stride == handles->second.first;
      text += is_handle ? path_of(number) + " " : fmt::format("{:x} ", number);
    }
    return text;
  }
  std::string path_of(std::uint32_t handle) const {
    char path[256];
    const int node = fdt_node_offset_by_phandle(tree_, handle);
    return fdt_get_path(tree_, node, path, sizeof path) == 0 ? path : fmt::format("no node has handle {}", handle);
  }

  const std::uint8_t* tree_;
  Facts facts_;
};

/// What we say differently, or not at all; of a node all of it.
const std::string kDifferences[] = {
    ":model",
    "/cpus/cpu@0:riscv,isa",  // Other extensions.
    "/chosen:rng-seed",       // Runs can be repeated.
    "/fw-cfg@10100000",       // These three devices are not there.
    "/platform-bus@4000000",
    "/pmu",
};

bool belongs_to(const std::string& key, const std::string& difference) {
  return key == difference || key.compare(0, difference.size() + 1, difference + ":") == 0;
}

bool may_differ(const std::string& key) {
  return std::any_of(std::begin(kDifferences), std::end(kDifferences),
                     [&](const std::string& difference) { return belongs_to(key, difference); });
}

std::string value_in(const Facts& facts, const std::string& key) {
  const auto found = facts.find(key);
  return found != facts.end() ? found->second : "absent";
}

class DeviceTreeReference : public testing::Test {
 protected:
  static RiscvVirtConfig config() {
    RiscvVirtConfig config;
    config.memory_bytes = 128_MiB;
    return config;
  }

  RiscvVirt machine_{"machine", config()};
  const Bytes our_bytes_ = machine_.device_tree().bytes();
  const Bytes qemu_bytes_ = models::read_whole_file(QEMU_DEVICE_TREE, "QEMU's device tree");
  const Facts ours_ = FactsReader(our_bytes_).facts();
  const Facts qemus_ = FactsReader(qemu_bytes_).facts();
};

TEST_F(DeviceTreeReference, SaysWhatQemuSays) {
  EXPECT_GT(qemus_.size(), 100U);
  for (const auto& [key, value] : qemus_) {
    if (!may_differ(key)) {
      EXPECT_EQ(value_in(ours_, key), value) << key;
    }
  }
  for (const auto& [key, value] : ours_) EXPECT_NE(value_in(qemus_, key), "absent") << key << " is ours alone";
}

TEST_F(DeviceTreeReference, TheListOfDifferencesIsTrue) {
  for (const std::string& difference : kDifferences) {
    const auto differs = [&](const auto& fact) {
      return belongs_to(fact.first, difference) && value_in(ours_, fact.first) != fact.second;
    };
    EXPECT_TRUE(std::any_of(qemus_.begin(), qemus_.end(), differs)) << difference;
  }
}

}  // namespace
}  // namespace sc_memory::platforms
