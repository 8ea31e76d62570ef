# Which Redis to use, and a private one where none suits. Sourced after lib.sh.
#   redis_has_search_and_json HOST PORT   one answers and has both modules
#   free_port                             a port that nobody listens on
#   start_redis PORT FOLDER [ARGS]        sets redis_pid, waits until it answers
#   stop_redis                            ends what start_redis started
#   end_process PID                       ends any process, patiently
#   choose_redis                          the configured one, or the private one that keeps its data
# shellcheck shell=bash

redis_pid=
private_redis_ports="6390 6391 6392 6393 6394 6395"

# redis_says HOST PORT COMMAND: the raw reply, over bash's own sockets, so that asking needs no
# redis-cli. Empty when nothing answers within three seconds.
redis_says() {
    # shellcheck disable=SC2016
    timeout 3 bash -c 'exec 3<>"/dev/tcp/$0/$1" && printf "%s\r\nQUIT\r\n" "$2" >&3 && tr -d "\r" <&3' \
        "$1" "$2" "$3" 2>/dev/null || true
}

redis_has_search_and_json() {
    local modules
    modules=$(redis_says "$1" "$2" "MODULE LIST")
    grep -qx search <<<"$modules" && grep -qx ReJSON <<<"$modules"
}

# False too while a large append-only file is being loaded.
redis_is_ready() { [ "$(redis_says "$1" "$2" "PING" | head -n 1)" = +PONG ]; }

port_is_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        port_is_open "$port" || break
    done
    echo "$port"
}

start_redis() {
    local port=$1 folder=$2 log=$2/redis.log waited=0
    shift 2
    mkdir -p "$folder"
    "$ROOT/scripts/redis-server.sh" --bind 127.0.0.1 --port "$port" --dir "$folder" --save "" \
        --logfile "$log" "$@" >&2 9>&- &
    redis_pid=$!
    until redis_is_ready 127.0.0.1 "$port"; do
        if ! kill -0 "$redis_pid" 2>/dev/null; then
            tail -n 5 "$log" >&2 || true
            die "the private Redis did not start on port $port: see ${log#"$ROOT"/}"
        fi
        [ $waited -lt 600 ] || die "the private Redis on port $port was not ready within a minute: see ${log#"$ROOT"/}"
        waited=$((waited + 1))
        sleep 0.1
    done
}

# end_process PID: asks it to end, and after ten seconds makes it.
end_process() {
    local pid=$1 waited=0
    [ -n "$pid" ] || return 0
    kill -TERM "$pid" 2>/dev/null || return 0
    while kill -0 "$pid" 2>/dev/null; do
        [ $waited -lt 200 ] || kill -KILL "$pid" 2>/dev/null || true
        waited=$((waited + 1))
        sleep 0.05
    done
}

# Ends the Redis that start_redis started or choose_redis adopted, and waits until its data is on disk.
stop_redis() {
    end_process "$redis_pid"
    redis_pid=
}

# The server that keeps its data in FOLDER, if it answers on PORT: prints its process id.
redis_of_folder() {
    local port=$1 folder=$2
    redis_says 127.0.0.1 "$port" "CONFIG GET dir" | grep -qxF "$folder" || return 1
    redis_says 127.0.0.1 "$port" "INFO server" | sed -n 's/^process_id://p'
}

# A Redis whose starter is gone (its terminal was closed, say) is ours again; one whose starter
# lives is shared and left running.
adopt_or_share() {
    local pid=$1 owner_file=$2 owner
    owner=$(cat "$owner_file" 2>/dev/null || true)
    if [ -n "$owner" ] && kill -0 "$owner" 2>/dev/null; then return; fi
    redis_pid=$pid
    echo $$ >"$owner_file"
}

use_private_redis() {
    local folder=$PARTS/redis-data port pid
    for port in $private_redis_ports; do
        if pid=$(redis_of_folder "$port" "$folder") && [ -n "$pid" ]; then
            step "using the private Redis that already runs on port $port"
            adopt_or_share "$pid" "$folder/owner"
            break
        fi
        if ! port_is_open "$port"; then
            step "starting a private Redis on port $port (data in ${folder#"$ROOT"/})"
            start_redis "$port" "$folder" --appendonly yes
            echo $$ >"$folder/owner"
            break
        fi
        port=
    done
    [ -n "$port" ] || die "no free port for a private Redis among $private_redis_ports: stop one of their users and repeat"
    unset AGENT_MEMORY_REDIS_URL
    export AGENT_MEMORY_REDIS_HOST=127.0.0.1 AGENT_MEMORY_REDIS_PORT=$port
}

# configured_redis: prints "HOST PORT", or nothing for an address that only the server can check
# (with a password or TLS).
configured_redis() {
    local url=${AGENT_MEMORY_REDIS_URL:-} address
    if [ -z "$url" ]; then
        echo "${AGENT_MEMORY_REDIS_HOST:-localhost} ${AGENT_MEMORY_REDIS_PORT:-6379}"
        return
    fi
    case $url in rediss://* | *@*) return ;; esac
    address=${url#redis://}
    address=${address%%[/?]*}
    case $address in *:*) echo "${address%:*} ${address##*:}" ;; *) echo "$address 6379" ;; esac
}

# choose_redis SERVER_FLAG...: a --redis-* flag is the caller's own choice and stands.
choose_redis() {
    local host port
    case " $* " in *" --redis-"*) return ;; esac
    read -r host port < <(configured_redis) || true
    if [ -z "${host:-}" ]; then return; fi
    if redis_has_search_and_json "$host" "$port"; then
        step "using the Redis at $host:$port"
        return
    fi
    note "no Redis with Search and JSON answers at $host:$port"
    use_private_redis
}
