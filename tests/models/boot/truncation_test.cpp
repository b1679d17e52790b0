// Tests of the recognition of files that were cut short.
#include "models/boot/truncation.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/boot/elf_builder.h"
#include "tests/models/boot/load_error_matcher.h"

namespace sc_memory::models {
namespace {

using test::load_error_of;
using test::poke;
using testing::HasSubstr;

/// As the kernel's EFI stub has it: two sections, of which the second ends with the file.
Bytes linux_image() {
  Bytes bytes(0x3000);
  poke(bytes, 0, 0x5a4d, 2);  // MZ
  poke(bytes, 0x3c, 0x40, 4);
  poke(bytes, 0x40, 0x4550, 4);  // PE
  poke(bytes, 0x46, 2, 2);
  poke(bytes, 0x54, 160, 2);
  constexpr size_t sections = 0x40 + 24 + 160;
  poke(bytes, sections + 16, 0x1000, 4);
  poke(bytes, sections + 20, 0x1000, 4);
  poke(bytes, sections + 40 + 16, 0x1000, 4);
  poke(bytes, sections + 40 + 20, 0x2000, 4);
  return bytes;
}

std::string cpio_member(const std::string& name, const std::string& content) {
  const auto pad = [](std::string text) { return text.append((4 - text.size() % 4) % 4, '\0'); };
  std::string header = "070701";
  for (const size_t field : {size_t{1}, size_t{0100644}, size_t{0}, size_t{0}, size_t{1}, size_t{0}, content.size(),
                             size_t{0}, size_t{0}, size_t{0}, size_t{0}, name.size() + 1, size_t{0}})
    header += fmt::format("{:08X}", field);
  return pad(header + name + '\0') + pad(content);
}

Bytes archive() {
  const std::string text =
      cpio_member("init", "#!/bin/sh\n") + cpio_member("etc/motd", "hello") + cpio_member("TRAILER!!!", "");
  return {text.begin(), text.end()};
}

TEST(LinuxImageIsWhole, SaysNothingOfAWholeOne) { EXPECT_NO_THROW(check_linux_image_is_whole(linux_image(), "linux")); }

TEST(LinuxImageIsWhole, SaysNothingOfOneWithoutAPeHeader) {
  EXPECT_NO_THROW(check_linux_image_is_whole({}, "linux"));
  EXPECT_NO_THROW(check_linux_image_is_whole({'M', 'Z'}, "linux"));
  Bytes far_off = linux_image();
  poke(far_off, 0x3c, 0xffffffff, 4);
  EXPECT_NO_THROW(check_linux_image_is_whole(far_off, "linux"));
}

TEST(LinuxImageIsWhole, RefusesWhatEndsBeforeItsLastSection) {
  for (const size_t length : {size_t{0x2fff}, size_t{0x1000}, size_t{0x60}, size_t{0x44}}) {
    SCOPED_TRACE(length);
    Bytes bytes = linux_image();
    bytes.resize(length);
    const std::string error = load_error_of([&] { check_linux_image_is_whole(bytes, "linux"); });
    if (length > 0x44) {
      EXPECT_THAT(error,
                  HasSubstr(fmt::format("linux: is truncated: it has {} bytes, but its header tells of ", length)));
    }
  }
}

TEST(InitrdIsWhole, SaysNothingOfAWholeOneAndOfOtherFiles) {
  EXPECT_NO_THROW(check_initrd_is_whole(archive(), "initrd"));
  EXPECT_NO_THROW(check_initrd_is_whole({0x1f, 0x8b, 8, 0}, "compressed"));
  EXPECT_NO_THROW(check_initrd_is_whole({}, "empty"));
}

TEST(InitrdIsWhole, TakesWhateverFollowsTheTrailer) {
  Bytes bytes = archive();
  bytes.insert(bytes.end(), {0, 0, 0, 0, 0x1f, 0x8b, 8});
  EXPECT_NO_THROW(check_initrd_is_whole(bytes, "initrd"));
}

TEST(InitrdIsWhole, RefusesEveryLengthThatIsTooShort) {
  const Bytes whole = archive();
  for (size_t length = 6; length < whole.size() - 4; ++length) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_THAT(load_error_of([&] { check_initrd_is_whole(cut, "initrd"); }),
                HasSubstr(fmt::format("initrd: is truncated: it has {} bytes", length)));
  }
}

TEST(InitrdIsWhole, NamesThePlaceOfADamagedHeader) {
  Bytes bytes = archive();
  const size_t second = cpio_member("init", "#!/bin/sh\n").size();
  bytes[second] = 'x';
  EXPECT_THAT(load_error_of([&] { check_initrd_is_whole(bytes, "initrd"); }),
              HasSubstr(fmt::format("initrd: is damaged: a cpio archive, but at {:#x} no member's header", second)));
  bytes[second] = '0';
  bytes[second + 54] = 'g';
  EXPECT_THAT(load_error_of([&] { check_initrd_is_whole(bytes, "initrd"); }), HasSubstr("is damaged"));
}

}  // namespace
}  // namespace sc_memory::models
