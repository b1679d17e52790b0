// Where the next access goes.
#include "models/traffic/patterns.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

#include "models/traffic/traffic_error.h"

namespace sc_memory::models {

namespace {

/// `traffic` as it is, if it can be followed.
const WindowTraffic& checked(const WindowTraffic& traffic) {
  if (traffic.length == 0) throw TrafficError("accesses of 0 bytes; give a length of at least 1");
  if (traffic.window.last - traffic.window.first < traffic.length - 1)
    throw TrafficError(fmt::format("accesses of {} bytes in a window of {}; give a larger window or a smaller length",
                                   traffic.length, traffic.window.size()));
  if (!(traffic.write_share >= 0 && traffic.write_share <= 1))
    throw TrafficError(fmt::format("a share of writes of {}; give a number from 0 to 1", traffic.write_share));
  return traffic;
}

Access draw(const WindowTraffic& traffic, std::uint64_t offset, RandomNumbers& random) {
  const bool write = traffic.write_share == 1 || (traffic.write_share > 0 && random.fraction() < traffic.write_share);
  return {write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND, traffic.window.first + offset, traffic.length};
}

}  // namespace

StridePattern::StridePattern(const WindowTraffic& traffic, std::uint64_t stride)
    : traffic_(checked(traffic)), stride_(stride), random_(traffic.seed) {
  if (stride == 0) throw TrafficError("a stride of 0 bytes; give the bytes from the begin of one access to the next");
}

std::optional<Access> StridePattern::next() {
  const Access access = draw(traffic_, offset_, random_);
  const std::uint64_t left = traffic_.window.last - traffic_.window.first - offset_ - (traffic_.length - 1);
  offset_ = stride_ > left ? 0 : offset_ + stride_;
  return access;
}

RandomPattern::RandomPattern(const WindowTraffic& traffic)
    : traffic_(checked(traffic)), slots_(traffic.window.size() / traffic.length), random_(traffic.seed) {}

std::optional<Access> RandomPattern::next() { return draw(traffic_, random_.below(slots_) * traffic_.length, random_); }

CopyPattern::CopyPattern(const Copy& copy) : copy_(copy) {
  if (copy.size == 0 || copy.burst == 0 || copy.depth == 0)
    throw TrafficError(fmt::format("a copy of {} bytes in bursts of {}, {} at a time; give numbers above 0", copy.size,
                                   copy.burst, copy.depth));
  for (const Address first : {copy.source, copy.destination}) {
    if (copy.size - 1 > UINT64_MAX - first)
      throw TrafficError(fmt::format("a copy of {} bytes at {:#x}, beyond the top of the address space; give fewer",
                                     copy.size, first));
  }
  buffer_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(copy.size, std::uint64_t{copy.burst} * copy.depth)));
}

std::uint64_t CopyPattern::batch_end() const {
  return batch_ + std::min<std::uint64_t>(buffer_.size(), copy_.size - batch_);
}

std::optional<Access> CopyPattern::next() {
  if (next_ == batch_end()) {
    if (!reading_) batch_ = next_;
    if (batch_ == copy_.size) {
      if (!copy_.repeat) return std::nullopt;
      batch_ = 0;
    }
    reading_ = !reading_;
    next_ = batch_;
  }
  const unsigned length = static_cast<unsigned>(std::min<std::uint64_t>(copy_.burst, batch_end() - next_));
  const Address base = reading_ ? copy_.source : copy_.destination;
  const tlm::tlm_command command = reading_ ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND;
  // The direction turns when the batch is complete.
  const Access access{command, base + next_, length, std::nullopt, next_ == batch_};
  next_ += length;
  return access;
}

void CopyPattern::take(const Access& access, const std::uint8_t* data) {
  std::memcpy(buffer_.data() + (access.address - copy_.source - batch_), data, access.length);
}

bool CopyPattern::give(const Access& access, std::uint8_t* data) {
  std::memcpy(data, buffer_.data() + (access.address - copy_.destination - batch_), access.length);
  return true;
}

}  // namespace sc_memory::models
