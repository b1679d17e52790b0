// A memory map in a file.
#pragma once

#include <fstream>
#include <string>

#include "sc_memory/map/address_space.h"

namespace sc_memory::sim {

/// A file that will hold the map of an address space as `vpsim map` prints it: the flat view as JSON if the file's name
/// ends in .json, else the tree and the flat view as text.
class MapFile {
 public:
  /// Creates the file, or empties it. Throws OptionError naming `option` when the host refuses.
  MapFile(const std::string& option, const std::string& path);

  /// Writes what the space shows now. Throws std::runtime_error naming the file when the host refuses.
  void write(const AddressSpace& space);

 private:
  std::string path_;
  std::ofstream out_;
};

}  // namespace sc_memory::sim
