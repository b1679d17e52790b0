// Transactions in FTR, the compact transaction recording that SCViewer and Surfer show: CBOR (RFC 8949) in chunks.
//
// The format is MINRES'; what is written is the uncompressed form of it: tag 55799 around an array without an end of
// its own, which holds tagged byte strings:
//
//     6   [exponent of the time unit, tag 1: time of creation]
//     8   {number: text}, the strings that others refer to; each chunk adds some
//     10  [tag 16: [stream, name, kind], tag 17: [generator, name, stream] ...]
//     12  [stream, first time, last time, bytes: [[tag 6: [id, generator, start, end], tag 7..9: [name, type, value]
//     ...] ...]]
//
// Each initiator is a stream, each command a generator of it; attributes are of the types ENUMERATION (1, a string's
// number) and UNSIGNED (3).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "sc_memory/analysis/output_file.h"
#include "sc_memory/analysis/picoseconds.h"
#include "sc_memory/analysis/recorder.h"

namespace sc_memory {

class FtrRecorder final : public Recorder {
 public:
  explicit FtrRecorder(const std::string& path);
  ~FtrRecorder() override { FtrRecorder::close(); }

  using Recorder::write;
  void write(const TransactionRecord& record) override;
  void flush() override;
  void close() override;
  bool failed() const override { return file_.failed(); }

 private:
  struct Stream {
    std::uint64_t id;
    std::uint64_t first_generator;  ///< Of reads; of writes and of TLM_IGNORE_COMMAND are the next two.
    std::uint64_t start = UINT64_MAX;
    std::uint64_t end = 0;
    std::string transactions;  ///< That wait to be written as a chunk.
  };

  Stream& stream_of(TrafficName initiator);
  std::uint64_t string_number(const std::string& text);
  void attribute(std::string& bytes, unsigned when, std::uint64_t name, unsigned type, std::uint64_t value);
  void write_chunk(unsigned tag, const std::string& content);
  /// What later chunks refer to comes before them.
  void write_strings_and_directory();
  void write_transactions(Stream& stream);

  OutputFile file_;
  Picoseconds picoseconds_;
  std::unordered_map<std::string, std::uint64_t> strings_;
  std::vector<std::string> new_strings_;  ///< Not written yet.
  std::string new_directory_;             ///< The same.
  std::map<TrafficName, Stream> streams_;
  std::uint64_t next_id_ = 1;
  std::uint64_t next_transaction_ = 1;
  bool closed_ = false;

  std::uint64_t region_name_;
  std::uint64_t path_name_;
  std::uint64_t address_name_;
  std::uint64_t offset_name_;
  std::uint64_t length_name_;
  std::uint64_t bytes_name_;
  std::uint64_t response_name_;
  std::uint64_t end_request_name_;
  std::uint64_t begin_response_name_;
};

}  // namespace sc_memory
