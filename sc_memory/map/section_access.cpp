// Memory is copied; handlers are called; everything else is a decode error.
#include "sc_memory/map/section_access.h"

#include <cstring>

#include "sc_memory/map/io_region.h"

namespace sc_memory {

namespace {

/// How an access is to be carried out, decided before anything is touched.
enum class Way { memory, handler, refused, unmapped };

Way way_of(const FlatRange& range, Direction direction, const Attributes& attributes) {
  const bool is_read = direction == Direction::read;
  switch (range.service) {
    case Service::memory:
      // Loaders and debuggers write ROM.
      return is_read || !range.readonly || attributes.debug ? Way::memory : Way::refused;
    case Service::handler:
    case Service::target:
      // A ROM device's memory can be looked at and loaded whatever mode it is in; its callbacks decide about guests'
      // writes.
      if (range.memory != nullptr)
        return attributes.debug || (is_read && range.direct_reads) ? Way::memory : Way::handler;
      return is_read || !range.readonly ? Way::handler : Way::refused;
    default:
      return Way::unmapped;
  }
}

AccessResult without_way(Way way) { return way == Way::refused ? AccessResult::refused : AccessResult::unmapped; }

std::uint8_t* memory_at(const FlatRange& range, Address offset) { return range.memory + (offset - range.offset); }

AccessResult write_memory(const FlatRange& range, Address offset, const std::uint8_t* data, std::size_t length) {
  std::memcpy(memory_at(range, offset), data, length);
  static_cast<MemoryBackedRegion*>(range.region)->note_write({offset, offset + (length - 1)});
  return AccessResult::ok;
}

template <bool whole>
AccessResult read_any(const FlatRange& range, Address offset, std::uint8_t* data, std::size_t length,
                      const Attributes& attributes) {
  const Way way = way_of(range, Direction::read, attributes);
  if (way == Way::memory) {
    std::memcpy(data, memory_at(range, offset), length);
    return AccessResult::ok;
  }
  if (way != Way::handler) {
    std::memset(data, 0, length);
    return without_way(way);
  }
  HandlerPath& path = *handler_path(*range.region);
  if constexpr (whole) return path.read(offset, data, length, attributes);
  AccessResult result = AccessResult::ok;
  for (std::size_t done = 0; done < length;) {
    const std::size_t count = path.handler().access_length(offset + done, length - done);
    result = worst(result, path.read(offset + done, data + done, count, attributes));
    done += count;
  }
  return result;
}

template <bool whole>
AccessResult write_any(const FlatRange& range, Address offset, const std::uint8_t* data, std::size_t length,
                       const Attributes& attributes) {
  const Way way = way_of(range, Direction::write, attributes);
  if (way == Way::memory) return write_memory(range, offset, data, length);
  if (way != Way::handler) return without_way(way);
  HandlerPath& path = *handler_path(*range.region);
  if constexpr (whole) return path.write(offset, data, length, attributes);
  AccessResult result = AccessResult::ok;
  for (std::size_t done = 0; done < length;) {
    const std::size_t count = path.handler().access_length(offset + done, length - done);
    result = worst(result, path.write(offset + done, data + done, count, attributes));
    done += count;
  }
  return result;
}

}  // namespace

AccessResult read_section(const FlatRange& range, Address offset, std::uint8_t* data, std::size_t length,
                          const Attributes& attributes) {
  return read_any<false>(range, offset, data, length, attributes);
}

AccessResult write_section(const FlatRange& range, Address offset, const std::uint8_t* data, std::size_t length,
                           const Attributes& attributes) {
  return write_any<false>(range, offset, data, length, attributes);
}

AccessResult read_section_whole(const FlatRange& range, Address offset, std::uint8_t* data, std::size_t length,
                                const Attributes& attributes) {
  return read_any<true>(range, offset, data, length, attributes);
}

AccessResult write_section_whole(const FlatRange& range, Address offset, const std::uint8_t* data, std::size_t length,
                                 const Attributes& attributes) {
  return write_any<true>(range, offset, data, length, attributes);
}

}  // namespace sc_memory
