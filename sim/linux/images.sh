# Debian's Linux for the machine, to be sourced after cmake/debian-packages.sh and cmake/debian-trixie.sh, from the top of
# the checkout: its kernel, an initial RAM disk with busybox and the kernel's modules for the devices, and disk images.
# What is fetched and made lies under build/ and is used again.
# shellcheck shell=bash

readonly LINUX_FETCHED=build/debian13/linux
readonly LINUX_IMAGES=build/linux
readonly LINUX_KERNEL=$LINUX_IMAGES/Image
readonly LINUX_INITRAMFS=$LINUX_IMAGES/initramfs.cpio
readonly LINUX_DISK=$LINUX_IMAGES/disk.img
readonly LINUX_PCI_DISK=$LINUX_IMAGES/pci-disk.img

# What Debian's kernel has not built in, and the machine's devices and a file system on a disk need.
readonly LINUX_MODULES=(virtio_mmio virtio_blk virtio_net net_failover failover virtio-rng
  ext4 jbd2 mbcache crc16 crc32c_generic)

# make_linux_images : fetches and makes what is missing or out of date.
make_linux_images() {
  install_missing "${LINUX_PACKAGES[@]}"
  fetch_trixie riscv64 "$LINUX_FETCHED" meta:linux-image-riscv64 busybox-static
  mkdir -p "$LINUX_IMAGES"
  ln -sf "$(realpath --relative-to "$LINUX_IMAGES" "$LINUX_FETCHED"/boot/vmlinux-*)" "$LINUX_KERNEL"
  local part
  for part in "$LINUX_FETCHED/.packages" sim/linux/*; do
    [[ $LINUX_INITRAMFS -nt $part ]] || {
      make_initramfs
      break
    }
  done
}

# Busybox, the modules as modprobe wants them, and as the first program sim/linux/init, which makes a system of it all.
make_initramfs() {
  say "making $LINUX_INITRAMFS"
  local root modules module
  root=$(mktemp -d)
  modules=$(echo "$LINUX_FETCHED"/usr/lib/modules/*)
  mkdir -p "$root"/{bin,sbin,usr/bin,usr/sbin,"lib/modules/${modules##*/}"}
  cp "$LINUX_FETCHED/usr/bin/busybox" "$root/bin/"
  ln -s busybox "$root/bin/sh"
  install -m 755 sim/linux/init "$root/init"
  install -m 755 sim/linux/look-around "$root/bin/"
  for module in "${LINUX_MODULES[@]}"; do
    find "$modules" -name "$module.ko.xz" -exec xz -dc {} + >"$root/lib/modules/${modules##*/}/$module.ko"
  done
  cp "$modules"/modules.{builtin,builtin.modinfo,order} "$root/lib/modules/${modules##*/}/"
  PATH=$PATH:/sbin:/usr/sbin depmod -b "$root" "${modules##*/}"
  rm -f "$root"/lib/modules/*/*.bin
  # What the guest would spend its time on: most of a module are symbols of no use, and the kernel takes 270 million
  # instructions to verify one signature. Without it, it says that it is tainted, and loads the module.
  riscv64-linux-gnu-strip --strip-unneeded "$root"/lib/modules/*/*.ko
  (cd "$root" && find . -mindepth 1 -printf '%P\n' | sort | cpio --quiet -o -H newc -R 0:0) >"$LINUX_INITRAMFS.new"
  mv "$LINUX_INITRAMFS.new" "$LINUX_INITRAMFS"
  rm -rf "$root"
}

# make_linux_disk FILE : a new disk image with a file system, on which a file waits for the guest, and its checksum.
make_linux_disk() {
  local content
  content=$(mktemp -d)
  (cd "$content" && head -c 256K /dev/urandom >from-host && sha256sum from-host >from-host.sha256)
  rm -f "$1"
  PATH=$PATH:/sbin:/usr/sbin mke2fs -q -t ext4 -E lazy_itable_init=0,lazy_journal_init=0 -d "$content" "$1" 64M
  rm -rf "$content"
}

# linux_options [OPTION...] : sets LINUX_OPTIONS to what vpsim run needs to boot them, less what is among the user's own
# options.
linux_options() {
  LINUX_OPTIONS=()
  option_unless_given --kernel "$PWD/$LINUX_KERNEL" "$@"
  option_unless_given --initrd "$PWD/$LINUX_INITRAMFS" "$@"
  # A kernel that panics resets the machine, which ends the simulation with an error.
  option_unless_given --append "earlycon console=ttyS0 panic=-1" "$@"
  option_unless_given --disk "$PWD/$LINUX_DISK" "$@"
  option_unless_given --disk-pci "$PWD/$LINUX_PCI_DISK" "$@"
  [[ -t 0 && -t 1 ]] || option_unless_given --script "$PWD/sim/linux/look-around.script" "$@"
  LINUX_OPTIONS+=(--milestone "OpenSBI=OpenSBI v" --milestone "kernel start=Linux version"
    --milestone "shell prompt=linux# " --milestone "poweroff=reboot: Power down")
}

# option_unless_given NAME VALUE [OPTION...] : adds the option to LINUX_OPTIONS unless NAME is among those behind it.
option_unless_given() {
  local name=$1 value=$2 given
  shift 2
  for given in "$@"; do
    [[ $given != "$name" && $given != "$name="* ]] || return 0
  done
  LINUX_OPTIONS+=("$name" "$value")
}
