// Whose an interface is: the names of the sockets that a platform's interfaces were bound to.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include <systemc>

namespace sc_memory {

/// Every sc_export of the platform, by the interface behind it. To be made when elaboration has ended.
class SocketOwners {
 public:
  SocketOwners();

  /// The full name of the export that `interface` was bound to first: of a socket that was bound through its parents'
  /// sockets, the innermost one. Empty for an interface that no export has.
  std::string owner_of(const sc_core::sc_interface& interface) const;

 private:
  void collect(const std::vector<sc_core::sc_object*>& objects, unsigned depth);

  struct Owner {
    std::string name;
    unsigned depth;
  };
  std::unordered_map<const sc_core::sc_interface*, Owner> owners_;
};

}  // namespace sc_memory
