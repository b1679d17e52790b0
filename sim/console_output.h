// What the guest prints, on its way to a descriptor of the host.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sc_memory::sim {

/// Collects bytes and writes them at the end of each line, when flushed and when destroyed. Writes that are cut short,
/// interrupted or told to come back later are continued. When the other end is gone, the rest is dropped and error()
/// says so; the process then no longer dies of SIGPIPE, which the constructor has it ignore. Bytes go past stdio: its
/// buffers are flushed by the constructor.
class ConsoleOutput {
 public:
  explicit ConsoleOutput(int descriptor);
  ~ConsoleOutput() { flush(); }
  ConsoleOutput(const ConsoleOutput&) = delete;
  ConsoleOutput& operator=(const ConsoleOutput&) = delete;

  void put(uint8_t byte);
  void put(std::string_view text);
  void flush();

  /// Why output is being dropped, in the host's words; empty as long as it is not.
  const std::string& error() const { return error_; }

 private:
  const int descriptor_;
  std::string pending_;
  std::string error_;
};

}  // namespace sc_memory::sim
