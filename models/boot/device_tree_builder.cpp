// The builder over libfdt's sequential-write functions, which write a tree from its first tag to its last.
#include "models/boot/device_tree_builder.h"

#include <fmt/format.h>
#include <libfdt.h>
#include <utility>

namespace sc_memory::models {

Cells& Cells::append(uint64_t value, int size) {
  for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) bytes_.push_back(static_cast<uint8_t>(value >> shift));
  return *this;
}

DeviceTreeNode& DeviceTreeNode::strings(const std::string& name, const std::vector<std::string>& values) {
  Bytes value;
  for (const std::string& string : values) {
    if (string.find('\0') != std::string::npos) {
      builder_.fail(path_, fmt::format("property '{}' has a string with a zero byte in it", name));
    }
    value.insert(value.end(), string.begin(), string.end());
    value.push_back(0);
  }
  return bytes(name, value);
}

DeviceTreeNode& DeviceTreeNode::u32(const std::string& name, const std::vector<uint32_t>& values) {
  Cells value;
  for (const uint32_t cell : values) value.u32(cell);
  return cells(name, value);
}

DeviceTreeNode& DeviceTreeNode::u64(const std::string& name, const std::vector<uint64_t>& values) {
  Cells value;
  for (const uint64_t cell : values) value.u64(cell);
  return cells(name, value);
}

DeviceTreeNode& DeviceTreeNode::bytes(const std::string& name, const Bytes& value) {
  if (name.empty() || name.find('/') != std::string::npos) {
    builder_.fail(path_, fmt::format("'{}' is no property name", name));
  }
  if (!node_names_.empty()) builder_.fail(path_, fmt::format("property '{}' comes after a child node", name));
  if (!property_names_.insert(name).second) builder_.fail(path_, fmt::format("property '{}' is given twice", name));
  builder_.write(path_, [&](void* tree) {
    return fdt_property(tree, name.c_str(), value.data(), static_cast<int>(value.size()));
  });
  return *this;
}

DeviceTreeNode& DeviceTreeNode::label(const std::string& label) {
  DeviceTreeBuilder::Label& entry = builder_.label(label, path_);
  if (entry.carried) builder_.fail(path_, fmt::format("label '{}' is already carried by another node", label));
  entry.carried = true;
  return u32("phandle", {entry.handle});
}

uint32_t DeviceTreeNode::handle_of(const std::string& label) { return builder_.label(label, path_).handle; }

DeviceTreeNode& DeviceTreeNode::node(const std::string& name, const Content& content) {
  if (name.empty() || name.find('/') != std::string::npos)
    builder_.fail(path_, fmt::format("'{}' is no node name", name));
  if (!node_names_.insert(name).second) builder_.fail(path_, fmt::format("node '{}' is given twice", name));
  DeviceTreeNode child(builder_, (path_ == "/" ? path_ : path_ + "/") + name);
  builder_.write_node(child, name, content);
  return *this;
}

DeviceTree DeviceTreeBuilder::build(const std::string& name, const DeviceTreeNode::Content& content) {
  DeviceTreeBuilder builder(name);
  DeviceTreeNode root(builder, "/");
  builder.write_node(root, "", content);
  for (const auto& [label, entry] : builder.labels_) {
    if (!entry.carried) builder.fail(entry.first_use, fmt::format("label '{}' is carried by no node", label));
  }
  builder.write("/", [](void* tree) { return fdt_finish(tree); });
  return DeviceTree::parse(std::move(builder.buffer_), name);
}

DeviceTreeBuilder::DeviceTreeBuilder(std::string name) : name_(std::move(name)), buffer_(4096) {
  int error = fdt_create(buffer_.data(), static_cast<int>(buffer_.size()));
  if (error == 0) error = fdt_finish_reservemap(buffer_.data());
  if (error != 0) fail("/", fmt::format("libfdt: {}", fdt_strerror(error)));
}

void DeviceTreeBuilder::fail(const std::string& path, const std::string& problem) const {
  throw DeviceTreeError(fmt::format("device tree of {}, {}: {}", name_, path, problem));
}

template <typename Operation>
void DeviceTreeBuilder::write(const std::string& path, const Operation& operation) {
  int error = operation(buffer_.data());
  while (error == -FDT_ERR_NOSPACE) {
    Bytes larger(2 * buffer_.size());
    error = fdt_resize(buffer_.data(), larger.data(), static_cast<int>(larger.size()));
    buffer_ = std::move(larger);
    if (error == 0) error = operation(buffer_.data());
  }
  if (error != 0) fail(path, fmt::format("libfdt: {}", fdt_strerror(error)));
}

void DeviceTreeBuilder::write_node(DeviceTreeNode& node, const std::string& name,
                                   const DeviceTreeNode::Content& content) {
  write(node.path_, [&](void* tree) { return fdt_begin_node(tree, name.c_str()); });
  content(node);
  write(node.path_, [](void* tree) { return fdt_end_node(tree); });
}

DeviceTreeBuilder::Label& DeviceTreeBuilder::label(const std::string& name, const std::string& path) {
  return labels_.try_emplace(name, Label{static_cast<uint32_t>(labels_.size() + 1), path}).first->second;
}

}  // namespace sc_memory::models
