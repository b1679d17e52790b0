// Any bytes given as the text of `info mtree`: either a map, which can then be printed and read again, or an error with
// its line. Built with clang's libFuzzer (SC_MEMORY_BUILD_FUZZERS); tests/map/reference/ is a good corpus.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sc_memory/map/map_json.h"
#include "sc_memory/map/map_svg.h"
#include "sc_memory/map/map_text.h"
#include "sc_memory/map/mtree_import.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sc_memory;
  try {
    const ImportedMap map = import_mtree({reinterpret_cast<const char*>(data), size});
    const std::string text = mtree_text() + mtree_flat_text() + flat_json(all_spaces()) + tree_json(all_spaces());
    for (const AddressSpace* space : all_spaces()) {
      if (space_svg(*space).empty() || text.empty()) std::abort();
    }
  } catch (const MtreeError&) {
    // What most inputs come to.
  }
  return 0;
}
