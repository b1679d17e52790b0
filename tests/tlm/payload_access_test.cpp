// Byte enables, streaming and the sanity of payloads, against an oracle that goes byte by byte.
#include "sc_memory/tlm/payload_access.h"

#include <gtest/gtest.h>
#include <map>
#include <random>
#include <vector>

#include "tests/support/seed.h"

namespace sc_memory {
namespace {

/// Which payload byte goes to which place: computed byte by byte as IEEE 1666 14.13 to 14.15 say.
struct ByteMove {
  std::size_t index;
  Address offset;
  friend bool operator==(const ByteMove& a, const ByteMove& b) { return a.index == b.index && a.offset == b.offset; }
};

std::vector<ByteMove> moves_of_oracle(const tlm::tlm_generic_payload& payload) {
  std::vector<ByteMove> moves;
  for (std::size_t i = 0; i < payload.get_data_length(); ++i) {
    const bool enabled = payload.get_byte_enable_ptr() == nullptr ||
                         payload.get_byte_enable_ptr()[i % payload.get_byte_enable_length()] == TLM_BYTE_ENABLED;
    if (enabled) moves.push_back({i, i % payload.get_streaming_width()});
  }
  return moves;
}

std::vector<ByteMove> moves_of_runs(const tlm::tlm_generic_payload& payload, std::size_t* runs = nullptr) {
  std::vector<ByteMove> moves;
  for_each_run(payload, [&](Address offset, std::uint8_t* data, std::size_t count) {
    if (runs != nullptr) ++*runs;
    EXPECT_GT(count, 0u);
    for (std::size_t i = 0; i < count; ++i)
      moves.push_back({static_cast<std::size_t>(data - payload.get_data_ptr()) + i, offset + i});
  });
  return moves;
}

class Payload {
 public:
  Payload(std::size_t length, std::size_t width, std::vector<std::uint8_t> enables = {})
      : data_(length), enables_(std::move(enables)) {
    payload.set_command(tlm::TLM_READ_COMMAND);
    payload.set_data_ptr(data_.data());
    payload.set_data_length(static_cast<unsigned>(length));
    payload.set_streaming_width(static_cast<unsigned>(width));
    if (enables_.empty()) return;
    payload.set_byte_enable_ptr(enables_.data());
    payload.set_byte_enable_length(static_cast<unsigned>(enables_.size()));
  }
  tlm::tlm_generic_payload payload;

