#!/usr/bin/env bash
# A PostgreSQL with the extension DocumentDB for the tests: MongoDB's semantics where no mongod can be had. Debian's
# packages are unpacked into a root of their own in a cache folder; nothing is installed on the machine.
#
#   engine.sh setup          downloads and prepares it (about 150 MB, unpacked 500; a minute); nothing to do when it is there
#   engine.sh start          starts one on a copy of the empty database; prints its folder and its connection string
#   engine.sh stop FOLDER    stops that one and deletes its data
#
# DEVFLOW_DOCUMENTDB_CACHE: the folder, by default devflow/documentdb in the user's cache. DEBIAN_MIRROR: where packages
# come from, by default where this machine's own do. Needs root (else sudo -n), for chroot.
set -euo pipefail
export LC_ALL=C

fail() {
  echo "DocumentDB: $*" >&2
  exit 1
}

cache=${DEVFLOW_DOCUMENTDB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/devflow/documentdb}
if [ "$(id -u)" != 0 ]; then
  sudo -n true 2>/dev/null || fail "needs root, and sudo asks for a password."
  exec sudo -n DEVFLOW_DOCUMENTDB_CACHE="$cache" DEBIAN_MIRROR="${DEBIAN_MIRROR:-}" "$0" "$@"
fi

# The first mirror of this machine's own sources, when none is named.
own_mirror() { apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1; }
mirror=${DEBIAN_MIRROR:-$(own_mirror || true)}
mirror=${mirror%/}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
root=$cache/root
user=61999

inside() { chroot --userspec="$user:$user" "$root" "$@"; }
pg() { # program of PostgreSQL, arguments
  local program=$1
  shift
  local at
  at=$(echo "$root"/usr/lib/postgresql/*/bin/"$program")
  inside "${at#"$root"}" "$@"
}

# Packages of a suite that is newer than this machine's, with a package manager's state of their own.
apt_prepare() { # suite
  suite=$1
  apt=$cache/apt
  rm -rf "$apt"
  mkdir -p "$apt"/lists/partial "$apt"/archives/partial
  : >"$apt/status"
  echo "deb [signed-by=$keyring] $mirror $suite main" >"$apt/sources.list"
  options=(
    -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o Dir::State::lists="$apt/lists" -o Dir::State::status="$apt/status"
    -o Dir::Cache="$apt" -o Dir::Cache::archives="$apt/archives"
    -o APT::Install-Recommends=false -o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::Retries=2
  )
  apt-get "${options[@]}" update -q >"$apt/log" 2>&1
}

download() {
  [ -n "$mirror" ] || fail "this machine names no mirror of Debian's packages; name one with DEBIAN_MIRROR."
  [ -r "$keyring" ] || fail "this machine does not know Debian's keys ($keyring)."
  local package=
  for suite in sid forky; do
    if apt_prepare "$suite"; then
      # Whichever version of PostgreSQL it is built for by now.
      package=$(apt-cache "${options[@]}" pkgnames postgresql- | grep -E '^postgresql-[0-9]+-documentdb$' | sort -V | tail -n 1) || package=
      [ -z "$package" ] || break
    fi
  done
  [ -n "$package" ] || fail "no package postgresql-*-documentdb at $mirror in sid and forky: $(grep -m 1 -E '^(Err|E|W):' "$apt/log" || echo "not there any more")"
  apt-get "${options[@]}" install -y -q --download-only "$package" dash >"$apt/log" 2>&1 ||
    fail "could not download $package: $(tail -n 1 "$apt/log")"
}

unpack() {
  rm -rf "$root"
  mkdir -p "$root"/usr/{bin,lib,sbin,lib64} "$root"/{dev,etc,runs,tmp}
  local folder deb
  for folder in bin lib sbin lib64; do ln -s "usr/$folder" "$root/$folder"; done
  for deb in "$apt"/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root" --keep-directory-symlink ||
      fail "could not unpack $(basename "$deb")."
  done
  rm -rf "$apt" "$root"/usr/share/{doc,man,locale,perl,python3} "$root"/usr/lib/postgresql/*/lib/{bitcode,llvmjit*}
  rm -f "$root"/usr/lib/*/libLLVM*
  [ -e "$root/bin/sh" ] || ln -s dash "$root/usr/bin/sh"
  mknod -m 666 "$root/dev/null" c 1 3
  mknod -m 666 "$root/dev/urandom" c 1 9
  echo "127.0.0.1 localhost" >"$root/etc/hosts"
  echo "postgres:x:$user:$user::/:/bin/sh" >"$root/etc/passwd"
  echo "postgres:x:$user:" >"$root/etc/group"
  chmod 1777 "$root/tmp"
  chown "$user:$user" "$root/runs"
  # The extension asks for it by the name without a version, which only a maintainer script makes.
  local extensions
  extensions=$(echo "$root"/usr/share/postgresql/*/extension)
  [ -e "$extensions/postgis.control" ] || cp "$extensions/postgis-3.control" "$extensions/postgis.control"
}

