# packages.sh: what is needed to build, run and test, and how to get it. Sourced by run, test and bench.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

packages_build=(
  gcc meson ninja-build pkg-config gettext desktop-file-utils appstream libxml2-utils
  libglib2.0-dev libglib2.0-bin libgnutls28-dev nettle-dev libsoup-3.0-dev libsqlite3-dev
  libgtk-4-dev libadwaita-1-dev adwaita-icon-theme glib-networking
)
packages_test=(
  "${packages_build[@]}"
  python3 valgrind iproute2 dbus xvfb xauth at-spi2-core python3-gi gir1.2-atspi-2.0 gir1.2-gtk-4.0 x11-utils imagemagick
  fonts-cantarell librsvg2-common mandoc git bash-completion flatpak-builder gir1.2-gdkpixbuf-2.0
  transmission-daemon transmission-cli aria2 python3-libtorrent opentracker miniupnpd-nftables nftables
  binutils systemd openssl ca-certificates
)
# What the long form needs beside: libFuzzer, which is in the latter.
packages_fuzz=(clang libclang-rt-dev)
packages_coverage=(
  "${packages_build[@]}"
  python3 gcovr iproute2
)
packages_bench=(
  "${packages_build[@]}"
  python3 python3-libtorrent iproute2 util-linux iperf3 transmission-daemon aria2 rtorrent
)

say ()
{
  printf '%s\n' "$*" >&2
}

# Prints which of the named Debian packages are not installed.
missing_packages ()
{
  local package
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || printf '%s\n' "$package"
  done
}

name_for_others ()
{
  say "Please install a C compiler, Meson (1.0), Ninja, gettext, and the development files of:"
  say "  Fedora:   glib2-devel gnutls-devel nettle-devel libsoup3-devel sqlite-devel gtk4-devel libadwaita-devel glib-networking"
  say "  Arch:     glib2 gnutls nettle libsoup3 sqlite gtk4 libadwaita glib-networking"
  say "  openSUSE: glib2-devel libgnutls-devel libnettle-devel libsoup-devel sqlite3-devel gtk4-devel libadwaita-devel glib-networking"
}

# Installs what is missing through apt, or says what to install.
ensure_packages ()
{
  if ! command -v apt-get >/dev/null; then
    if ! command -v meson >/dev/null || ! pkg-config --exists glib-2.0 gtk4 libadwaita-1 libsoup-3.0 gnutls nettle sqlite3; then
      name_for_others
      return 1
    fi
    return 0
  fi

  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -eq 0 ] && return 0

  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      say "These packages are missing: ${missing[*]}"
      say "Please install them: apt-get install ${missing[*]}"
      return 1
    fi
    as_root=(sudo)
  fi
  say "Installing: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq >&2 || say "apt-get update failed; trying with the lists that are there"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}
