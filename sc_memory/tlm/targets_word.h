// Whether an invalidation comes from a target and not from the map: then it may be needless, and that is no fault of
// the interconnect, which has to hand it on (IEEE 1666 11.3.6 g).
#pragma once

namespace sc_memory {

/// Lives while a target's invalidation is handed on to those who hold its pointers. In the simulation's thread only.
class TargetsWordScope {
 public:
  explicit TargetsWordScope(bool of_target) : before_(handing_on) { handing_on = of_target; }
  TargetsWordScope(const TargetsWordScope&) = delete;
  TargetsWordScope& operator=(const TargetsWordScope&) = delete;
  ~TargetsWordScope() { handing_on = before_; }

  static bool under_way() { return handing_on; }

 private:
  bool before_;
  inline static bool handing_on = false;
};

}  // namespace sc_memory