 private:
  std::vector<std::uint8_t> data_;
  std::vector<std::uint8_t> enables_;
};

TEST(PayloadAccess, PlainPayloadIsOneRun) {
  Payload plain(37, 37);
  std::size_t runs = 0;
  EXPECT_EQ(moves_of_runs(plain.payload, &runs), moves_of_oracle(plain.payload));
  EXPECT_EQ(runs, 1u);
}

TEST(PayloadAccess, StreamingComesBackToTheStart) {
  Payload fifo(10, 4);
  std::size_t runs = 0;
  EXPECT_EQ(moves_of_runs(fifo.payload, &runs), moves_of_oracle(fifo.payload));
  EXPECT_EQ(runs, 3u);
  EXPECT_EQ(covered_length(fifo.payload), 4u);
}

TEST(PayloadAccess, AStreamingWidthBeyondTheLengthIsNone) {
  Payload wide(4, 100);
  EXPECT_TRUE(is_plain(wide.payload));
  EXPECT_EQ(covered_length(wide.payload), 4u);
}

TEST(PayloadAccess, EnablesRepeatWithTheirLength) {
  Payload lanes(9, 9, {0xff, 0, 0xff});
  const std::vector<ByteMove> expected{{0, 0}, {2, 2}, {3, 3}, {5, 5}, {6, 6}, {8, 8}};
  EXPECT_EQ(moves_of_runs(lanes.payload), expected);
}

TEST(PayloadAccess, NothingEnabledIsNoRun) {
  Payload none(8, 8, {0});
  EXPECT_TRUE(moves_of_runs(none.payload).empty());
}

TEST(PayloadAccess, RunsAreAsLongAsTheyCanBe) {
  Payload lanes(8, 8, {0, 0xff, 0xff, 0xff, 0, 0, 0xff, 0xff});
  std::size_t runs = 0;
  moves_of_runs(lanes.payload, &runs);
  EXPECT_EQ(runs, 2u);
}

TEST(PayloadAccess, RandomPatternsMatchTheOracle) {
  std::mt19937_64 random(testing::seed());
  for (int step = 0; step < 5000; ++step) {
    const std::size_t length = 1 + random() % 70;
    const std::size_t width = 1 + random() % (random() % 2 ? 8 : 90);
    std::vector<std::uint8_t> enables(random() % 3 == 0 ? 0 : 1 + random() % 40);
    const unsigned density = 1 + static_cast<unsigned>(random() % 4);
    for (std::uint8_t& enable : enables) enable = random() % (density + 1) != 0 ? 0xff : 0;
    Payload payload(length, width, enables);
    ASSERT_EQ(moves_of_runs(payload.payload), moves_of_oracle(payload.payload)) << "step " << step;
  }
}

TEST(PayloadAccess, ChecksWhatATargetCannotServe) {
  std::uint8_t byte = 0;
  tlm::tlm_generic_payload payload;
  const auto fresh = [&] {
    payload.set_command(tlm::TLM_WRITE_COMMAND);
    payload.set_address(0);
    payload.set_data_ptr(&byte);
    payload.set_data_length(1);
    payload.set_streaming_width(1);
    payload.set_byte_enable_ptr(nullptr);
    payload.set_byte_enable_length(0);
  };
  fresh();
  EXPECT_EQ(check_payload(payload), tlm::TLM_OK_RESPONSE);
  payload.set_data_ptr(nullptr);
  EXPECT_EQ(check_payload(payload), tlm::TLM_GENERIC_ERROR_RESPONSE);
  fresh();
  payload.set_data_length(0);
  EXPECT_EQ(check_payload(payload), tlm::TLM_BURST_ERROR_RESPONSE);
  fresh();
  payload.set_streaming_width(0);
  EXPECT_EQ(check_payload(payload), tlm::TLM_BURST_ERROR_RESPONSE);
  fresh();
  payload.set_byte_enable_ptr(&byte);
  EXPECT_EQ(check_payload(payload), tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  fresh();
  payload.set_address(UINT64_MAX);
  EXPECT_EQ(check_payload(payload), tlm::TLM_OK_RESPONSE) << "the last byte of the space is there";
  payload.set_data_length(2);
  payload.set_streaming_width(2);
  EXPECT_EQ(check_payload(payload), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  payload.set_streaming_width(1);
  EXPECT_EQ(check_payload(payload), tlm::TLM_OK_RESPONSE) << "streaming stays at the last byte";
}

TEST(PayloadAccess, ResponsesAndResultsTranslateBothWays) {
  for (const AccessResult result : {AccessResult::ok, AccessResult::device_error, AccessResult::refused,
                                    AccessResult::rejected, AccessResult::unmapped})
    EXPECT_EQ(result_of(response_of(result)), result);
  EXPECT_EQ(response_of(AccessResult::unmapped), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(response_of(AccessResult::refused), tlm::TLM_COMMAND_ERROR_RESPONSE);
  EXPECT_EQ(response_of(AccessResult::rejected), tlm::TLM_BURST_ERROR_RESPONSE);
  EXPECT_NE(result_of(tlm::TLM_INCOMPLETE_RESPONSE), AccessResult::ok);
}

TEST(PayloadAccess, AttributesTravelAsAnExtension) {
  tlm::tlm_generic_payload payload;
  EXPECT_EQ(attributes_of(payload).requester, Attributes{}.requester);
  AttributesExtension extension;
  extension.attributes.requester = 7;
  extension.attributes.secure = true;
  payload.set_extension(&extension);
  EXPECT_EQ(attributes_of(payload).requester, 7u);
  EXPECT_TRUE(attributes_of(payload).secure);
  payload.clear_extension(&extension);
}

}  // namespace
}  // namespace sc_memory
