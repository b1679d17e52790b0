// A flattened device tree in memory: read from a .dtb file and checked, looked into, and edited where a boot loader
// would edit it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sc_memory/map/address_range.h"

#include "models/boot/file_bytes.h"

namespace sc_memory::models {

class DeviceTree {
 public:
  /// Reads and checks a .dtb file. Throws LoadError.
  static DeviceTree read(const std::string& path);
  /// The same for bytes that are already in memory; `name` stands for the file in messages. Bytes behind the tree are
  /// dropped.
  static DeviceTree parse(Bytes bytes, std::string name);

  const std::string& name() const { return name_; }
  /// The tree as the firmware gets it, without slack behind it.
  const Bytes& bytes() const { return bytes_; }

  /// `path` as in "/chosen" or "/soc/serial@10000000".
  bool has_node(const std::string& path) const;
  /// The value of a property as it lies in the tree, big-endian; nothing when node or property do not exist.
  std::optional<Bytes> property(const std::string& path, const std::string& property_name) const;

  /// Sets or adds a property; the node must exist, or its parent, in which case it is added. Throw LoadError, the tree
  /// being as before, when that cannot be done.
  void set_property(const std::string& path, const std::string& property_name, const Bytes& value);
  void set_string(const std::string& path, const std::string& property_name, const std::string& value);
  void set_u64(const std::string& path, const std::string& property_name, uint64_t value);

  /// What `--append` and `--initrd` say, in /chosen: the kernel's command line; an initial RAM disk that lies at the
  /// physical addresses [address, address + size).
  void set_bootargs(const std::string& arguments) { set_string("/chosen", "bootargs", arguments); }
  void set_initrd(Address address, uint64_t size);
  /// States that the machine has one piece of memory, [address, address + size): the tree's memory nodes are replaced
  /// by one. Throws LoadError, the tree being as before, when the root's #address-cells or #size-cells cannot express
  /// it.
  void set_memory(Address address, uint64_t size);

 private:
  DeviceTree(Bytes bytes, std::string name) : name_(std::move(name)), bytes_(std::move(bytes)) {}

  [[noreturn]] void fail(const std::string& problem) const;
  int find(const std::string& path) const;
  Bytes cells(const char* what, uint64_t value, int count) const;
  template <typename Operation>
  void edit(const std::string& path, const Operation& operation);

  std::string name_;
  Bytes bytes_;
};

}  // namespace sc_memory::models
