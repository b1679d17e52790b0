// The test finisher's one register.
#include "models/devices/sifive_test.h"

#include "sc_memory/access/io_ops.h"

namespace sc_memory::models {

SifiveTest::SifiveTest(std::string name, std::function<void(Outcome)> report)
    : report_(std::move(report)),
      region_(std::move(name), size,
              io_ops()
                  .read([](Address, unsigned) { return 0; })
                  .write_with_attributes(
                      [this](Address offset, std::uint64_t value, unsigned, const Attributes& attributes) {
                        if (offset == 0 && !attributes.debug) write(static_cast<std::uint32_t>(value));
                        return AccessResult::ok;
                      })
                  .valid(2, 4)
                  .impl(2, 4)) {}

void SifiveTest::write(std::uint32_t value) const {
  if (!report_) return;
  const auto code = static_cast<std::uint16_t>(value >> 16);
  switch (value & 0xffff) {
    case 0x5555:
      return report_({Verdict::pass, 0});
    case 0x3333:
      return report_({Verdict::fail, code});
    case 0x7777:
      return report_({Verdict::reset, 0});
    default:
      return;
  }
}

}  // namespace sc_memory::models
