// Walking the platform's objects.
#include "sc_memory/tlm/socket_owners.h"

#include <tlm>

namespace sc_memory {

SocketOwners::SocketOwners() { collect(sc_core::sc_get_top_level_objects(), 0); }

void SocketOwners::collect(const std::vector<sc_core::sc_object*>& objects, unsigned depth) {
  for (sc_core::sc_object* const object : objects) {
    auto* const with_interface = dynamic_cast<sc_core::sc_export_base*>(object);
    if (with_interface != nullptr && with_interface->get_interface() != nullptr) {
      Owner& owner = owners_[with_interface->get_interface()];
      if (owner.socket == nullptr || owner.depth < depth) owner = {object, depth};
    }
    // A multi-socket leads to several targets.
    auto* const port = dynamic_cast<sc_core::sc_port_b<tlm::tlm_fw_transport_if<>>*>(object);
    for (int i = 0; port != nullptr && i < port->size(); ++i) leading_to_[(*port)[i]].push_back(object);
    collect(object->get_child_objects(), depth + 1);
  }
}

const sc_core::sc_object* SocketOwners::owner_of(const sc_core::sc_interface& interface) const {
  const auto found = owners_.find(&interface);
  return found != owners_.end() ? found->second.socket : nullptr;
}

const std::vector<const sc_core::sc_object*>& SocketOwners::leading_to(const sc_core::sc_interface& interface) const {
  static const std::vector<const sc_core::sc_object*> none;
  const auto found = leading_to_.find(&interface);
  return found != leading_to_.end() ? found->second : none;
}

}  // namespace sc_memory
