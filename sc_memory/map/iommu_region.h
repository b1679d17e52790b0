// Address translation inside a map: a region whose accesses go on to another place of an address space, as a Translator
// says. The initiators' side of an IOMMU is an address space whose root shows such a region.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sc_memory/map/access.h"
#include "sc_memory/map/memory_region.h"

namespace sc_memory {

class IommuRegion;

/// Where a stretch of an IOMMU region leads: a page, or all that translates alike.
struct Translation {
  AddressRange from;              ///< Relative to the region.
  AddressSpace* space = nullptr;  ///< Null: not translated, an access is a fault.
  Address to = 0;                 ///< Of from.first, in `space`.
  bool reads = false;             ///< What is allowed; the rest is refused.
  bool writes = false;

  /// `page_bytes`, a power of two, around `offset` lead to the page around `to`.
  static Translation page(Address offset, std::uint64_t page_bytes, AddressSpace& space, Address to, bool reads,
                          bool writes) {
    const Address mask = page_bytes - 1;
    return {{offset & ~mask, offset | mask}, &space, to & ~mask, reads, writes};
  }
  /// The page around `offset` is not translated.
  static Translation fault(Address offset, std::uint64_t page_bytes) {
    return {{offset & ~(page_bytes - 1), offset | (page_bytes - 1)}, nullptr, 0, false, false};
  }

  bool allows(Direction direction) const { return direction == Direction::read ? reads : writes; }
};

/// What an IOMMU's model implements.
class Translator {
 public:
  virtual ~Translator() = default;

  /// The translation of the byte at `offset`, relative to the region; `from` holds it. `index` is one of the index
  /// spaces below. `attributes` tell who asks: a debug access must leave no traces, no fault records among them.
  virtual Translation translate(Address offset, Direction direction, unsigned index, const Attributes& attributes) = 0;

  /// A translator may keep several translations of the same addresses apart, of which an access's attributes choose
  /// one: secure and not, or one for each requester.
  virtual unsigned index_count() const { return 1; }
  virtual unsigned index_of(const Attributes& /*attributes*/) const { return 0; }
};

/// Keeps what is built on translations (a shadow page table, a device's own TLB) in step with them. Called in the
/// simulation's thread, from inside the change.
class TranslationListener {
 public:
  virtual ~TranslationListener() = default;
  virtual void mapped(IommuRegion& region, unsigned index, const Translation& translation) = 0;
  /// `range`, relative to the region, is no longer translated.
  virtual void unmapped(IommuRegion& region, unsigned index, const AddressRange& range) = 0;
};

/// A transfer is cut at the borders of translations. A byte that is not translated is unmapped, one whose translation
/// does not allow the direction is refused, except to debug accesses. An access passes at most kMaxTranslations regions
/// of this kind, beyond which it is unmapped: translators may lead in circles.
class IommuRegion final : public ParentRegion {
 public:
  static constexpr unsigned kMaxTranslations = 16;

  /// The translator, commonly the device that has this region as a member, outlives it. Throws MapError if it has no
  /// index space.
  IommuRegion(std::string name, std::uint64_t size, Translator& translator);
  ~IommuRegion() override { detach(); }

  void set_size(std::uint64_t size) { change_size(size); }
  unsigned index_count() const { return translator_.index_count(); }

  /// The translation that an access would take; `offset` is relative to the region. A translator's answer that makes no
  /// sense is a fault of this one byte.
  Translation translate(Address offset, Direction direction, const Attributes& attributes = {}) const;

  /// Tells `listener`, which stays alive until it is removed, of changes within `part`, clipped to it, in one index
  /// space. Throws MapError if the index space does not exist or the listener is there already.
  void add_listener(TranslationListener& listener, const AddressRange& part = AddressRange::whole(),
                    unsigned index = 0);
  /// Throws MapError if it is not there.
  void remove_listener(TranslationListener& listener);
  /// Tells the listener of all translations that are there now, by asking for each stretch of its part in turn.
  void replay(TranslationListener& listener, const Attributes& attributes = {});

  /// For the translator: the translations changed. Whoever holds a pointer that came through the region is told too
  /// (MemoryListener::direct_access_changed). A translation that replaces another is unmapped first. Listeners may add
  /// and remove themselves meanwhile. Throws MapError for an index space that does not exist.
  void notify_mapped(const Translation& translation, unsigned index = 0);
  void notify_unmapped(const AddressRange& range, unsigned index = 0);

 private:
  struct Registration {
    TranslationListener* listener;
    AddressRange part;
    unsigned index;
  };

  Translation translate_in(Address offset, Direction direction, unsigned index, const Attributes& attributes) const;
  void check_index(unsigned index) const;
  const Registration* find_registration(const TranslationListener& listener) const;
  template <typename Tell>
  void tell(const AddressRange& range, unsigned index, Tell&& tell);

  Translator& translator_;
  std::vector<Registration> listeners_;
};

}  // namespace sc_memory
