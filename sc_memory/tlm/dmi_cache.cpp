// Filling, splitting and asking; the way of a hit is in the header.
#include "sc_memory/tlm/dmi_cache.h"

#include <algorithm>

namespace sc_memory {

namespace {

/// A payload with an extension that it does not own.
class LentPayload : public tlm::tlm_generic_payload {
 public:
  LentPayload(Direction direction, Address address, AttributesExtension& extension) : extension_(extension) {
    set_command(direction == Direction::read ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND);
    set_address(address);
    set_extension(&extension_);
  }
  ~LentPayload() override { clear_extension(&extension_); }

 private:
  AttributesExtension& extension_;
};

}  // namespace

const DmiCache::Window* DmiCache::find_window(Address address, Direction direction) {
  Window& window = observer_ == nullptr ? window_for(windows_of(direction), address) : (unkept_ = {});
  if (window.holds(address, 1)) return &window;
  AddressRange range;
  const Answer* answer = answers_of(direction).find(address, range);
  if (answer == nullptr || answer->memory == 0) return nullptr;
  window.first = range.first;
  window.size = range.size();
  window.words = window.size - std::min<std::uint64_t>(window.size, Window::kWord - 1);
  window.memory = reinterpret_cast<std::uint8_t*>(answer->memory);
  window.latency = answer->latency;
  return &window;
}

DmiCache::Direct DmiCache::find(Address address, Direction direction) {
  const Window* window = find_window(address, direction);
  if (window == nullptr) return {};
  return {
      window->memory + (address - window->first), {window->first, window->first + (window->size - 1)}, window->latency};
}

DmiCache::Direct DmiCache::request(Address address, Direction direction) {
  ask(address, direction);
  return find(address, direction);
}

tlm::tlm_response_status DmiCache::read(Address address, void* data, std::size_t length, sc_core::sc_time& delay) {
  return access(Direction::read, address, static_cast<std::uint8_t*>(data), length, delay);
}

tlm::tlm_response_status DmiCache::write(Address address, const void* data, std::size_t length,
                                         sc_core::sc_time& delay) {
  // The payload's pointer is not const for the sake of reads; nobody writes through it on a write (IEEE 1666 14.11 i).
  return access(Direction::write, address, static_cast<std::uint8_t*>(const_cast<void*>(data)), length, delay);
}

tlm::tlm_response_status DmiCache::access(Direction direction, Address address, std::uint8_t* data, std::size_t length,
                                          sc_core::sc_time& delay) {
  if (length == 0) return tlm::TLM_OK_RESPONSE;
  const Window* window = find_window(address, direction);
  if (window == nullptr || !window->holds(address, length)) return transport(direction, address, data, length, delay);
  std::uint8_t* const memory = window->memory + (address - window->first);
  if (direction == Direction::read)
    std::memcpy(data, memory, length);
  else
    std::memcpy(memory, data, length);
  const sc_core::sc_time latency = window->latency_of(length);
  delay += latency;
  if (observer_ != nullptr) observer_->accessed(direction, address, length, latency);
  return tlm::TLM_OK_RESPONSE;
}

tlm::tlm_response_status DmiCache::transport(Direction direction, Address address, std::uint8_t* data,
                                             std::size_t length, sc_core::sc_time& delay) {
  // A payload holds at most 4 GiB - 1.
  constexpr std::size_t kLongest = UINT32_MAX;
  while (length > kLongest) {
    const tlm::tlm_response_status response = transport(direction, address, data, kLongest, delay);
    if (response != tlm::TLM_OK_RESPONSE) return response;
    address += kLongest;
    data += kLongest;
    length -= kLongest;
  }
  LentPayload payload(direction, address, extension_);
  payload.set_data_ptr(data);
  payload.set_data_length(static_cast<unsigned>(length));
  payload.set_streaming_width(static_cast<unsigned>(length));
  socket_->b_transport(payload, delay);
  if (payload.is_dmi_allowed()) ask(address, direction);
  return payload.get_response_status();
}

void DmiCache::ask(Address address, Direction direction) {
  AddressRange known;
  if (answers_of(direction).find(address, known) != nullptr) return;
  LentPayload payload(direction, address, extension_);
  tlm::tlm_dmi dmi;
  const bool granted = socket_->get_direct_mem_ptr(payload, dmi);
  const AddressRange range{dmi.get_start_address(), dmi.get_end_address()};
  // An answer that does not hold the address says nothing, and neither does one that concerns no direction.
  if (range.first > range.last || !range.contains(address)) return;
  if (!granted) {
    const bool concerned = direction == Direction::read ? dmi.is_read_allowed() : dmi.is_write_allowed();
    if (concerned) keep(range, direction, {0, sc_core::SC_ZERO_TIME});
    return;
  }
  if (dmi.get_dmi_ptr() == nullptr) return;
  const auto memory = reinterpret_cast<std::uintptr_t>(dmi.get_dmi_ptr());
  if (dmi.is_read_allowed()) keep(range, Direction::read, {memory, dmi.get_read_latency()});
  if (dmi.is_write_allowed()) keep(range, Direction::write, {memory, dmi.get_write_latency()});
}

void DmiCache::keep(const AddressRange& range, Direction direction, const Answer& answer) {
  for (const Answers::Item& held : answers_of(direction).items(range)) {
    // Replaced without an invalidation: whoever keeps the old pointer must let go of it all the same.
    if (!(held.value == answer.advanced(held.range.first - range.first))) ++epoch_;
  }
  answers_of(direction).assign(range, answer);
  // A window that was filled from what was there before may say something else, or end where the grant now goes on.
  windows_of(direction).fill({});
}

void DmiCache::invalidate(const AddressRange& range) {
  if (range.first > range.last) return;
  read_answers_.erase(range);
  write_answers_.erase(range);
  reads_.fill({});
  writes_.fill({});
  ++epoch_;
}

void DmiCache::set_observer(DmiCacheObserver* observer) {
  observer_ = observer;
  reads_.fill({});
  writes_.fill({});
}

void DmiCache::clear() { invalidate(AddressRange::whole()); }

std::size_t DmiCache::grant_count(Direction direction) const {
  const auto items = (direction == Direction::read ? read_answers_ : write_answers_).items();
  return static_cast<std::size_t>(
      std::count_if(items.begin(), items.end(), [](const Answers::Item& item) { return item.value.memory != 0; }));
}

}  // namespace sc_memory
