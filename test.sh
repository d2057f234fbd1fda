#!/usr/bin/env bash
# All tests of Okite, on SQLite and PostgreSQL and in a real browser.
#
#   ./test.sh           everything
#   ./test.sh --race    the Go tests with the race detector (needs a C compiler; much slower)
#
# On Debian and its relatives it installs what is missing (PostgreSQL, Chromium, Japanese fonts); Go itself must be
# there. It starts a PostgreSQL of its own in a temporary directory and removes it at the end. A server of yours is
# used instead when TEST_POSTGRES names one that answers; its user must be allowed to create schemas.
#
# The last line counts tests: "N passed, M failed". The exit code is 0 only when M is 0.
set -uo pipefail
cd "$(dirname "$0")"
export LC_ALL=C.UTF-8
export GOFLAGS="${GOFLAGS:-} -buildvcs=false" # a checkout that git does not trust builds all the same
export CI=true # a test that would be left out for want of a server or a browser fails instead

race=()
for arg in "$@"; do
	case $arg in
	--race) race=(-race) ;;
	-h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p;}' "$0"; exit 0 ;;
	*) echo "test.sh: unknown option $arg" >&2; exit 2 ;;
	esac
done

say() { printf '\n== %s (%s s)\n' "$*" "$SECONDS"; }
die() { printf 'test.sh: %s\n' "$*" >&2; exit 2; }

[ -x /usr/local/go/bin/go ] && PATH=$PATH:/usr/local/go/bin
command -v go >/dev/null || die "Go is missing; version 1.26 or later is needed"

# ---- what must be there --------------------------------------------------------------------------------------

server() { # the newest directory with the programs of a PostgreSQL server
	local d found=
	for d in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V); do
		[ -x "$d/initdb" ] && [ -x "$d/postgres" ] && found=$d
	done
	if [ -z "$found" ] && d=$(command -v postgres); then found=$(dirname "$d"); fi
	[ -n "$found" ] && echo "$found"
}

browser() { command -v chromium || command -v chromium-browser || command -v google-chrome || command -v google-chrome-stable; }

fonts() {
	if command -v fc-list >/dev/null; then [ -n "$(fc-list :lang=ja 2>/dev/null)" ]; else ls /usr/share/fonts/opentype/noto/NotoSansCJK* >/dev/null 2>&1; fi
}

reachable() { # does TEST_POSTGRES answer?
	local psql
	psql=$(command -v psql || echo "$(server)/psql")
	PGCONNECT_TIMEOUT=5 "$psql" "$TEST_POSTGRES" -qAtc 'SELECT 1' >/dev/null 2>&1
}

