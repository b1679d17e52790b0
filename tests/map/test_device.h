// A device for the tests of the map: remembers the accesses that reach it, and can do something on each.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sc_memory/map/io_region.h"

namespace sc_memory::testing {

struct DeviceAccess {
  Direction direction;
  Address offset;
  std::vector<std::uint8_t> bytes;  ///< Empty for a read.

  friend bool operator==(const DeviceAccess& a, const DeviceAccess& b) {
    return a.direction == b.direction && a.offset == b.offset && a.bytes == b.bytes;
  }
};

/// What a TestDevice heard and how it behaves. Outlives the region whose handler refers to it.
struct DeviceLog {
  std::vector<DeviceAccess> accesses;
  std::function<void(const DeviceAccess&)> on_access;
  AccessResult result = AccessResult::ok;
  std::uint8_t read_byte = 0x5a;
  std::size_t longest = 8;
  Endian order = Endian::little;
};

class TestDevice final : public IoHandler {
 public:
  explicit TestDevice(DeviceLog* log) : log_(log) {}

  AccessResult read(Address offset, std::uint8_t* data, std::size_t length, const Attributes&) override {
    std::fill_n(data, length, log_ != nullptr ? log_->read_byte : 0);
    return heard({Direction::read, offset, {}});
  }

  AccessResult write(Address offset, const std::uint8_t* data, std::size_t length, const Attributes&) override {
    return heard({Direction::write, offset, {data, data + length}});
  }

  std::size_t access_length(Address, std::size_t remaining) const override {
    return std::min(remaining, log_ != nullptr ? log_->longest : 8);
  }

  Endian endian() const override { return log_ != nullptr ? log_->order : Endian::little; }

 private:
  AccessResult heard(const DeviceAccess& access) {
    if (log_ == nullptr) return AccessResult::ok;
    log_->accesses.push_back(access);
    if (log_->on_access) log_->on_access(access);
    return log_->result;
  }

  DeviceLog* log_;
};

inline std::unique_ptr<IoHandler> test_device(DeviceLog* log = nullptr) { return std::make_unique<TestDevice>(log); }

/// An I/O region with a TestDevice.
class TestIo : public IoRegion {
 public:
  TestIo(std::string name, std::uint64_t size, DeviceLog* log = nullptr)
      : IoRegion(std::move(name), size, test_device(log)) {}
  ~TestIo() override { detach(); }
};

}  // namespace sc_memory::testing
