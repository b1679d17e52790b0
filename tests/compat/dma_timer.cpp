// The device model of dma_timer.h, as such models were written: an ops struct, an opaque pointer, init functions.
#include "tests/compat/dma_timer.h"

#include <cstring>

static void dma_timer_update_irq(DMATimerState* s) {
  s->set_irq(s->irq_opaque, (s->status & 1) != 0 && (s->control & 2) != 0);
}

static uint64_t dma_timer_read(void* opaque, hwaddr addr, unsigned size) {
  DMATimerState* s = static_cast<DMATimerState*>(opaque);

  (void)size;
  switch (addr) {
    case DMA_TIMER_REG_CONTROL:
      return s->control;
    case DMA_TIMER_REG_STATUS:
      return s->status;
    case DMA_TIMER_REG_PERIOD:
      return s->period;
    case DMA_TIMER_REG_COUNT:
      return s->count;
    case DMA_TIMER_REG_SOURCE:
      return static_cast<uint32_t>(s->source);
    case DMA_TIMER_REG_SOURCE + 4:
      return static_cast<uint32_t>(s->source >> 32);
    case DMA_TIMER_REG_TARGET:
      return static_cast<uint32_t>(s->target);
    case DMA_TIMER_REG_TARGET + 4:
      return static_cast<uint32_t>(s->target >> 32);
    case DMA_TIMER_REG_LENGTH:
      return s->length;
    default:
      return 0;
  }
}

static void dma_timer_write(void* opaque, hwaddr addr, uint64_t data, unsigned size) {
  DMATimerState* s = static_cast<DMATimerState*>(opaque);
  const uint32_t word = static_cast<uint32_t>(data);

  (void)size;
  if (addr >= DMA_TIMER_REG_PALETTE) {
    s->palette[(addr - DMA_TIMER_REG_PALETTE) / 4 % DMA_TIMER_PALETTE_WORDS] = word;
    s->palette_writes++;
    return;
  }
  switch (addr) {
    case DMA_TIMER_REG_CONTROL:
      s->control = word & 3;
      s->count = s->period;
      break;
    case DMA_TIMER_REG_STATUS:
      s->status &= ~word;
      break;
    case DMA_TIMER_REG_PERIOD:
      s->period = word;
      break;
    case DMA_TIMER_REG_SOURCE:
      s->source = (s->source & ~UINT64_C(0xffffffff)) | word;
      break;
    case DMA_TIMER_REG_SOURCE + 4:
      s->source = (s->source & UINT64_C(0xffffffff)) | static_cast<uint64_t>(word) << 32;
      break;
    case DMA_TIMER_REG_TARGET:
      s->target = (s->target & ~UINT64_C(0xffffffff)) | word;
      break;
    case DMA_TIMER_REG_TARGET + 4:
      s->target = (s->target & UINT64_C(0xffffffff)) | static_cast<uint64_t>(word) << 32;
      break;
    case DMA_TIMER_REG_LENGTH:
      s->length = word;
      break;
    default:
      break;
  }
  dma_timer_update_irq(s);
}

static bool dma_timer_accepts(void* opaque, hwaddr addr, unsigned size, bool is_write) {
  (void)opaque;
  (void)size;
  return is_write || addr < DMA_TIMER_REG_PALETTE;
}

static const MemoryRegionOps dma_timer_ops = {
    .read = dma_timer_read,
    .write = dma_timer_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid =
        {
            .min_access_size = 4,
            .max_access_size = 8,
            .accepts = dma_timer_accepts,
        },
    .impl =
        {
            .min_access_size = 4,
            .max_access_size = 4,
        },
};

/* Ports: an index, the byte that it stands for, and the bank that shows. */
static uint32_t dma_timer_index_read(void* opaque, uint32_t address) {
  (void)address;
  return static_cast<DMATimerState*>(opaque)->port_index;
}

static void dma_timer_index_write(void* opaque, uint32_t address, uint32_t data) {
  (void)address;
  static_cast<DMATimerState*>(opaque)->port_index = static_cast<uint8_t>(data);
}

static uint32_t dma_timer_data_read(void* opaque, uint32_t address) {
  DMATimerState* s = static_cast<DMATimerState*>(opaque);
  (void)address;
  return s->scratch[s->port_index];
}

static void dma_timer_data_write(void* opaque, uint32_t address, uint32_t data) {
  DMATimerState* s = static_cast<DMATimerState*>(opaque);
  (void)address;
  s->scratch[s->port_index] = static_cast<uint8_t>(data);
}

