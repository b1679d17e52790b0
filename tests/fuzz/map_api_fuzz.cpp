// Drives the map's API from bytes: any sequence of calls either works or throws MapError; afterwards the published view
// is what a rendering from scratch gives, and the view that listeners were told of.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <vector>

#include "sc_memory/access/io_ops.h"
#include "sc_memory/map/address_space.h"
#include "sc_memory/map/io_region.h"
#include "sc_memory/map/map_error.h"
#include "sc_memory/map/map_transaction.h"
#include "sc_memory/map/region_kinds.h"
#include "sc_memory/map/render.h"
#include "sc_memory/map/watchpoint.h"

#include "tests/fuzz/byte_source.h"

namespace sc_memory::fuzz {
namespace {

/// Believes what it is told.
class Mirror : public MemoryListener {
 public:
  void region_add(const Section& section) override { shown_[section.range.first] = section; }
  void region_del(const Section& section) override { shown_.erase(section.range.first); }
  bool equals(const FlatView& view) const {
    if (view.ranges().size() != shown_.size()) return false;
    for (const FlatRange& range : view.ranges()) {
      const auto found = shown_.find(range.range.first);
      if (found == shown_.end() || found->second.range != range.range || found->second.region != range.region)
        return false;
    }
    return true;
  }

 private:
  std::map<Address, Section> shown_;
};

std::unique_ptr<IoHandler> device() {
  return io_ops()
      .read([](Address offset, unsigned) { return offset; })
      .write([](Address, std::uint64_t, unsigned) {})
      .valid_unaligned();
}

class Machine {
 public:
  explicit Machine(ByteSource& bytes) : bytes_(bytes) { mirror_.listen_to(space_); }

  void step() {
    try {
      act();
    } catch (const MapError&) {
      // Misuse is answered, and nothing has changed.
    }
  }

  void check() const {
    const FlatView fresh = render(&root_);
    bool alike = fresh.ranges().size() == space_.view().ranges().size() && mirror_.equals(space_.view());
    for (std::size_t i = 0; alike && i < fresh.ranges().size(); ++i) {
      const FlatRange& published = space_.view().ranges()[i];
      alike = published.range == fresh.ranges()[i].range && published.serves_alike(fresh.ranges()[i]);
    }
    if (alike) return;
    std::fputs("the published view is not what the tree shows\n", stderr);
    std::abort();
  }

 private:
  MemoryRegion& any() {
    return regions_.empty() ? static_cast<MemoryRegion&>(root_) : *regions_[bytes_.choice(regions_.size())];
  }

  ParentRegion& any_parent() {
    MemoryRegion& region = any();
    return region.kind() == RegionKind::alias ? static_cast<ParentRegion&>(root_) : static_cast<ParentRegion&>(region);
  }

  void make() {
    const std::uint64_t small = bytes_.number<std::uint16_t>();
    switch (bytes_.choice(7)) {
      case 0:
        regions_.push_back(std::make_unique<Container>("container", bytes_.size()));
        return;
      case 1:
        regions_.push_back(std::make_unique<RamRegion>("ram", small));
        return;
      case 2:
        regions_.push_back(std::make_unique<RomRegion>("rom", small));
        return;
      case 3:
        regions_.push_back(std::make_unique<IoRegion>("io", bytes_.size(), device()));
        return;
      case 4:
        regions_.push_back(std::make_unique<RomDeviceRegion>("romd", small, device()));
        return;
      case 5:
        regions_.push_back(std::make_unique<ReservedRegion>("reserved", bytes_.size()));
        return;
      default: {
        // The root is shown inside itself then, as often as not.
        MemoryRegion& target = bytes_.choice(4) == 0 ? root_ : any();
        regions_.push_back(std::make_unique<AliasRegion>("alias", target, bytes_.address(), bytes_.size()));
      }
    }
  }

  void access() {
    std::uint8_t data[64] = {};
    const std::size_t length = bytes_.choice(sizeof data + 1);
    const Address address = bytes_.address();
    if (bytes_.choice(2) == 0)
      space_.read(address, data, length);
    else
      space_.write(address, data, length);
  }

  void act() {
    switch (bytes_.choice(14)) {
      case 0:
      case 1:
        return make();
      case 2:
        return any_parent().add(bytes_.address(), any());
      case 3:
        return any_parent().add(bytes_.address(), any(), Priority{static_cast<std::int8_t>(bytes_.byte())});
      case 4: {
        MemoryRegion& region = any();
        return (region.parent() != nullptr ? *region.parent() : root_).remove(region);
      }
      case 5:
        return any().set_enabled(bytes_.choice(2) == 0);
      case 6:
        return any().set_readonly(bytes_.choice(2) == 0);
      case 7:
        return any().set_address(bytes_.address());
      case 8:
        if (!regions_.empty())
          regions_.erase(regions_.begin() + static_cast<std::ptrdiff_t>(bytes_.choice(regions_.size())));
        return;
      case 9: {
        MemoryRegion& region = any();
        if (region.kind() == RegionKind::alias) static_cast<AliasRegion&>(region).set_alias_offset(bytes_.address());
        if (region.kind() == RegionKind::rom_device)
          static_cast<RomDeviceRegion&>(region).set_readable(bytes_.choice(2) == 0);
        if (region.kind() == RegionKind::container && &region != &root_)
          static_cast<Container&>(region).set_size(bytes_.size());
        return;
      }
      case 10: {
        MapTransaction change;
        step();
        step();
        return change.commit();
      }
      case 11: {
        MemoryRegion& region = any();
        if (region.kind() != RegionKind::ram) return;
        auto& ram = static_cast<RamRegion&>(region);
        const auto range = AddressRange::sized(bytes_.address(), bytes_.size());
        ram.set_log(DirtyClient::vga, bytes_.choice(2) == 0);
        if (range) ram.reset_dirty(*range, DirtyClient::vga);
        return;
      }
      case 12: {
        const auto range = AddressRange::sized(bytes_.address(), bytes_.size());
        if (!range) return;
        const Watchpoint watchpoint(space_, *range, WatchFor::accesses, [](const WatchHit&) {});
        return access();
      }
      default:
        return access();
    }
  }

  ByteSource& bytes_;
  Container root_{"root"};
  AddressSpace space_{"space", root_};
  Mirror mirror_;
  std::vector<std::unique_ptr<MemoryRegion>> regions_;
};

}  // namespace
}  // namespace sc_memory::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sc_memory::fuzz::ByteSource bytes(data, size);
  sc_memory::fuzz::Machine machine(bytes);
  while (!bytes.empty()) {
    machine.step();
    machine.check();
  }
  return 0;
}
