// Tests of reading whole files.
#include "models/boot/file_bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/models/boot/load_error_matcher.h"
#include "tests/models/boot/temporary_directory.h"

namespace sc_memory::models {
namespace {

using test::load_error_of;
using test::TemporaryDirectory;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::string error_of(const std::string& path, uint64_t limit = largest_loadable_file) {
  const std::string message = load_error_of([&] { read_whole_file(path, "a wish", limit); });
  EXPECT_THAT(message, AllOf(StartsWith(path + ": "), EndsWith("; expected a wish")));
  return message;
}

TEST(ReadWholeFile, GivesTheBytes) {
  const TemporaryDirectory directory;
  Bytes bytes(100'000);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i * 7);
  EXPECT_EQ(read_whole_file(directory.file("data", bytes), "data"), bytes);
}

TEST(ReadWholeFile, TakesExactlyTheLimit) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("data", Bytes(10));
  EXPECT_EQ(read_whole_file(path, "data", 10).size(), 10U);
  EXPECT_THAT(error_of(path, 9), HasSubstr("is 10 bytes long, 9 is the most"));
}

TEST(ReadWholeFile, RefusesWhatIsNotThere) {
  const TemporaryDirectory directory;
  EXPECT_THAT(error_of(directory.path("missing")), HasSubstr("cannot be opened (No such file or directory)"));
  EXPECT_THAT(error_of(directory.path("missing/below")), HasSubstr("cannot be opened"));
  EXPECT_THAT(load_error_of([] { read_whole_file("", "a wish"); }), HasSubstr("cannot be opened"));
}

TEST(ReadWholeFile, RefusesWhatIsNoFile) {
  const TemporaryDirectory directory;
  EXPECT_THAT(error_of("/"), HasSubstr("is a directory"));
  EXPECT_THAT(error_of("/dev/zero"), HasSubstr("not a regular file"));
  const std::string pipe = directory.path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(error_of(pipe), HasSubstr("not a regular file")) << "and does not wait for a writer";
}

TEST(ReadWholeFile, RefusesEmptyFiles) {
  const TemporaryDirectory directory;
  EXPECT_THAT(error_of(directory.file("empty", {})), HasSubstr("is empty"));
}

TEST(ReadWholeFile, RefusesSparseGiantsWithoutReadingThem) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("giant", Bytes(1));
  ASSERT_EQ(truncate(path.c_str(), off_t{1} << 40), 0);
  EXPECT_THAT(error_of(path), HasSubstr("is 1099511627776 bytes long"));
}

TEST(ReadWholeFile, RefusesWhatCannotBeOpened) {
  const TemporaryDirectory directory;
  const std::string loop = directory.path("loop");
  ASSERT_EQ(symlink(loop.c_str(), loop.c_str()), 0);
  EXPECT_THAT(error_of(loop), HasSubstr("cannot be opened (Too many levels of symbolic links)"));
}

}  // namespace
}  // namespace sc_memory::models
