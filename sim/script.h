// Scripts: what to type on the guest's console, and when, in the place of somebody who sits at it.
//
// A script is a text file. Each line is typed, followed by Enter, once the prompt stands at the end of the console's
// output. The prompt is that of U-Boot, "=> ", until a directive says otherwise. Special lines:
//
//   # ...            a comment; empty lines are nothing either
//   @prompt TEXT     from here on this is the prompt
//   @expect TEXT     goes on once the guest has printed TEXT after the step before was done
//   @key TEXT        types TEXT at once, waiting for nothing and without Enter (to stop a countdown, for example)
//   @wait            waits for the prompt and types nothing
//   \...             the rest of the line is typed as it stands, also when it begins with # or @
//
// A prompt counts when nothing was typed since it appeared, text when the guest prints it by itself: what it echoes of
// a typed line is neither. TEXT loses blanks at both ends unless it stands in double quotes, and knows \\ \" \r \n \t
// \e and \xHH. Lines that are typed know no such signs: they reach the guest as they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sc_memory::sim {

/// A script that has been read and found right.
class Script {
 public:
  enum class Action {
    type_at_prompt,  // waits for `awaited` at the end of the output, then types `typed` (nothing, for @wait)
    type_at_once,    // types `typed`
    expect_text,     // waits for `awaited` anywhere in the output
  };
  struct Step {
    Action action;
    std::string awaited;
    std::string typed;  // all bytes for the guest, Enter included
    size_t line;        // of the script, from 1
  };

  /// Throw models::LoadError, naming file and line, for a file that cannot be read or a line that cannot be understood.
  static Script read(const std::string& path);
  /// The same for a text that is already in memory; `name` stands for the file in messages.
  static Script parse(std::string_view text, std::string name);

  const std::string& name() const { return name_; }
  /// At least one.
  const std::vector<Step>& steps() const { return steps_; }

 private:
  Script(std::vector<Step> steps, std::string name) : steps_(std::move(steps)), name_(std::move(name)) {}

  std::vector<Step> steps_;
  std::string name_;
};

/// Follows a script: is told what the guest prints, and asked for what to type. Knows no time: whoever asks decides
/// when the output has come to rest. Not thread-safe.
class ScriptFeeder {
 public:
  explicit ScriptFeeder(Script script);

  /// The guest printed `byte`.
  void output(uint8_t byte);
  /// The guest can take a byte: the next to type, or nothing while the script waits for output or is at its end.
  std::optional<uint8_t> next_byte();

  /// What comes next is a line that waits for its prompt, so that next_byte() should be asked only when the output has
  /// come to rest.
  bool needs_quiet() const { return !finished() && step().action == Script::Action::type_at_prompt && !may_type_; }
  /// True once everything has been typed and seen.
  bool finished() const { return step_ == script_.steps().size(); }
  /// What is missing, for a message: `demo.txt:7: still waiting for the prompt "=> " to type "version"`. Empty when
  /// finished.
  std::string waiting_for() const;

 private:
  const Script::Step& step() const { return script_.steps()[step_]; }
  bool printed_ends_with(const std::string& text) const;
  void go_on();

  Script script_;
  size_t step_ = 0;
  bool may_type_ = false;  // the step has seen what it waits for
  size_t typed_ = 0;       // bytes of the step's text that were handed over
  std::string printed_;    // the end of the output since something was last typed
  uint64_t fresh_ = 0;     // bytes printed since the step before was done
  std::string echo_;       // typed, and not printed back yet
  size_t longest_ = 0;     // no text that is waited for has more bytes
};

}  // namespace sc_memory::sim
