// Bytes, and which of them are certain.
#include "models/traffic/written_data.h"

#include <algorithm>

namespace sc_memory::models {

void WrittenData::doubt_in_others(const AddressRange& range, Pending& fresh) {
  for (Pending& other : pending_) {
    const auto common = &other != &fresh ? other.range.intersection(range) : std::nullopt;
    if (!common) continue;
    for (Address address = common->first;; ++address) {
      other.certain[address - other.range.first] = false;
      if (other.write) fresh.certain[address - range.first] = false;
      if (address == common->last) break;
    }
  }
}

WrittenData::Ticket WrittenData::begin_write(const AddressRange& range, const std::uint8_t* data) {
  const std::size_t length = static_cast<std::size_t>(range.last - range.first) + 1;
  const Ticket ticket = pending_.insert(
      pending_.end(), {range, true, std::vector<std::uint8_t>(data, data + length), std::vector<bool>(length, true)});
  doubt_in_others(range, *ticket);
  for (std::size_t i = 0; i < length; ++i) {
    const Address address = range.first + i;
    pages_[address >> kPageBits].known.reset(address % kPageBytes);
  }
  return ticket;
}

void WrittenData::end_write(Ticket ticket, bool done) {
  for (std::size_t i = 0; done && i < ticket->bytes.size(); ++i) {
    if (!ticket->certain[i]) continue;
    const Address address = ticket->range.first + i;
    Page& page = pages_[address >> kPageBits];
    page.bytes[address % kPageBytes] = ticket->bytes[i];
    page.known.set(address % kPageBytes);
  }
  pending_.erase(ticket);
}

WrittenData::Ticket WrittenData::begin_read(const AddressRange& range) {
  const std::size_t length = static_cast<std::size_t>(range.last - range.first) + 1;
  const Ticket ticket = pending_.insert(
      pending_.end(), {range, false, std::vector<std::uint8_t>(length), std::vector<bool>(length, false)});
  for (std::size_t i = 0; i < length; ++i) {
    const Address address = range.first + i;
    const auto page = pages_.find(address >> kPageBits);
    if (page == pages_.end() || !page->second.known.test(address % kPageBytes)) continue;
    ticket->bytes[i] = page->second.bytes[address % kPageBytes];
    ticket->certain[i] = true;
  }
  return ticket;
}

std::size_t WrittenData::end_read(Ticket ticket, const std::uint8_t* data) {
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < ticket->bytes.size(); ++i) {
    if (ticket->certain[i] && ticket->bytes[i] != data[i]) ++wrong;
  }
  pending_.erase(ticket);
  return wrong;
}

}  // namespace sc_memory::models
