# For scripts that need what may be missing; they read this file (`.`).

# Says why nothing is tested, and ends.
skip() {
    echo "SKIPPED: $1" >&2
    exit 0
}

# Installs packages of Debian, as root.
install() {
    [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null || return 1
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@"; } \
        > /dev/null 2>&1
}
