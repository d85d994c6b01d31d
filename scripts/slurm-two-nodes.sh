#!/usr/bin/env bash
# A Slurm cluster of two nodes on this one machine, to try array jobs on. Needs root and Debian's packages,
# which it installs if they are missing.
#
#   scripts/slurm-two-nodes.sh start DIR     starts it; its files go to DIR
#   scripts/slurm-two-nodes.sh running DIR n2 NAME   process numbers of the programs called NAME that a node's jobs run
#   scripts/slurm-two-nodes.sh kill-node DIR n2   kills a node's daemon and what runs under it, as a crash would
#   scripts/slurm-two-nodes.sh start-node DIR n2  starts it again
#   scripts/slurm-two-nodes.sh stop DIR      ends what it started
#
# Afterwards `export SLURM_CONF=DIR/slurm.conf`, and sbatch, squeue and scontrol speak to it.
set -euo pipefail

action=${1:-}
dir=$(realpath -m "${2:?a folder}")
export SLURM_CONF=$dir/slurm.conf
export PATH=$PATH:/usr/sbin:/sbin

install_packages() {
    for program in slurmctld slurmd sbatch munged; do
        command -v "$program" > /dev/null || missing=1
    done
    if [ -z "${missing:-}" ]; then return; fi
    export DEBIAN_FRONTEND=noninteractive
    timeout 120 apt-get update -qq < /dev/null > /dev/null
    timeout 300 apt-get install -y -qq --no-install-recommends slurmctld slurmd slurm-client munge \
        < /dev/null > "$dir/apt.log" 2>&1 || { tail -20 "$dir/apt.log" >&2; exit 1; }
}

# munged checks that nobody else may write where its key and socket are.
start_munge() {
    install -d -m 755 -o munge -g munge "$dir/munge"
    head -c 1024 /dev/urandom > "$dir/munge/key"
    chown munge:munge "$dir/munge/key"
    chmod 400 "$dir/munge/key"
    setpriv --reuid munge --regid munge --clear-groups munged --key-file="$dir/munge/key" \
        --socket="$dir/munge/socket" --pid-file="$dir/munge/pid" --log-file="$dir/munge/log" \
        --seed-file="$dir/munge/seed" < /dev/null
}

write_conf() {
    local host
    host=$(hostname -s)
    cat > "$SLURM_CONF" << CONF
ClusterName=two
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort=17000
AuthType=auth/munge
AuthInfo=socket=$dir/munge/socket
CryptoType=crypto/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
ReturnToService=2
SlurmdTimeout=10
SlurmctldTimeout=10
KillWait=2
MinJobAge=300
SchedulerParameters=sched_interval=1,batch_sched_delay=0,sched_min_interval=0
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool-%n
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd-%n.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd-%n.log
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=17001 CPUs=1
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=17002 CPUs=1
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
CONF
}

start_node() {
    mkdir -p "$dir/spool-$1"
    slurmd -N "$1" -f "$SLURM_CONF" < /dev/null
}

diagnose() {
    echo "the cluster did not come up:" >&2
    timeout 5 sinfo >&2 || true
    for log in "$dir"/slurmctld.log "$dir"/slurmd-n*.log "$dir"/munge/log; do
        echo "--- $log" >&2
        tail -15 "$log" >&2 || true
    done
    exit 1
}

wait_for_nodes() {
    for _ in $(seq 60); do
        if [ "$(timeout 5 sinfo -h -N -o '%t' 2> /dev/null | grep -cE '^(idle|mix|alloc)$')" = "$1" ]; then return; fi
        sleep 0.5
    done
    diagnose
}

pid_of() {
    local pid
    pid=$(cat "$1" 2> /dev/null) || return 1
    [ -d "/proc/$pid" ] && echo "$pid"
}

# What runs on a node of this cluster knows the node's name and this configuration.
processes_of_node() {
    grep -lzx "SLURMD_NODENAME=$1" /proc/[0-9]*/environ 2> /dev/null \
        | xargs -r grep -lzx "SLURM_CONF=$SLURM_CONF" 2> /dev/null | cut -d/ -f3 || true
}

case $action in
    start)
        if [ "$(id -u)" != 0 ]; then
            echo "a cluster takes root to start" >&2
            exit 1
        fi
        mkdir -p "$dir/state"
        install_packages
        start_munge
        write_conf
        slurmctld -f "$SLURM_CONF" < /dev/null
        start_node n1
        start_node n2
        wait_for_nodes 2
        ;;
    kill-node)
        node=${3:?a node}
        if pid=$(pid_of "$dir/slurmd-$node.pid"); then kill -KILL "$pid"; fi
        for pid in $(processes_of_node "$node"); do kill -KILL "$pid" 2> /dev/null || true; done
        ;;
    running)
        for pid in $(processes_of_node "${3:?a node}"); do
            if [ "$(cat "/proc/$pid/comm" 2> /dev/null || true)" = "${4:?a program}" ]; then echo "$pid"; fi
        done
        ;;
    start-node)
        start_node "${3:?a node}"
        wait_for_nodes 2
        ;;
    stop)
        timeout 5 scancel --user=root 2> /dev/null || true
        for name in slurmd-n1 slurmd-n2 slurmctld munge/pid; do
            file=$dir/${name%.pid}.pid
            if [ "$name" = munge/pid ]; then file=$dir/munge/pid; fi
            if pid=$(pid_of "$file"); then
                kill "$pid" 2> /dev/null || true
                for _ in $(seq 20); do [ -d "/proc/$pid" ] || break; sleep 0.1; done
                kill -KILL "$pid" 2> /dev/null || true
            fi
        done
        for node in n1 n2; do
            for pid in $(processes_of_node "$node"); do kill -KILL "$pid" 2> /dev/null || true; done
        done
        ;;
    *)
        sed -n '2,12p' "$0"
        exit 2
        ;;
esac
