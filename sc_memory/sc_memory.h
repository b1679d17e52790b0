// Everything a platform needs, in one include.
#pragma once

#include "sc_memory/access/io_ops.h"
#include "sc_memory/map/address_space.h"
#include "sc_memory/map/io_region.h"
#include "sc_memory/map/iommu_region.h"
#include "sc_memory/map/map_error.h"
#include "sc_memory/map/map_transaction.h"
#include "sc_memory/map/region_kinds.h"
#include "sc_memory/tlm/dmi_cache.h"
#include "sc_memory/tlm/messages.h"
#include "sc_memory/tlm/payload_access.h"
#include "sc_memory/tlm/router.h"
#include "sc_memory/tlm/target_map.h"
#include "sc_memory/tlm/target_region.h"
#include "sc_memory/tlm/watch_event.h"