static void dma_timer_bank_write(void* opaque, uint32_t address, uint32_t data) {
  DMATimerState* s = static_cast<DMATimerState*>(opaque);
  (void)address;
  memory_region_transaction_begin();
  memory_region_set_enabled(&s->bank_window, data != 0xff);
  memory_region_set_alias_offset(&s->bank_window, (data & 1) * DMA_TIMER_BANK_SIZE);
  memory_region_transaction_commit();
}

static const MemoryRegionPortio dma_timer_portio[] = {
    {0, 1, 1, dma_timer_index_read, dma_timer_index_write},
    {1, 1, 1, dma_timer_data_read, dma_timer_data_write},
    {.offset = 2, .len = 2, .size = 2, .write = dma_timer_bank_write},
    PORTIO_END_OF_LIST(),
};

static const MemoryRegionOps dma_timer_port_ops = {
    .old_portio = dma_timer_portio,
};

static void dma_timer_copy(DMATimerState* s) {
  hwaddr done = 0;

  while (done < s->length) {
    hwaddr read_len = s->length - done;
    void* from = address_space_map(s->bus, s->source + done, &read_len, false);
    if (from == nullptr) {
      break;
    }
    hwaddr write_len = read_len;
    void* to = address_space_map(s->bus, s->target + done, &write_len, true);
    if (to == nullptr) {
      address_space_unmap(s->bus, from, read_len, false, 0);
      break;
    }
    memmove(to, from, write_len);
    address_space_unmap(s->bus, to, write_len, true, write_len);
    address_space_unmap(s->bus, from, read_len, false, write_len);
    done += write_len;
  }
}

void dma_timer_tick(DMATimerState* s) {
  if (event_notifier_test_and_clear(&s->doorbell)) {
    s->count = 1;
  }
  if ((s->control & 1) == 0 || s->count == 0 || --s->count != 0) {
    return;
  }
  dma_timer_copy(s);
  s->count = s->period;
  s->status |= 1;
  dma_timer_update_irq(s);
}

void dma_timer_init(DMATimerState* s, AddressSpace* bus, void (*set_irq)(void* opaque, int level), void* irq_opaque) {
  s->bus = bus;
  s->set_irq = set_irq;
  s->irq_opaque = irq_opaque;
  memory_region_init(&s->container, "dma-timer", 0x8000);
  memory_region_init_io(&s->mmio, &dma_timer_ops, s, "dma-timer-mmio", DMA_TIMER_MMIO_SIZE);
  memory_region_init_ram(&s->bank_memory, "dma-timer-banks", 2 * DMA_TIMER_BANK_SIZE);
  memory_region_init_alias(&s->bank_window, "dma-timer-bank", &s->bank_memory, 0, DMA_TIMER_BANK_SIZE);
  memory_region_init_io(&s->ports, &dma_timer_port_ops, s, "dma-timer-ports", DMA_TIMER_PORT_SIZE);
  memory_region_add_subregion(&s->container, 0, &s->mmio);
  memory_region_add_subregion(&s->container, 0x4000, &s->bank_window);
  memory_region_add_coalescing(&s->mmio, DMA_TIMER_REG_PALETTE, DMA_TIMER_PALETTE_WORDS * 4);
  memory_region_add_eventfd(&s->mmio, DMA_TIMER_REG_DOORBELL, 4, true, 1, &s->doorbell);
}

void dma_timer_map(DMATimerState* s, MemoryRegion* system_memory, hwaddr mmio_base, MemoryRegion* system_io,
                   hwaddr port) {
  memory_region_add_subregion_overlap(system_memory, mmio_base, &s->container, 1);
  memory_region_add_subregion(system_io, port, &s->ports);
}

void dma_timer_exit(DMATimerState* s, MemoryRegion* system_memory, MemoryRegion* system_io) {
  memory_region_del_subregion(system_memory, &s->container);
  memory_region_del_subregion(system_io, &s->ports);
  memory_region_del_eventfd(&s->mmio, DMA_TIMER_REG_DOORBELL, 4, true, 1, &s->doorbell);
  memory_region_del_subregion(&s->container, &s->mmio);
  memory_region_del_subregion(&s->container, &s->bank_window);
  memory_region_destroy(&s->bank_window);
  memory_region_destroy(&s->bank_memory);
  memory_region_destroy(&s->mmio);
  memory_region_destroy(&s->ports);
  memory_region_destroy(&s->container);
}
