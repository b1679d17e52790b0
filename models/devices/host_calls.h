// System calls that a bare program asks of its host by HTIF: a block of eight words in its memory, the first of which
// is the call's number (those of Linux for RISC-V) and takes the result, the others the arguments.
//
// There are the calls that need nothing of the host but its console and its clock: exit, exit_group, read from
// descriptor 0, write to 1 and 2, close, gettimeofday, clock_gettime, time. Files of the host are out of reach.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "sc_memory/map/address_space.h"

namespace sc_memory::models {

/// In the simulation's thread only.
class HostCalls {
 public:
  struct Host {
    std::function<void(std::uint64_t code)> exit;
    std::function<void(std::uint8_t)> print;
    std::function<std::uint64_t()> time;  ///< In nanoseconds since 1970-01-01 UTC.
    std::function<void(const std::string&)> not_known;
  };

  enum class Progress : std::uint8_t { done, waits_for_input, program_ended };

  /// The longest that one write prints; of a longer one the program is told so many bytes.
  static constexpr std::uint64_t max_write = 1024 * 1024;

  HostCalls(AddressSpace& space, Host host) : space_(space), host_(std::move(host)) {}

  /// Carries out the call in the block at `block`. One that is not known gives -ENOSYS, after the host was told of it;
  /// memory that is not there gives -EFAULT. A read waits for its byte: finish_read() is to follow.
  Progress carry_out(Address block);
  /// Ends a read with one byte.
  void finish_read(Address block, std::uint8_t byte);

 private:
  struct Call;

  std::int64_t result_of(const Call& call);
  std::int64_t write(const Call& call);
  std::int64_t put_time(Address seconds, std::uint64_t fraction);

  AddressSpace& space_;
  Host host_;
};

}  // namespace sc_memory::models
