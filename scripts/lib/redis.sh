# shellcheck shell=bash
# Private redis-servers for the length of a command. Sourced, after bootstrap.sh, by `run` and `with-redis`.
#
# The scripts `exec` the command, so that signals, standard input and the exit code are its own. Who then stops the server?
# A supervisor: the command inherits the open end of a pipe, and when the last process that holds it is gone — however it
# went, by `kill -9` too — the supervisor reads end-of-file and stops the server by its process id.

# redis_answers PORT: succeeds if a Redis on this machine answers PING there without a password.
redis_answers() (
    { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || exit 1
    printf 'PING\r\n' >&3
    IFS= read -r -t 2 reply <&3 && [[ $reply == +PONG* ]]
)

# redis_pid PORT: prints the process id of the server that listens there.
redis_pid() (
    { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || exit 1
    printf 'INFO server\r\n' >&3
    while IFS= read -r -t 2 line <&3; do
        case $line in
            process_id:*) printf '%s\n' "${line//[!0-9]/}" && exit 0 ;;
            -*) exit 1 ;;
        esac
    done
    exit 1
)

# redis_start DIRECTORY FIRST_PORT SETTING…: starts a server in that directory on the first free port and holds it for this
# process and what it executes. Sets redis_port. The directory then has redis.hold, redis.pid, redis.port and redis.log.
redis_start() {
    local directory=$1 port=$2 last=$(($2 + 200)) verdict
    shift 2
    rm -f "$directory"/redis.{hold,pid,port}
    mkfifo -m 600 "$directory/redis.hold"
    hold "$directory/redis.hold"
    while :; do
        # The settings given come last and so override ours. The log goes to standard output: a failed start is told there.
        : >"$directory/redis.log"
        rm -f "$directory/redis.pid"
        # Job control gives a background job its own process group: a Ctrl-C in the terminal is for the command alone.
        set -m
        supervise "$directory" "$$" "$held_fd" redis-server --bind 127.0.0.1 --port "$port" --dir "$directory" --daemonize no \
            --logfile '' --save '' --maxmemory-policy noeviction "$@" </dev/null >>"$directory/redis.log" 2>&1 &
        set +m
        verdict=0
        wait_until_ready "$directory" || verdict=$?
        ((verdict != 0)) || break
        if ! grep -i 'address already in use' "$directory/redis.log" >/dev/null || ((port >= last)); then
            cat "$directory/redis.log" >&2
            give_up "redis-server did not start (see above)"
        fi
        port=$((port + 1))
    done
    printf '%s\n' "$port" >"$directory/redis.port"
    redis_port=$port
}

# redis_join DIRECTORY: holds the server that another script started there, if it still runs. Sets redis_port.
redis_join() {
    local directory=$1
    [[ -p $directory/redis.hold && -s $directory/redis.port && -s $directory/redis.pid ]] || return 1
    hold "$directory/redis.hold"
    redis_port=$(<"$directory/redis.port")
    if [[ $(redis_pid "$redis_port") == "$(<"$directory/redis.pid")" && -p $directory/redis.hold ]]; then return 0; fi
    eval "exec $held_fd>&-"
    return 1
}

# redis_share DIRECTORY FIRST_PORT SETTING…: joins the server in that directory, or starts one. Never two on the same files:
# the supervisor and the server hold a lock until they are gone (macOS has no flock and goes without). Sets redis_port.
redis_share() {
    local directory=$1 tries lock_fd
    for ((tries = 0; tries < 300; tries++)); do
        ! redis_join "$directory" || return 0
        lock_fd=$(free_descriptor)
        eval "exec $lock_fd>>\"\$directory/redis.lock\""
        if ! command -v flock >/dev/null || flock -n "$lock_fd"; then
            redis_start "$@"
            eval "exec $lock_fd>&-"
            return 0
        fi
        eval "exec $lock_fd>&-"
        sleep 0.2 # another one is starting or ending there
    done
    give_up "the Redis in $directory neither starts nor ends; see redis.log there"
}

hold() {
    held_fd=$(free_descriptor)
    eval "exec $held_fd<>\"\$1\""
}

# One that nobody uses: a script within a script must not close its parent's.
free_descriptor() {
    local fd=20
    while [[ -e /dev/fd/$fd ]]; do fd=$((fd + 1)); done
    echo "$fd"
}

# A long append-only file takes its time to load; only a server that ended is a failure.
wait_until_ready() {
    local directory=$1
    until grep 'Ready to accept connections' "$directory/redis.log" >/dev/null; do
        # The supervisor notes the process id a moment after it started the server.
        [[ ! -s $directory/redis.pid ]] || kill -0 "$(<"$directory/redis.pid")" 2>/dev/null || return 1
        sleep 0.05
    done
}

# supervise DIRECTORY MAIN_PID HELD_FD COMMAND…: the server's parent, so that it knows for certain which process it ends.
supervise() {
    local directory=$1 main=$2 held=$3 server status tries
    shift 3
    set +e
    trap '' HUP # comes when the terminal goes, or when the command ends while the server is stopped
    exec 4<"$directory/redis.hold"
    eval "exec $held>&-"
    "$@" 4<&- &
    server=$!
    printf '%s\n' "$server" >"$directory/redis.pid"
    while kill -0 "$server" 2>/dev/null; do
        read -r -t 1 -u 4
        status=$?
        # Above 128 the second is over; otherwise the pipe's last holder is gone. Commands that close foreign descriptors
        # (sudo) are seen by their process id.
        ((status > 128)) || kill -0 "$main" 2>/dev/null || break
        ((status > 128)) || sleep 0.1
    done
    # A server that did not come up leaves the directory to redis_start, which reads the log and tries another port.
    if ! kill -0 "$server" 2>/dev/null && kill -0 "$main" 2>/dev/null; then
        [[ -e $directory/redis.port && $(cat "$directory/redis.pid") == "$server" ]] || exit
    fi
    rm -f "$directory"/redis.{hold,pid,port}
    # SIGTERM lets Redis write out its append-only file first; a stopped server needs the stronger one.
    ! kill -0 "$server" 2>/dev/null || kill -TERM "$server"
    for ((tries = 0; tries < 300; tries++)); do
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    ((tries < 300)) || kill -KILL "$server"
    # Left by `with-redis` in directories of its own making.
    if [[ -e $directory/.temporary ]]; then rm -rf "$directory"; fi
}
