// A device model in the style of 2013: a timer that copies a buffer at each expiry and raises an interrupt. Only its
// includes and the using-directive say that it lives in this library.
#pragma once

#include "sc_memory/compat/memory.h"

using namespace sc_memory::compat;

enum {
  DMA_TIMER_REG_CONTROL = 0x00,  /* bit 0: running, bit 1: interrupt enabled */
  DMA_TIMER_REG_STATUS = 0x04,   /* bit 0: expired; write 1 to clear */
  DMA_TIMER_REG_PERIOD = 0x08,   /* in ticks */
  DMA_TIMER_REG_COUNT = 0x0c,    /* ticks left, read only */
  DMA_TIMER_REG_SOURCE = 0x10,   /* bus address, 64 bits */
  DMA_TIMER_REG_TARGET = 0x18,   /* bus address, 64 bits */
  DMA_TIMER_REG_LENGTH = 0x20,   /* bytes to copy */
  DMA_TIMER_REG_DOORBELL = 0x40, /* a write of 1 is an event, not a register access */
  DMA_TIMER_REG_PALETTE = 0x80,  /* 32 words, written often, read never */
  DMA_TIMER_PALETTE_WORDS = 32,
  DMA_TIMER_MMIO_SIZE = 0x100,
  DMA_TIMER_PORT_SIZE = 4,
  DMA_TIMER_BANK_SIZE = 0x2000,
};

struct DMATimerState {
  MemoryRegion container;
  MemoryRegion mmio;
  MemoryRegion ports;
  MemoryRegion bank_memory; /* two banks, of which one shows */
  MemoryRegion bank_window;
  AddressSpace* bus;
  EventNotifier doorbell;
  void (*set_irq)(void* opaque, int level);
  void* irq_opaque;

  uint32_t control;
  uint32_t status;
  uint32_t period;
  uint32_t count;
  uint64_t source;
  uint64_t target;
  uint32_t length;
  uint32_t palette[DMA_TIMER_PALETTE_WORDS];
  unsigned palette_writes;
  uint8_t port_index;
  uint8_t scratch[256];
};

void dma_timer_init(DMATimerState* s, AddressSpace* bus, void (*set_irq)(void* opaque, int level), void* irq_opaque);
void dma_timer_map(DMATimerState* s, MemoryRegion* system_memory, hwaddr mmio_base, MemoryRegion* system_io,
                   hwaddr port);
void dma_timer_tick(DMATimerState* s);
void dma_timer_exit(DMATimerState* s, MemoryRegion* system_memory, MemoryRegion* system_io);
