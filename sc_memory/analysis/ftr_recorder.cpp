// Chunks.
#include "sc_memory/analysis/ftr_recorder.h"

#include <algorithm>
#include <ctime>

#include "sc_memory/analysis/cbor_writer.h"

namespace sc_memory {

namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 16;

enum ChunkTag : unsigned { kInfo = 6, kStrings = 8, kDirectory = 10, kTransactions = 12 };
enum DirectoryTag : unsigned { kStream = 16, kGenerator = 17 };
enum TransactionTag : unsigned { kTimes = 6, kAtBegin = 7, kAnyTime = 8, kAtEnd = 9 };
enum DataType : unsigned { kEnumeration = 1, kUnsigned = 3 };

}  // namespace

FtrRecorder::FtrRecorder(const std::string& path) : file_(path) {
  CborWriter file(file_.buffer());
  file.tag(55799);  // RFC 8949 3.4.6: this is CBOR.
  file.open_array();
  std::string info;
  CborWriter out(info);
  out.array(2);
  out.integer(-12);  // Times are in picoseconds.
  out.tag(1);
  out.unsigned_integer(static_cast<std::uint64_t>(std::time(nullptr)));
  write_chunk(kInfo, info);
  string_number("");  // Readers expect the empty string to be the first.
  region_name_ = string_number("region");
  path_name_ = string_number("path");
  address_name_ = string_number("address");
  offset_name_ = string_number("offset");
  length_name_ = string_number("length");
  bytes_name_ = string_number("bytes");
  response_name_ = string_number("response");
  end_request_name_ = string_number("END_REQ ps");
  begin_response_name_ = string_number("BEGIN_RESP ps");
}

std::uint64_t FtrRecorder::string_number(const std::string& text) {
  const auto [entry, is_new] = strings_.try_emplace(text, strings_.size());
  if (is_new) new_strings_.push_back(text);
  return entry->second;
}

FtrRecorder::Stream& FtrRecorder::stream_of(TrafficName initiator) {
  const auto found = streams_.find(initiator);
  if (found != streams_.end()) return found->second;
  Stream stream;
  stream.id = next_id_++;
  stream.first_generator = next_id_;
  CborWriter out(new_directory_);
  out.tag(kStream);
  out.array(3);
  out.unsigned_integer(stream.id);
  out.unsigned_integer(string_number(initiator.text()));
  out.unsigned_integer(string_number("TRANSACTOR"));
  for (const tlm::tlm_command command : {tlm::TLM_READ_COMMAND, tlm::TLM_WRITE_COMMAND, tlm::TLM_IGNORE_COMMAND}) {
    out.tag(kGenerator);
    out.array(3);
    out.unsigned_integer(next_id_++);
    out.unsigned_integer(string_number(text_of(command)));
    out.unsigned_integer(stream.id);
  }
  return streams_.emplace(initiator, std::move(stream)).first->second;
}

void FtrRecorder::attribute(std::string& bytes, unsigned when, std::uint64_t name, unsigned type, std::uint64_t value) {
  CborWriter out(bytes);
  out.tag(when);
  out.array(3);
  out.unsigned_integer(name);
  out.unsigned_integer(type);
  out.unsigned_integer(value);
}

void FtrRecorder::write(const TransactionRecord& record) {
  if (closed_ || file_.failed()) return;
  Stream& stream = stream_of(record.initiator);
  const std::uint64_t start = picoseconds_(record.start);
  const std::uint64_t end = picoseconds_(record.end);
  stream.start = std::min(stream.start, start);
  stream.end = std::max(stream.end, end);
  const bool phases = record.path == TransactionPath::nonblocking;
  std::string& bytes = stream.transactions;
  CborWriter out(bytes);
  if (bytes.empty()) out.open_array();
  out.array(phases ? 10 : 8);
  out.tag(kTimes);
  out.array(4);
  out.unsigned_integer(next_transaction_++);
  out.unsigned_integer(stream.first_generator + (record.command == tlm::TLM_READ_COMMAND    ? 0
                                                 : record.command == tlm::TLM_WRITE_COMMAND ? 1
                                                                                            : 2));
  out.unsigned_integer(start);
  out.unsigned_integer(end);
  attribute(bytes, kAtBegin, address_name_, kUnsigned, record.address);
  attribute(bytes, kAtBegin, length_name_, kUnsigned, record.length);
  attribute(bytes, kAtBegin, bytes_name_, kUnsigned, record.bytes());
  attribute(bytes, kAnyTime, region_name_, kEnumeration, string_number(record.region.text()));
  attribute(bytes, kAnyTime, offset_name_, kUnsigned, record.offset);
  attribute(bytes, kAnyTime, path_name_, kEnumeration, string_number(text_of(record.path)));
  if (phases) {
    attribute(bytes, kAnyTime, end_request_name_, kUnsigned, picoseconds_(record.end_request));
    attribute(bytes, kAnyTime, begin_response_name_, kUnsigned, picoseconds_(record.begin_response));
  }
  attribute(bytes, kAtEnd, response_name_, kEnumeration, string_number(text_of(record.response)));
  if (bytes.size() >= kChunkBytes) {
    write_strings_and_directory();
    write_transactions(stream);
    file_.end_record();
  }
}

void FtrRecorder::write_chunk(unsigned tag, const std::string& content) {
  CborWriter out(file_.buffer());
  out.tag(tag);
  out.byte_string(content);
}

void FtrRecorder::write_strings_and_directory() {
  if (!new_strings_.empty()) {
    std::string content;
    CborWriter out(content);
    out.map(new_strings_.size());
    std::uint64_t number = strings_.size() - new_strings_.size();
    for (const std::string& text : new_strings_) {
      out.unsigned_integer(number++);
      out.text(text);
    }
    write_chunk(kStrings, content);
    new_strings_.clear();
  }
  if (new_directory_.empty()) return;
  std::string content;
  CborWriter out(content);
  out.open_array();
  content += new_directory_;
  out.end();
  write_chunk(kDirectory, content);
  new_directory_.clear();
}

void FtrRecorder::write_transactions(Stream& stream) {
  if (stream.transactions.empty()) return;
  CborWriter(stream.transactions).end();
  CborWriter out(file_.buffer());
  out.tag(kTransactions);
  out.array(4);
  out.unsigned_integer(stream.id);
  out.unsigned_integer(stream.start);
  out.unsigned_integer(stream.end);
  out.byte_string(stream.transactions);
  stream.transactions.clear();
  stream.start = UINT64_MAX;
  stream.end = 0;
}

void FtrRecorder::flush() {
  if (closed_) return;
  write_strings_and_directory();
  for (auto& [initiator, stream] : streams_) write_transactions(stream);
  file_.flush();
}

void FtrRecorder::close() {
  if (closed_) return;
  flush();
  closed_ = true;
  CborWriter(file_.buffer()).end();
  file_.flush();
}

}  // namespace sc_memory
