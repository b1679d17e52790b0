// Walking the platform's objects.
#include "sc_memory/tlm/socket_owners.h"

namespace sc_memory {

SocketOwners::SocketOwners() { collect(sc_core::sc_get_top_level_objects(), 0); }

void SocketOwners::collect(const std::vector<sc_core::sc_object*>& objects, unsigned depth) {
  for (sc_core::sc_object* const object : objects) {
    auto* const with_interface = dynamic_cast<sc_core::sc_export_base*>(object);
    if (with_interface != nullptr && with_interface->get_interface() != nullptr) {
      Owner& owner = owners_[with_interface->get_interface()];
      if (owner.name.empty() || owner.depth < depth) owner = {object->name(), depth};
    }
    collect(object->get_child_objects(), depth + 1);
  }
}

std::string SocketOwners::owner_of(const sc_core::sc_interface& interface) const {
  const auto found = owners_.find(&interface);
  return found != owners_.end() ? found->second.name : std::string();
}

}  // namespace sc_memory
