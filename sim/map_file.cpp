// Writing a map to a file.
#include "sim/map_file.h"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <stdexcept>
#include <string_view>

#include "sc_memory/map/map_json.h"
#include "sc_memory/map/map_text.h"

#include "sim/options.h"

namespace sc_memory::sim {

namespace {

bool ends_in(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

MapFile::MapFile(const std::string& option, const std::string& path) : path_(path), out_(path) {
  if (!out_)
    throw OptionError(fmt::format("{}: '{}' cannot be written ({}); give a file in a directory that can be written",
                                  option, path, std::strerror(errno)));
}

void MapFile::write(const AddressSpace& space) {
  out_ << (ends_in(path_, ".json") ? flat_json({&space}) + "\n" : tree_text(space) + flat_text(space)) << std::flush;
  if (!out_) throw std::runtime_error(fmt::format("{} cannot be written ({})", path_, std::strerror(errno)));
}

}  // namespace sc_memory::sim
