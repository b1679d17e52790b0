// Memory is copied; handlers are called; what is translated goes on in another space; everything else is a decode
// error.
#include "sc_memory/map/section_access.h"

#include <algorithm>
#include <cstring>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/io_region.h"
#include "sc_memory/map/iommu_region.h"
#include "sc_memory/map/piece_access.h"

namespace sc_memory {

namespace {

/// How an access is to be carried out, decided before anything is touched.
enum class Way { memory, handler, translated, refused, unmapped };

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
    case Service::iommu:
      return is_read || !range.readonly || attributes.debug ? Way::translated : Way::refused;
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

/// Cuts an access to an IOMMU region into pieces of one translation each and calls serve(space, address, done, count,
/// attributes) for those that may go on, skip(done, count) for the others.
template <typename Serve, typename Skip>
AccessResult translate_access(const FlatRange& range, Address offset, std::size_t length, Direction direction,
                              const Attributes& attributes, Serve&& serve, Skip&& skip) {
  if (attributes.translations >= IommuRegion::kMaxTranslations) {
    skip(0, length);
    return AccessResult::unmapped;
  }
  Attributes onward = attributes;
  ++onward.translations;
  const auto& region = static_cast<const IommuRegion&>(*range.region);
  AccessResult result = AccessResult::ok;
  for (std::size_t done = 0; done < length;) {
    const Address at = offset + done;
    const Translation translation = region.translate(at, direction, attributes);
    const auto count = static_cast<std::size_t>(std::min<Address>(length - done - 1, translation.from.last - at) + 1);
    if (translation.space != nullptr && (translation.allows(direction) || attributes.debug)) {
      const Address to = translation.to + (at - translation.from.first);
      result = worst(result, serve(*translation.space, to, done, count, onward));
    } else {
      skip(done, count);
      result = worst(result, translation.space == nullptr ? AccessResult::unmapped : AccessResult::refused);
    }
    done += count;
  }
  return result;
}

/// The range of `space` that serves all of an access, or null.
const FlatRange* range_of_all(const AddressSpace& space, Address address, std::size_t length) {
  const FlatRange* range = space.view().find(address);
  return range != nullptr && length - 1 <= range->range.last - address ? range : nullptr;
}

template <bool whole>
AccessResult read_translated(const FlatRange& range, Address offset, std::uint8_t* data, std::size_t length,
                             const Attributes& attributes) {
  const auto serve = [&](AddressSpace& space, Address to, std::size_t done, std::size_t count,
                         const Attributes& onward) {
    const FlatRange* target = whole ? range_of_all(space, to, count) : nullptr;
    return target != nullptr ? read_piece(space, target, to, data + done, count, Cut::whole, onward)
                             : space.read(to, data + done, count, onward);
  };
  const auto skip = [&](std::size_t done, std::size_t count) { std::memset(data + done, 0, count); };
  return translate_access(range, offset, length, Direction::read, attributes, serve, skip);
}

template <bool whole>
AccessResult write_translated(const FlatRange& range, Address offset, const std::uint8_t* data, std::size_t length,
                              const Attributes& attributes) {
  const auto serve = [&](AddressSpace& space, Address to, std::size_t done, std::size_t count,
                         const Attributes& onward) {
    const FlatRange* target = whole ? range_of_all(space, to, count) : nullptr;
    return target != nullptr ? write_piece(space, target, to, data + done, count, Cut::whole, onward)
                             : space.write(to, data + done, count, onward);
  };
  return translate_access(range, offset, length, Direction::write, attributes, serve, [](std::size_t, std::size_t) {});
}

template <bool whole>
AccessResult read_any(const FlatRange& range, Address offset, std::uint8_t* data, std::size_t length,
                      const Attributes& attributes) {
  const Way way = way_of(range, Direction::read, attributes);
  if (way == Way::memory) {
    std::memcpy(data, memory_at(range, offset), length);
    return AccessResult::ok;
  }
  if (way == Way::translated) return read_translated<whole>(range, offset, data, length, attributes);
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
  if (way == Way::translated) return write_translated<whole>(range, offset, data, length, attributes);
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
