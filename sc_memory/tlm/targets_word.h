// Whether an invalidation comes from a target and not from the map: then it may be needless, and that is no fault of
// the interconnect, which has to hand it on (IEEE 1666 11.3.6 g).
#pragma once

namespace sc_memory {

/// Lives while a target's invalidation is handed on to those who hold its pointers. In the simulation's thread only.
class TargetsWordScope {
 public:
  explicit TargetsWordScope(bool of_target) : before_(under_way_) { under_way_ = of_target; }
  TargetsWordScope(const TargetsWordScope&) = delete;
  TargetsWordScope& operator=(const TargetsWordScope&) = delete;
  ~TargetsWordScope() { under_way_ = before_; }

  static bool under_way() { return under_way_; }

 private:
  bool before_;
  inline static bool under_way_ = false;
};

}  // namespace sc_memory
