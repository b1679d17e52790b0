// What is to be done when everything is bound and before any hart runs: where images are loaded.
#pragma once

#include <functional>
#include <utility>

#include <systemc>

namespace sc_memory::platforms::test {

class AtStart : public sc_core::sc_module {
 public:
  explicit AtStart(std::function<void()> action) : sc_module("at_start"), action_(std::move(action)) {}

 private:
  void start_of_simulation() override { action_(); }

  std::function<void()> action_;
};

/// `j .`, for harts that have nothing to do.
inline constexpr std::uint32_t kJumpToItself = 0x0000'006f;

}  // namespace sc_memory::platforms::test
