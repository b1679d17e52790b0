// vpsim map: a memory map in words, as data or as a picture, without running anything.
#include <algorithm>
#include <fmt/format.h>
#include <vector>

#include "sc_memory/map/map_json.h"
#include "sc_memory/map/map_svg.h"
#include "sc_memory/map/map_text.h"
#include "sc_memory/map/mtree_import.h"

#include "models/boot/file_bytes.h"
#include "models/boot/load_error.h"
#include "sim/commands.h"
#include "sim/standard_output.h"

namespace sc_memory::sim {

namespace {

using Spaces = std::vector<const AddressSpace*>;

/// Those that the user wants to see. Throws OptionError naming those there are.
Spaces chosen_spaces(const Spaces& all, const std::string& name) {
  if (name.empty()) return all;
  Spaces chosen;
  std::string names;
  for (const AddressSpace* space : all) {
    if (space->name() == name) chosen.push_back(space);
    names += (names.empty() ? "'" : ", '") + space->name() + "'";
  }
  if (chosen.empty())
    throw OptionError(fmt::format("--space: there is no address space '{}'; there is {}", name, names));
  return chosen;
}

/// Of several, the one worth a picture: with the most ranges.
const AddressSpace& largest(const Spaces& spaces) {
  return **std::max_element(spaces.begin(), spaces.end(), [](const AddressSpace* a, const AddressSpace* b) {
    return a->view().ranges().size() < b->view().ranges().size();
  });
}

int print(const Spaces& all, const MapOptions& options) {
  const Spaces spaces = chosen_spaces(all, options.space);
  std::string text;
  switch (options.format) {
    case MapOptions::Format::json:
      text = flat_json(spaces);
      break;
    case MapOptions::Format::svg:
      text = space_svg(largest(spaces));
      break;
    case MapOptions::Format::text:
      // The tree of an imported map is what the user has already.
      text = (options.import_file.empty() ? tree_text(spaces) : std::string()) + flat_text(spaces);
      break;
  }
  if (text.empty() || text.back() != '\n') text += '\n';
  sim::print_text(text);
  return 0;
}

int print_imported(const MapOptions& options) {
  const models::Bytes bytes = models::read_whole_file(options.import_file, "the text of QEMU's `info mtree`");
  try {
    const ImportedMap map = import_mtree({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    Spaces spaces;
    for (const auto& space : map.spaces) spaces.push_back(space.get());
    return print(spaces, options);
  } catch (const MtreeError& error) {
    throw models::LoadError(options.import_file, error.what());
  }
}

}  // namespace

int print_map(const MapOptions& options) {
  if (!options.import_file.empty()) return print_imported(options);
  platforms::RiscvVirt machine("machine", options.machine);
  return print({&machine.memory()}, options);
}

}  // namespace sc_memory::sim
