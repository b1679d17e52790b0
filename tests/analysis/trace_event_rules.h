// What the Trace Event Format asks of a recording, so that Perfetto shows what was meant:
//
// - Complete events ("X") of one thread are nested or apart: of two, one lies within the other, or ends before the
// other
//   begins.
// - Asynchronous events of one category and id ("b", "n", "e") begin once and end once, in this order, and what lies
//   between them in name lies between them in time.
// - Each event has a thread, which has a name; an instant event ("i") says what it is an instant of.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace sc_memory::testing {

/// Microseconds with six places, exactly.
inline std::uint64_t picoseconds_of(const nlohmann::json& microseconds) {
  return static_cast<std::uint64_t>(std::llround(microseconds.get<double>() * 1e6));
}

class TraceEventRules {
 public:
  /// One line for each rule that is broken. A recording that was not closed may lack ends.
  static std::vector<std::string> broken_by(const nlohmann::json& events, bool closed = true) {
    TraceEventRules rules;
    for (const nlohmann::json& event : events) rules.look_at(event);
    rules.look_at_threads();
    rules.look_at_asynchronous(closed);
    return rules.broken_;
  }

 private:
  using Thread = std::pair<std::int64_t, std::int64_t>;
  struct Span {
    std::uint64_t start;
    std::uint64_t end;
  };
  struct Asynchronous {
    int begins = 0;
    int ends = 0;
    std::uint64_t start = 0;
    std::uint64_t last = 0;
  };

  void look_at(const nlohmann::json& event) {
    const std::string phase = event.at("ph");
    const Thread thread{event.at("pid"), event.at("tid")};
    if (phase == "M") {
      if (event.at("name") == "thread_name") named_.insert(thread);
      return;
    }
    const std::uint64_t time = picoseconds_of(event.at("ts"));
    if (!event.at("name").is_string()) say("an event without a name", time);
    if (named_.count(thread) == 0) say("an event of a thread without a name", time);
    if (phase == "X") {
      if (event.at("dur").get<double>() < 0) say("an event that ends before it begins", time);
      complete_[thread].push_back({time, time + picoseconds_of(event.at("dur"))});
    } else if (phase == "i") {
      if (event.at("s") != "t" && event.at("s") != "p" && event.at("s") != "g") say("an instant of nothing", time);
    } else {
      look_at_asynchronous(event, phase, time);
    }
  }

  void look_at_asynchronous(const nlohmann::json& event, const std::string& phase, std::uint64_t time) {
    Asynchronous& known = asynchronous_[{event.at("cat"), event.at("id").dump()}];
    if (phase == "b") {
      if (++known.begins > 1) say("an asynchronous event that begins twice", time);
      known.start = known.last = time;
      return;
    }
    if (phase != "n" && phase != "e") say("an event of an unknown phase " + phase, time);
    if (known.begins == 0 || known.ends > 0) say("'" + phase + "' of an asynchronous event that is not open", time);
    if (time < known.last) say("'" + phase + "' lies before the one before it", time);
    known.last = time;
    if (phase == "e") ++known.ends;
  }

  void look_at_threads() {
    for (auto& [thread, spans] : complete_) {
      // By their starts; of those that start together, the longest is the one around the others.
      std::sort(spans.begin(), spans.end(),
                [](const Span& a, const Span& b) { return std::tie(a.start, b.end) < std::tie(b.start, a.end); });
      std::vector<Span> around;
      for (const Span& span : spans) {
        while (!around.empty() && around.back().end <= span.start) around.pop_back();
        if (!around.empty() && span.end > around.back().end)
          say("complete events that overlap on thread " + std::to_string(thread.second), span.start);
        around.push_back(span);
      }
    }
  }

  void look_at_asynchronous(bool closed) {
    for (const auto& [id, known] : asynchronous_) {
      if (closed && known.ends == 0) say("an asynchronous event without an end", known.start);
    }
  }

  void say(const std::string& what, std::uint64_t time) { broken_.push_back(std::to_string(time) + " ps: " + what); }

  std::vector<std::string> broken_;
  std::set<Thread> named_;
  std::map<Thread, std::vector<Span>> complete_;
  std::map<std::pair<std::string, std::string>, Asynchronous> asynchronous_;
};

}  // namespace sc_memory::testing
