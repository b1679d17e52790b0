// Writing a device tree so that the code reads like the tree:
//
//   DeviceTree tree = DeviceTreeBuilder::build("my machine", [](DeviceTreeNode& root) {
//     root.string("compatible", "riscv-virtio").u32("#address-cells", {2}).u32("#size-cells", {2});
//     root.node("soc", [](DeviceTreeNode& soc) {
//       soc.strings("compatible", {"simple-bus"}).empty("ranges");
//       soc.node("serial@10000000", [](DeviceTreeNode& serial) {
//         serial.string("compatible", "ns16550a").u64("reg", {0x10000000, 0x100});
//         serial.u32("interrupt-parent", {serial.handle_of("plic")}).u32("interrupts", {10});
//       });
//       soc.node("interrupt-controller@c000000", [](DeviceTreeNode& plic) {
//       plic.empty("interrupt-controller").label("plic"); });
//     });
//   });
//
// Nodes refer to each other by labels that exist only while building; a label may be used before the node that carries
// it.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/boot/device_tree.h"

namespace sc_memory::models {

class DeviceTreeBuilder;

/// A tree that cannot be built: the message names the tree, the node's path and what is wrong.
class DeviceTreeError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A property value put together from cells of both sizes, big-endian in the tree: Cells().u32(0x02000000).u64(base).
class Cells {
 public:
  Cells& u32(uint32_t value) { return append(value, 4); }
  Cells& u64(uint64_t value) { return append(value, 8); }
  const Bytes& bytes() const { return bytes_; }

 private:
  Cells& append(uint64_t value, int size);

  Bytes bytes_;
};

/// The node that is being written; it exists only within the function that its parent's node() calls. All functions
/// throw DeviceTreeError: for a name that is empty, used twice in the node or holds a '/', for a property that comes
/// after a child node (the format has them before), and for whatever libfdt refuses.
class DeviceTreeNode {
 public:
  using Content = std::function<void(DeviceTreeNode&)>;

  DeviceTreeNode(const DeviceTreeNode&) = delete;
  DeviceTreeNode& operator=(const DeviceTreeNode&) = delete;

  DeviceTreeNode& empty(const std::string& name) { return bytes(name, {}); }
  DeviceTreeNode& string(const std::string& name, const std::string& value) { return strings(name, {value}); }
  DeviceTreeNode& strings(const std::string& name, const std::vector<std::string>& values);
  /// One cell of 32 bits for each value.
  DeviceTreeNode& u32(const std::string& name, const std::vector<uint32_t>& values);
  /// Two cells of 32 bits for each value, the upper half first.
  DeviceTreeNode& u64(const std::string& name, const std::vector<uint64_t>& values);
  DeviceTreeNode& cells(const std::string& name, const Cells& value) { return bytes(name, value.bytes()); }
  DeviceTreeNode& bytes(const std::string& name, const Bytes& value);

  /// Makes this node the one that handle_of(label) speaks of, by giving it a `phandle` property.
  DeviceTreeNode& label(const std::string& label);
  /// The phandle of the node that carries `label`, wherever in the tree it is.
  uint32_t handle_of(const std::string& label);

  /// A child node, written by `content`.
  DeviceTreeNode& node(const std::string& name, const Content& content);

  /// "/soc/serial@10000000"
  const std::string& path() const { return path_; }

 private:
  friend class DeviceTreeBuilder;
  DeviceTreeNode(DeviceTreeBuilder& builder, std::string path) : builder_(builder), path_(std::move(path)) {}

  DeviceTreeBuilder& builder_;
  std::string path_;
  std::set<std::string> property_names_;
  std::set<std::string> node_names_;
};

class DeviceTreeBuilder {
 public:
  /// Builds a whole tree. `name` stands for it in messages, `content` writes the root node. Throws DeviceTreeError,
  /// also when a label is used that no node carries.
  static DeviceTree build(const std::string& name, const DeviceTreeNode::Content& content);

 private:
  friend class DeviceTreeNode;
  struct Label {
    uint32_t handle;
    std::string first_use;  // path of the node that first spoke of it
    bool carried = false;
  };

  explicit DeviceTreeBuilder(std::string name);
  [[noreturn]] void fail(const std::string& path, const std::string& problem) const;
  /// Runs operation(tree), which returns a libfdt error or 0, with a larger buffer until it fits.
  template <typename Operation>
  void write(const std::string& path, const Operation& operation);
  void write_node(DeviceTreeNode& node, const std::string& name, const DeviceTreeNode::Content& content);
  Label& label(const std::string& name, const std::string& path);

  std::string name_;
  Bytes buffer_;
  std::map<std::string, Label> labels_;
};

}  // namespace sc_memory::models