say "tools"
missing=()
server >/dev/null || missing+=(postgresql)
browser >/dev/null || missing+=(chromium)
fonts || missing+=(fonts-noto-cjk)
if [ ${#race[@]} -gt 0 ] && ! command -v gcc >/dev/null; then missing+=(gcc libc6-dev); fi
if [ ${#missing[@]} -gt 0 ]; then
	echo "missing: ${missing[*]}"
	command -v apt-get >/dev/null || die "install ${missing[*]}: this machine has no apt-get to do it with"
	sudo=()
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null || die "install ${missing[*]}: that needs root or sudo"
		sudo=(sudo)
	fi
	log=$(mktemp)
	for try in 1 2 3; do # a mirror may be busy, and so may another apt-get
		"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 update >"$log" 2>&1 &&
			"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1 && break
		[ "$try" = 3 ] && { tail -n 30 "$log" >&2; die "install ${missing[*]}: apt-get did not succeed"; }
		sleep 5
	done
	rm -f "$log"
fi
for try in 1 2 3; do
	go mod download && break
	[ "$try" = 3 ] && die "fetch the Go modules"
	sleep 5
done
echo "$(go version); $("$(server)/postgres" --version); $("$(browser)" --version 2>/dev/null)"

# ---- a PostgreSQL of our own ---------------------------------------------------------------------------------

base=${TMPDIR:-/tmp}
[ "$(id -u)" = 0 ] && base=/tmp # where another user may reach the cluster
work=
as=() # initdb and postgres refuse to run as root

# stop ends the server in a directory and removes the directory.
stop() {
	[ -f "$1/data/postmaster.pid" ] && "${as[@]}" "$(server)/pg_ctl" -D "$1/data" -m immediate -w stop >/dev/null 2>&1
	rm -rf "$1"
}
trap '[ -n "$work" ] && stop "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

if [ "$(id -u)" = 0 ]; then
	for owner in postgres nobody; do
		if id "$owner" >/dev/null 2>&1; then break; fi
	done
	as=(setpriv --reuid "$(id -u "$owner")" --regid "$(id -g "$owner")" --clear-groups --)
fi
for old in "$base"/okite-test.*; do # what a run left behind that was killed
	[ -d "$old" ] && [ -O "$old" ] && [ -f "$old/run" ] && ! kill -0 "$(cat "$old/run")" 2>/dev/null && stop "$old"
done
work=$(mktemp -d "$base/okite-test.XXXXXX") || die "make a temporary directory"
echo $$ >"$work/run"

say "PostgreSQL"
if [ -n "${TEST_POSTGRES:-}" ] && reachable; then
	echo "using the server of TEST_POSTGRES"
else
	[ -n "${TEST_POSTGRES:-}" ] && echo "the server of TEST_POSTGRES does not answer; starting one"
	bin=$(server)
	mkdir "$work/data" "$work/socket"
	password=$(od -An -tx1 -N16 /dev/urandom | tr -d ' \n')
	printf '%s\n' "$password" >"$work/password"
	if [ "$(id -u)" = 0 ]; then
		chown -R "$(id -u "$owner"):$(id -g "$owner")" "$work/data" "$work/socket" "$work/password"
		chmod 711 "$work"
	fi
	chmod 700 "$work/data"
	chmod 600 "$work/password"
	# C.UTF-8 as on a server somebody set up by hand; Okite sorts by code point whatever the server does
	(cd / && "${as[@]}" "$bin/initdb" -D "$work/data" -U okite --auth=scram-sha-256 --pwfile="$work/password" -E UTF8 --locale=C.UTF-8) >"$work/initdb.log" 2>&1 ||
		{ cat "$work/initdb.log" >&2; die "make a PostgreSQL cluster"; }
	started=
	for try in 1 2 3 4 5 6 7 8 9 10; do
		port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue # somebody is there
		if (cd / && "${as[@]}" "$bin/pg_ctl" -D "$work/data" -w -t 60 -l "$work/data/server.log" start \
			-o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='$work/socket' -c max_connections=300 -c shared_buffers=256MB -c max_wal_size=2GB") >/dev/null 2>&1; then
			started=$port
			break
		fi
	done
	[ -n "$started" ] || { tail -n 20 "$work/data/server.log" >&2; die "start PostgreSQL"; }
	PGPASSWORD=$password "$bin/createdb" -h 127.0.0.1 -p "$started" -U okite okite || die "make the database of the tests"
	export TEST_POSTGRES="postgres://okite:$password@127.0.0.1:$started/okite"
	reachable || die "the PostgreSQL just started does not answer"
	echo "started on port $started"
fi

# ---- checks of the source ------------------------------------------------------------------------------------

broken=()
step() { # step NAME COMMAND…: runs it, remembers whether it held
	local name=$1
	shift
	say "$name"
	"$@" || { echo "$name: does not hold"; broken+=("$name"); }
}

folders=(cmd internal packs)
[ -d bench ] && folders+=(bench)

format() {
	local list
	list=$(gofmt -l "${folders[@]}") || return 1
	[ -z "$list" ] || { echo "not formatted:"; echo "$list"; return 1; }
}

# plain is a generated file without the folder it was generated from, which templ puts into the names of errors.
plain() { sed -E 's#FileName: `([^`]*/)?#FileName: `#' "$1" 2>/dev/null; }

# generated compares what is committed with what the generators make, in a copy: the tree itself is left alone.
generated() {
	mkdir "$work/tree" && cp -a go.mod go.sum cmd internal packs "$work/tree/" || return 1
	(cd "$work/tree" && go tool templ generate -path . >"$work/templ.log" 2>&1 && cd internal/web && go run okite/internal/tools/assets) ||
		{ cat "$work/templ.log"; return 1; }
	local differs=0
	while IFS= read -r f; do
		cmp -s <(plain "$f") <(plain "$work/tree/$f") || { echo "stale: $f (run: go generate ./internal/web)"; differs=1; }
	done < <(cd "$work/tree" && find . \( -name '*_templ.go' -o -path './internal/web/assets/dist/*' \) -type f)
	rm -rf "$work/tree"
	return $differs
}

vet() { go vet ./... && { [ ! -f bench/go.mod ] || (cd bench && go vet ./...); }; }

step "gofmt" format
step "go vet" vet
step "staticcheck" go tool staticcheck ./...
step "generated files" generated

# ---- tests ---------------------------------------------------------------------------------------------------

say "tests"
go build -o "$work/testcount" ./internal/tools/testcount || die "build the counter of tests"
{
	go test -json -p 2 -timeout 30m "${race[@]}" ./...
	if [ -f bench/go.mod ]; then (cd bench && go test -json -p 2 -timeout 30m ./...); fi
} 2>"$work/stderr" | "$work/testcount" "${broken[@]}"
code=${PIPESTATUS[1]}
if [ "$code" != 0 ] && [ -s "$work/stderr" ]; then tail -n 40 "$work/stderr" >&2; fi
exit "$code"
