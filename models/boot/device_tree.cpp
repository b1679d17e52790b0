// Device trees through libfdt.
#include "models/boot/device_tree.h"

#include <fmt/format.h>
#include <libfdt.h>
#include <utility>

#include "models/boot/image_kind.h"
#include "models/boot/load_error.h"

namespace sc_memory::models {
namespace {

constexpr const char* wanted = "a flattened device tree (.dtb), as dtc -O dtb makes it";
constexpr uint64_t largest_tree = 16U << 20;  // libfdt counts in int; real trees have some hundred kilobytes at most

constexpr uint32_t oldest_version = 16;  // before it node names were whole paths

void append_big_endian(Bytes& bytes, uint64_t value, int size) {
  for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) bytes.push_back(static_cast<uint8_t>(value >> shift));
}

bool is_memory_node(const void* tree, int node) {
  return fdt_stringlist_search(tree, node, "device_type", "memory") == 0;
}

}  // namespace

DeviceTree DeviceTree::read(const std::string& path) {
  return parse(read_whole_file(path, wanted, largest_tree), path);
}

DeviceTree DeviceTree::parse(Bytes bytes, std::string name) {
  DeviceTree tree(std::move(bytes), std::move(name));
  const auto refuse = [&](const std::string& problem) { tree.fail(fmt::format("{}; expected {}", problem, wanted)); };
  if (tree.bytes_.size() > largest_tree) refuse(fmt::format("is {} bytes long", tree.bytes_.size()));
  if (identify_image(tree.bytes_) != ImageKind::device_tree) {
    refuse(fmt::format("is no device tree (it is {})", describe(identify_image(tree.bytes_))));
  }
  if (tree.bytes_.size() < sizeof(fdt_header)) refuse("is truncated: it ends inside its header");
  const uint32_t claimed = fdt_totalsize(tree.bytes_.data());
  if (claimed > tree.bytes_.size()) {
    refuse(fmt::format("is truncated: it has {} of the {} bytes its header states", tree.bytes_.size(), claimed));
  }
  if (fdt_version(tree.bytes_.data()) < oldest_version) {
    refuse(fmt::format("is a device tree of the outdated version {}", fdt_version(tree.bytes_.data())));
  }
  const int error = fdt_check_full(tree.bytes_.data(), tree.bytes_.size());
  if (error != 0) refuse(fmt::format("is a damaged device tree (libfdt: {})", fdt_strerror(error)));
  tree.bytes_.resize(claimed);
  return tree;
}

void DeviceTree::fail(const std::string& problem) const { throw LoadError(name_, problem); }

int DeviceTree::find(const std::string& path) const { return fdt_path_offset(bytes_.data(), path.c_str()); }

bool DeviceTree::has_node(const std::string& path) const { return find(path) >= 0; }

std::optional<Bytes> DeviceTree::property(const std::string& path, const std::string& property_name) const {
  const int node = find(path);
  int length = 0;
  const void* value = node < 0 ? nullptr : fdt_getprop(bytes_.data(), node, property_name.c_str(), &length);
  if (value == nullptr) return std::nullopt;
  const auto* first = static_cast<const uint8_t*>(value);
  return Bytes(first, first + length);
}

// Runs operation(tree), which returns a libfdt error or 0, on a copy that grows until it fits, and takes the copy over.
template <typename Operation>
void DeviceTree::edit(const std::string& path, const Operation& operation) {
  for (size_t room = 1024;; room *= 2) {
    Bytes copy(bytes_.size() + room);
    int error = fdt_open_into(bytes_.data(), copy.data(), static_cast<int>(copy.size()));
    if (error == 0) error = operation(copy.data());
    if (error == -FDT_ERR_NOSPACE && copy.size() <= 2 * largest_tree) continue;
    if (error == 0) error = fdt_pack(copy.data());
    if (error != 0) fail(fmt::format("cannot be edited at {} (libfdt: {})", path, fdt_strerror(error)));
    copy.resize(fdt_totalsize(copy.data()));
    bytes_ = std::move(copy);
    return;
  }
}

void DeviceTree::set_property(const std::string& path, const std::string& property_name, const Bytes& value) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) fail(fmt::format("cannot be edited at '{}': a node's path begins with '/'", path));
  if (value.size() > largest_tree)
    fail(fmt::format("cannot take {} bytes at {}:{}", value.size(), path, property_name));
  edit(fmt::format("{}:{}", path, property_name), [&](void* tree) {
    int node = fdt_path_offset(tree, path.c_str());
    if (node == -FDT_ERR_NOTFOUND) {
      const int parent = fdt_path_offset(tree, slash == 0 ? "/" : path.substr(0, slash).c_str());
      node = parent < 0 ? parent : fdt_add_subnode(tree, parent, path.substr(slash + 1).c_str());
    }
    return node < 0 ? node
                    : fdt_setprop(tree, node, property_name.c_str(), value.data(), static_cast<int>(value.size()));
  });
}

void DeviceTree::set_string(const std::string& path, const std::string& property_name, const std::string& value) {
  Bytes bytes(value.begin(), value.end());
  bytes.push_back(0);
  set_property(path, property_name, bytes);
}

void DeviceTree::set_u64(const std::string& path, const std::string& property_name, uint64_t value) {
  Bytes bytes;
  append_big_endian(bytes, value, 8);
  set_property(path, property_name, bytes);
}

void DeviceTree::set_initrd(Address address, uint64_t size) {
  DeviceTree edited = *this;  // so that never only one of the two is set
  edited.set_u64("/chosen", "linux,initrd-start", address);
  edited.set_u64("/chosen", "linux,initrd-end", address + size);
  *this = std::move(edited);
}

// A number in `count` cells of 32 bits.
Bytes DeviceTree::cells(const char* what, uint64_t value, int count) const {
  if (count < 0 || (count == 0 && value != 0) || (count == 1 && value >> 32 != 0)) {
    fail(fmt::format("cannot state a memory {} of {:#x} in its {} cells; expected 2 cells", what, value, count));
  }
  Bytes bytes;
  for (int i = count; i > 0; --i) append_big_endian(bytes, i > 2 ? 0 : value >> (32 * (i - 1)), 4);
  return bytes;
}

void DeviceTree::set_memory(Address address, uint64_t size) {
  Bytes reg = cells("address", address, fdt_address_cells(bytes_.data(), 0));
  const Bytes size_cells = cells("size", size, fdt_size_cells(bytes_.data(), 0));
  reg.insert(reg.end(), size_cells.begin(), size_cells.end());

  const std::string node_name = fmt::format("memory@{:x}", address);
  DeviceTree edited = *this;
  edited.edit("/memory", [](void* tree) {
    int node = fdt_first_subnode(tree, 0);
    while (node >= 0) {
      if (!is_memory_node(tree, node)) {
        node = fdt_next_subnode(tree, node);
        continue;
      }
      const int error = fdt_del_node(tree, node);
      if (error != 0) return error;
      node = fdt_first_subnode(tree, 0);
    }
    return node == -FDT_ERR_NOTFOUND ? 0 : node;
  });
  edited.set_string("/" + node_name, "device_type", "memory");
  edited.set_property("/" + node_name, "reg", reg);
  *this = std::move(edited);
}

}  // namespace sc_memory::models