# Nothing of it is worth keeping, so nothing is waited for.
configure() { # data folder
  cat >>"$1/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '/tmp'
max_connections = 200
fsync = off
synchronous_commit = off
full_page_writes = off
shared_memory_type = mmap
dynamic_shared_memory_type = mmap
shared_preload_libraries = 'pg_cron,pg_documentdb_core,pg_documentdb'
cron.database_name = 'postgres'
CONF
}

free_port() {
  local port
  for port in $(shuf -n 50 -i 20000-32000); do
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port" && return; }
  done
  fail "no free port."
}

run() { # data folder as seen inside, port
  pg pg_ctl start -D "$1" -w -t 60 -l "$1/log" -o "-p $2" >/dev/null 2>&1 ||
    fail "PostgreSQL did not start: $(tail -n 3 "$root$1/log" 2>/dev/null | tr '\n' ' ')"
}

halt() { # data folder as seen inside
  pg pg_ctl stop -D "$1" -w -m immediate >/dev/null 2>&1 || true
}

setup() {
  mkdir -p "$cache"
  exec 9>"$cache/lock"
  flock 9
  [ ! -e "$cache/ready" ] || return 0
  download
  unpack
  local port
  port=$(free_port)
  pg initdb -D /runs/empty -A trust -U postgres -E UTF8 --wal-segsize=4 >"$cache/log" 2>&1 || fail "initdb: $(tail -n 1 "$cache/log")"
  configure "$root/runs/empty"
  run /runs/empty "$port"
  if ! pg psql -h 127.0.0.1 -p "$port" -U postgres -qc 'CREATE EXTENSION documentdb CASCADE' >"$cache/log" 2>&1; then
    halt /runs/empty
    fail "CREATE EXTENSION documentdb: $(tail -n 1 "$cache/log")"
  fi
  pg pg_ctl stop -D /runs/empty -w -m fast >/dev/null
  rm -f "$root/runs/empty/log"
  touch "$cache/ready"
}

start() {
  setup >&2
  # Else the server, which inherits it, would keep the lock, and with it every other start, for as long as it lives.
  exec 9>&-
  local old pid data port
  # What earlier runs left behind when they were killed.
  for old in "$root"/runs/run.*; do
    [ -d "$old" ] || continue
    pid=$(head -n 1 "$old/postmaster.pid" 2>/dev/null || true)
    { [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; } || [ -n "$(find "$old" -maxdepth 0 -mmin -5)" ] || rm -rf "$old"
  done
  data=/runs/run.$$
  cp -a "$root/runs/empty" "$root$data"
  port=$(free_port)
  run "$data" "$port"
  echo "$data Host=127.0.0.1;Port=$port;Username=postgres;Database=postgres"
}

stop() {
  case $1 in /runs/run.*) ;; *) fail "not one of mine: $1" ;; esac
  halt "$1"
  rm -rf "${root:?}$1"
}

case ${1:-} in
  setup) setup ;;
  start) start ;;
  stop) stop "${2:?the folder that start printed}" ;;
  *) sed -n '2,/^set/p' "$0" | sed -e '/^set/d' -e 's/^# \{0,1\}//' ;;
esac
