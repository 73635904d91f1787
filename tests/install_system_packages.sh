#!/bin/sh
# Installs what the tests need from the system and do not find: a browser, a PostgreSQL server and nginx.
# With arguments it installs the Debian packages named.
set -eu

has() { command -v "$1" >/dev/null; }
has_browser() { has chromium-headless-shell || has chromium || has chromium-browser || has google-chrome; }
has_postgres() { has initdb || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }
has_nginx() { has nginx || [ -x /usr/sbin/nginx ]; }

if [ $# -eq 0 ]; then
  has_browser || set -- "$@" chromium-headless-shell
  has_postgres || set -- "$@" postgresql
  has_nginx || set -- "$@" nginx-light
fi
[ $# -gt 0 ] || exit 0

give_up() {
  echo "Install these by hand, with the system's package manager: $packages" >&2
  exit 1
}

packages=$*
as_root=
[ "$(id -u)" -eq 0 ] || as_root="sudo -n"
has apt-get || give_up
$as_root true 2>/dev/null || give_up
echo "Installing $packages" >&2
$as_root apt-get -qq update || give_up
install() { $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends "$@" >/dev/null; }
# Where there is no browser without windows, the whole one does as well.
# shellcheck disable=SC2046
install "$@" || install $(echo "$packages" | sed 's/chromium-headless-shell/chromium/') || give_up
