// Whose an interface is: the sockets that a platform's interfaces were bound to, and those that lead to them.
#pragma once

#include <unordered_map>
#include <vector>

#include <systemc>

namespace sc_memory {

/// Every sc_export of the platform, by the interface behind it, and every port for TLM-2.0 transactions, by those that
/// it leads to. To be made when all sockets are bound: from end_of_elaboration() on.
class SocketOwners {
 public:
  SocketOwners();

  /// The export that `interface` was bound to first: of a socket that was bound through its parents' sockets, the
  /// innermost one. Null for an interface that no export has.
  const sc_core::sc_object* owner_of(const sc_core::sc_interface& interface) const;

  /// The initiators' sockets that lead to `interface`, through those of other modules or directly.
  const std::vector<const sc_core::sc_object*>& leading_to(const sc_core::sc_interface& interface) const;

 private:
  void collect(const std::vector<sc_core::sc_object*>& objects, unsigned depth);

  struct Owner {
    const sc_core::sc_object* socket = nullptr;
    unsigned depth = 0;
  };
  std::unordered_map<const sc_core::sc_interface*, Owner> owners_;
  std::unordered_map<const sc_core::sc_interface*, std::vector<const sc_core::sc_object*>> leading_to_;
};

}  // namespace sc_memory
