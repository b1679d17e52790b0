// Everything to look at traffic with, in one include.
#pragma once

#include "sc_memory/analysis/bandwidth_timeline.h"
#include "sc_memory/analysis/contention.h"
#include "sc_memory/analysis/dmi_accesses.h"
#include "sc_memory/analysis/dmi_timeline.h"
#include "sc_memory/analysis/hot_pages.h"
#include "sc_memory/analysis/outstanding.h"
#include "sc_memory/analysis/probe.h"
#include "sc_memory/analysis/recorder.h"
#include "sc_memory/analysis/report/report.h"
#include "sc_memory/analysis/report/statistics_output.h"
#include "sc_memory/analysis/report/traffic_digest.h"
#include "sc_memory/analysis/sampling.h"
#include "sc_memory/analysis/traffic_statistics.h"
