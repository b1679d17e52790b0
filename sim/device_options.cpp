// From words to a machine's devices.
#include "sim/device_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ctime>
#include <fmt/format.h>

#include "sim/options.h"

namespace sc_memory::sim {

namespace {

using platforms::EntropyConfig;
using platforms::ImageConfig;
using platforms::NetworkKind;

constexpr unsigned kMaxVirtioDevices = platforms::riscv_virt::kVirtioMmioSlots;
/// The bridge and the DMA test device take the others.
constexpr unsigned kMaxPciDisks = models::pci::Host::slots - 2;

constexpr int kTmYear = 1900;
constexpr int kFirstYear = 1970;
constexpr int kLastYear = 2261;

/// "disk.img", or "disk.img,ro".
ImageConfig parse_image(const std::string& text) {
  static const std::string kReadonlySuffix = ",ro";
  const std::size_t suffix = text.size() - std::min(text.size(), kReadonlySuffix.size());
  if (text.compare(suffix, std::string::npos, kReadonlySuffix) == 0)
    return {text.substr(0, suffix), models::ImageMode::readonly};
  return {text, models::ImageMode::writable_if_permitted};
}

std::vector<ImageConfig> parse_images(const char* option, const std::vector<std::string>& texts, std::size_t limit) {
  if (texts.size() > limit)
    throw OptionError(fmt::format("{} is given {} times; the machine has room for {}", option, texts.size(), limit));
  std::vector<ImageConfig> images;
  for (const std::string& text : texts) images.push_back(parse_image(text));
  return images;
}

EntropyConfig parse_entropy(const std::string& text) {
  if (text == "host") return {};
  try {
    std::size_t used = 0;
    const std::uint64_t seed = std::stoull(text, &used, 0);
    if (used == text.size() && text.find('-') == std::string::npos) return {seed};
  } catch (const std::logic_error&) {
    // The same as a number with something behind it.
  }
  throw OptionError(fmt::format("--rng-seed: '{}' is no seed; give a number, or host for numbers of the host's", text));
}

NetworkKind parse_network(const std::string& text) {
  if (text == "loopback") return NetworkKind::loopback;
  if (text == "user") return NetworkKind::user;
  throw OptionError(fmt::format("--net: '{}' is no network; give user or loopback", text));
}

/// "host", "2026-11-28" or "2026-11-28T09:30:00", of UTC: nanoseconds since 1970.
std::uint64_t parse_clock(const std::string& text) {
  if (text == "host") return models::GoldfishRtc::host_time();
  std::tm given{};
  const char* end = nullptr;
  for (const char* format : {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"}) {
    given = {};
    end = strptime(text.c_str(), format, &given);
    if (end != nullptr) break;
  }
  std::tm normal = given;
  const std::time_t seconds = timegm(&normal);
  // The 31st of April would be the 1st of May. The last year is that in which signed nanoseconds end.
  const bool is_date =
      end != nullptr && *end == '\0' && normal.tm_mday == given.tm_mday && normal.tm_sec == given.tm_sec;
  const bool is_in_range = given.tm_year >= kFirstYear - kTmYear && given.tm_year <= kLastYear - kTmYear;
  if (is_date && is_in_range) return static_cast<std::uint64_t>(seconds) * 1'000'000'000;
  throw OptionError(
      fmt::format("--rtc: '{}' is no time for the clock to begin at; give host, or a date of UTC from {} to {} such as "
                  "2026-11-28 or 2026-11-28T09:30:00",
                  text, kFirstYear, kLastYear));
}

}  // namespace

void DeviceOptions::add_to(CLI::App& command) {
  const std::string group_before = command.option_defaults()->get_group();
  command.option_defaults()->group("Devices");
  const auto add_images = [&](const char* option, std::vector<std::string>& images, const std::string& help) {
    command.add_option(option, images, help)->type_name("FILE[,ro]")->allow_extra_args(false);
  };
  add_images("--disk", disks_,
             "A disk on virtio-mmio: a raw image, a whole number of 512-byte sectors. Locked while in use; with ',ro' "
             "behind its name, or without the permission to write, read-only. May be repeated: vda, vdb...");
  add_images("--disk-pci", pci_disks_,
             "The same on the PCI bus, as a function whose registers the guest puts where it likes");
  add_images("--flash", flash_,
             fmt::format("Contents of a flash bank, exactly {} MiB: first of bank 0, given again of bank 1. What the "
                         "guest changes is written back at the end, all of it or nothing",
                         platforms::riscv_virt::kFlashBankSize >> 20));
  add_images("--pflash", started_flash_,
             "The same as --flash, and what bank 0 holds is what the firmware starts, as with QEMU's -pflash: --pflash "
             "code.fd,ro --pflash vars.fd for EDK2. With --bios none it is the firmware itself");
  command.add_option("--hvc", virtio_console_output_, "A virtio console, the guest's hvc0, that prints into this file")
      ->type_name("FILE");
  command
      .add_option("--rng-seed", entropy_,
                  "A virtio entropy device: a number from which its numbers follow, or 'host' for the host's")
      ->type_name("N|host");
  command
      .add_option(
          "--net", network_,
          "A virtio network device. user: a network of its own with a router, DHCP and a way out by this host's "
          "sockets; loopback: a wire that leads back, for tests of drivers")
      ->type_name("user|loopback");
  command.add_flag("--dma-test", dma_test_device_,
                   "A PCI function that copies memory by DMA, for tests of drivers and maps (docs/devices.md)");
  command
      .add_option("--rtc", clock_,
                  "What the clock says at first: a date of UTC, or 'host' for the host's time. Without it 2024-01-01")
      ->type_name("DATE|host");
  command.option_defaults()->group(group_before);
}

void DeviceOptions::parse_into(platforms::RiscvVirtConfig& config) const {
  config.disks = parse_images("--disk", disks_, kMaxVirtioDevices);
  config.pci_disks = parse_images("--disk-pci", pci_disks_, kMaxPciDisks);
  if (!flash_.empty() && !started_flash_.empty())
    throw OptionError("--flash: --pflash fills both banks too; give all images with one of the two");
  config.flash = starts_flash() ? parse_images("--pflash", started_flash_, platforms::riscv_virt::kFlashBanks)
                                : parse_images("--flash", flash_, platforms::riscv_virt::kFlashBanks);
  config.virtio_console = !virtio_console_output_.empty();
  if (!entropy_.empty()) config.entropy = parse_entropy(entropy_);
  if (!network_.empty()) config.network = parse_network(network_);
  config.dma_test_device = dma_test_device_;
  if (!clock_.empty()) config.clock_start = parse_clock(clock_);
  const std::size_t virtio_devices = config.disks.size() + (config.virtio_console ? 1 : 0) + (config.entropy ? 1 : 0) +
                                     (config.network != NetworkKind::none ? 1 : 0);
  if (virtio_devices > kMaxVirtioDevices)
    throw OptionError(
        fmt::format("--disk, --hvc, --rng-seed and --net make {} virtio-mmio devices; the machine has {} slots",
                    virtio_devices, kMaxVirtioDevices));
}

}  // namespace sc_memory::sim
