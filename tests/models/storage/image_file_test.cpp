// Image files: transfers, locks, and the plain sentences for what cannot be used.
#include "models/storage/image_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <iterator>
#include <memory>
#include <sys/stat.h>

#include "tests/models/boot/load_error_matcher.h"
#include "tests/models/boot/temporary_directory.h"

namespace sc_memory::models {
namespace {

using test::load_error_of;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class ImageFileTest : public testing::Test {
 protected:
  std::string error_of(const std::string& path, ImageMode mode = ImageMode::writable_if_permitted) {
    const std::string message = load_error_of([&] { ImageFile(path, "a wish", mode); });
    EXPECT_THAT(message, AllOf(StartsWith(path + ": "), EndsWith("; expected a wish")));
    return message;
  }
  Bytes file() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  test::TemporaryDirectory directory_;
  std::string path_ = directory_.file("image", Bytes(1000, 0x11));
};

TEST_F(ImageFileTest, ReadsAndWritesAnywhereWithinTheFile) {
  ImageFile image(path_, "a wish");
  EXPECT_EQ(image.size(), 1000U);
  EXPECT_FALSE(image.readonly());
  const std::uint8_t written[3] = {1, 2, 3};
  EXPECT_TRUE(image.write(997, written, 3));
  std::uint8_t read[4] = {};
  EXPECT_TRUE(image.read(996, read, 4));
  EXPECT_THAT(read, testing::ElementsAre(0x11, 1, 2, 3));
  EXPECT_TRUE(image.flush());
  Bytes expected(1000, 0x11);
  std::copy_n(written, 3, expected.end() - 3);
  EXPECT_EQ(file(), expected);
}

TEST_F(ImageFileTest, NothingIsReadOrWrittenBeyondTheEnd) {
  ImageFile image(path_, "a wish");
  std::uint8_t bytes[16] = {};
  EXPECT_FALSE(image.read(990, bytes, 11));
  EXPECT_FALSE(image.write(990, bytes, 11));
  EXPECT_FALSE(image.read(~UINT64_C(0), bytes, 2));
  EXPECT_FALSE(image.write(1001, bytes, 0));
  EXPECT_TRUE(image.read(1000, bytes, 0));
  EXPECT_EQ(file(), Bytes(1000, 0x11));
}

TEST_F(ImageFileTest, AFileThatBecameShorterIsAnErrorOfTheRead) {
  ImageFile image(path_, "a wish");
  std::filesystem::resize_file(path_, 10);
  std::uint8_t bytes[16] = {};
  EXPECT_FALSE(image.read(0, bytes, 16));
  EXPECT_TRUE(image.read(0, bytes, 10));
}

TEST_F(ImageFileTest, AReadOnlyImageIsNotWritten) {
  ImageFile image(path_, "a wish", ImageMode::readonly);
  EXPECT_TRUE(image.readonly());
  const std::uint8_t byte = 0;
  EXPECT_FALSE(image.write(0, &byte, 1));
  EXPECT_TRUE(image.flush());
  EXPECT_EQ(file(), Bytes(1000, 0x11));
}

TEST_F(ImageFileTest, AnImageThatMayBeWrittenHasOneUser) {
  auto first = std::make_unique<ImageFile>(path_, "a wish");
  EXPECT_THAT(error_of(path_), HasSubstr("is in use"));
  EXPECT_THAT(error_of(path_, ImageMode::readonly), HasSubstr("is in use"));
  first.reset();
  const ImageFile second(path_, "a wish");
}

TEST_F(ImageFileTest, AReadOnlyImageHasManyUsersButNoWriter) {
  const ImageFile first(path_, "a wish", ImageMode::readonly);
  const ImageFile second(path_, "a wish", ImageMode::readonly);
  EXPECT_THAT(error_of(path_), HasSubstr("is in use"));
}

TEST_F(ImageFileTest, WhatCannotBeAnImageIsNamed) {
  EXPECT_THAT(error_of(directory_.path("missing")), HasSubstr("cannot be opened (No such file or directory)"));
  EXPECT_THAT(error_of(directory_.path("")), HasSubstr("cannot be opened (Is a directory)"));
  EXPECT_THAT(error_of(directory_.path(""), ImageMode::readonly), HasSubstr("is no regular file"));
  EXPECT_THAT(error_of(directory_.file("empty", {})), HasSubstr("is empty"));
  EXPECT_THAT(error_of("/dev/null"), HasSubstr("is no regular file"));
  const std::string pipe = directory_.path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(error_of(pipe, ImageMode::readonly), HasSubstr("is no regular file"));
}

}  // namespace
}  // namespace sc_memory::models
