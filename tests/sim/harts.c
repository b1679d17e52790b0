// What several harts do to one memory: HARTS of them count, lock, pass messages, share a stack and wake one another.
// Hart 0 reports by tohost when all are done; a check that fails reports its number at once.
typedef unsigned long u64;

enum { kRounds = 300, kNodes = 4 * HARTS, kStackSize = 4096 };

volatile u64 tohost __attribute__((section(".tohost"), aligned(64)));
volatile u64 fromhost __attribute__((section(".tohost")));

char stacks[HARTS][kStackSize] __attribute__((aligned(16)));

__attribute__((naked, section(".text.start"))) void _start(void) {
  __asm__ volatile(
      "csrr a0, mhartid\n"
      "la sp, stacks\n"
      "addi t0, a0, 1\n"
      "slli t0, t0, 12\n"
      "add sp, sp, t0\n"
      "j run");
}

static void fail_unless(int good, u64 number) {
  if (good) return;
  tohost = 2 * number + 1;
  for (;;) {
  }
}

// Numbers that look random, from another seed on each hart: harts drift apart and meet again.
static u64 next_random(u64* state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}
static void dawdle(u64* random) {
  for (u64 i = next_random(random) % 50; i != 0; --i) __asm__ volatile("");
}

static void barrier(void) {
  static u64 arrived, generation;
  const u64 mine = __atomic_load_n(&generation, __ATOMIC_ACQUIRE);
  if (__atomic_add_fetch(&arrived, 1, __ATOMIC_ACQ_REL) == HARTS) {
    arrived = 0;
    __atomic_store_n(&generation, mine + 1, __ATOMIC_RELEASE);
    return;
  }
  while (__atomic_load_n(&generation, __ATOMIC_ACQUIRE) == mine) {
  }
}

static u64 by_amo, by_lr_sc, by_lock, lock;
static unsigned by_amo_word[2];

static void count(u64* random) {
  for (int i = 0; i < kRounds; ++i) {
    __atomic_fetch_add(&by_amo, 3, __ATOMIC_RELAXED);
    __atomic_fetch_add(&by_amo_word[1], 1, __ATOMIC_RELAXED);
    u64 value, failed;
    do {
      __asm__ volatile("lr.d %0, %2\n addi %0, %0, 5\n sc.d %1, %0, %2"
                       : "=&r"(value), "=&r"(failed), "+A"(by_lr_sc)
                       :
                       : "memory");
    } while (failed);
    while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE)) {
    }
    const u64 before = *(volatile u64*)&by_lock;
    dawdle(random);
    *(volatile u64*)&by_lock = before + 1;
    __atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
    dawdle(random);
  }
}

static void check_counts(void) {
  fail_unless(by_amo == 3ul * kRounds * HARTS, 1);
  fail_unless(by_amo_word[1] == kRounds * HARTS && by_amo_word[0] == 0, 2);
  fail_unless(by_lr_sc == 5ul * kRounds * HARTS, 3);
  fail_unless(by_lock == 1ul * kRounds * HARTS, 4);
}

// Each passes a message on to the next: the data first, then the flag that it is there.
static struct {
  u64 data[7];
  u64 flag;
} boxes[HARTS] __attribute__((aligned(64)));

static void pass_messages(u64 hart, u64* random) {
  const u64 next = (hart + 1) % HARTS;
  for (u64 round = 1; round <= kRounds; ++round) {
    for (int i = 0; i < 7; ++i) boxes[next].data[i] = round * 1000 + hart * 10 + i;
    __atomic_store_n(&boxes[next].flag, round, __ATOMIC_RELEASE);
    dawdle(random);
    while (__atomic_load_n(&boxes[hart].flag, __ATOMIC_ACQUIRE) != round) {
    }
    for (int i = 0; i < 7; ++i)
      fail_unless(boxes[hart].data[i] == round * 1000 + (hart + HARTS - 1) % HARTS * 10 + i, 10 + i);
    barrier();
  }
}

// A stack of nodes without a lock: right only if SC notices a top that was taken and put back in between.
static struct Node {
  struct Node* next;
  u64 owned;
} nodes[kNodes];
static struct Node* top;

static void push(struct Node* node) {
  u64 failed;
  do {
    struct Node* old;
    __asm__ volatile("lr.d %0, %1" : "=r"(old), "+A"(top) : : "memory");
    node->next = old;
    __asm__ volatile("sc.d %0, %2, %1" : "=r"(failed), "+A"(top) : "r"(node) : "memory");
  } while (failed);
}

static struct Node* pop(void) {
  struct Node *node, *next;
  u64 failed;
  do {
    __asm__ volatile("lr.d %0, %1" : "=r"(node), "+A"(top) : : "memory");
    if (!node) return node;
    next = *(struct Node* volatile*)&node->next;
    __asm__ volatile("sc.d %0, %2, %1" : "=r"(failed), "+A"(top) : "r"(next) : "memory");
  } while (failed);
  return node;
}

static void use_stack(u64* random) {
  for (int i = 0; i < kRounds; ++i) {
    struct Node* taken[3];
    for (int k = 0; k < 3; ++k) {
      taken[k] = pop();
      if (taken[k]) fail_unless(__atomic_fetch_add(&taken[k]->owned, 1, __ATOMIC_ACQ_REL) == 0, 20);
    }
    dawdle(random);
    for (int k = 0; k < 3; ++k) {
      if (!taken[k]) continue;
      fail_unless(__atomic_fetch_sub(&taken[k]->owned, 1, __ATOMIC_ACQ_REL) == 1, 21);
      push(taken[k]);
    }
  }
}

static void check_stack(void) {
  int found = 0;
  for (struct Node* node = top; node && found <= kNodes; node = node->next) ++found;
  fail_unless(found == kNodes, 22);
}

// A software interrupt goes round; each sleeps until it comes. Interrupts are enabled, but not taken.
static volatile unsigned* software_interrupt(u64 hart) { return (volatile unsigned*)0x2000000 + hart; }

static void wake_one_another(u64 hart) {
  __asm__ volatile("csrw mie, %0" : : "r"(8));
  for (int round = 0; round < kRounds; ++round) {
    if (hart == 0) *software_interrupt(1 % HARTS) = 1;
    u64 pending;
    do {
      __asm__ volatile("wfi\n csrr %0, mip" : "=r"(pending));
    } while (!(pending & 8));
    *software_interrupt(hart) = 0;
    do {
      __asm__ volatile("csrr %0, mip" : "=r"(pending));
    } while (pending & 8);
    if (hart != 0) *software_interrupt((hart + 1) % HARTS) = 1;
  }
}

__attribute__((used)) static void run(u64 hart) {
  u64 random = 88172645463325252ul + 977 * hart;
  if (hart >= HARTS) {
    for (;;) {
    }
  }
  if (hart == 0) {
    for (int i = 0; i < kNodes; ++i) push(&nodes[i]);
  }
  barrier();
  count(&random);
  barrier();
  pass_messages(hart, &random);
  use_stack(&random);
  barrier();
  wake_one_another(hart);
  barrier();
  if (hart == 0) {
    check_counts();
    check_stack();
    tohost = 1;
  }
  for (;;) __asm__ volatile("wfi");
}
