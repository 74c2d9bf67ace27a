"""A Redis cluster of three masters, and a master with a replica under a Sentinel: real servers, and the user that
docs/operating.md shows.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis
from redis.crc import key_slot

from storage.redis.keys import Keys
from storage.redis.rights import setuser
from tests.servers import RedisServer, Server, free_port, redis_program, wait_until

SLOTS = 16384
PASSWORD = "pool-keys-only"
NODE_SECONDS = 15
"""A node that is silent for so long counts as failed, and then the whole cluster refuses. Redis's default: a busy machine may let
one wait for seconds.
"""


class ClusterNode(RedisServer):
    """Its bus listens 10,000 ports above it."""

    def __init__(self) -> None:
        super().__init__()
        self.port = free_port_with_bus()

    def command(self) -> list[str]:
        return [*super().command(), "--cluster-enabled", "yes", "--cluster-node-timeout", str(NODE_SECONDS * 1000)]


class RedisCluster:
    """Three masters share the slots; nobody replicates them."""

    def __init__(self) -> None:
        self.nodes = [ClusterNode() for _ in range(3)]
        self._named: set[str] = set()

    def start(self) -> None:
        """Idempotent. Returns once every node finds the cluster in order."""
        fresh = not any(node.running for node in self.nodes)
        for node in self.nodes:
            node.start()
        if fresh:
            self._share_slots()
        wait_until(self.is_ok)

    def remove(self) -> None:
        for node in self.nodes:
            node.remove()

    def new_pool(self, pool: str = "main", *more: str) -> str:
        """The address of an empty cluster, for a user who may touch only the keys of that pool. `more`: rights of a test."""
        for node in self.nodes:
            with admin(node) as client:
                client.flushall()
                client.execute_command(*setuser(pool, name=pool, password=PASSWORD), *more)
        wait_until(self.is_ok)
        return f"redis+cluster://{pool}:{PASSWORD}@{','.join(f'127.0.0.1:{node.port}' for node in self.nodes)}"

    def is_ok(self) -> bool:
        return all(b"cluster_state:ok" in ask(node, "CLUSTER INFO") and self._sees_all(node) for node in self.nodes)

    def master_of(self, pool: str) -> ClusterNode:
        slot = slot_of(pool)
        ranges = ask(self.nodes[0], "CLUSTER SLOTS")
        port = next(master[1] for first, last, master, *_ in ranges if first <= slot <= last)
        return next(node for node in self.nodes if node.port == port)

    @contextmanager
    def moving(self, pool: str = "main") -> Iterator[None]:
        """To another master, as an operator reshards. Inside, half of the keys are here and half are there."""
        slot, source = slot_of(pool), self.master_of(pool)
        target = next(node for node in self.nodes if node is not source)
        ask(target, "CLUSTER SETSLOT", slot, "IMPORTING", ask(source, "CLUSTER MYID"))
        ask(source, "CLUSTER SETSLOT", slot, "MIGRATING", ask(target, "CLUSTER MYID"))
        move_keys(source, target, slot, ask(source, "CLUSTER COUNTKEYSINSLOT", slot) // 2)
        yield
        while left := ask(source, "CLUSTER COUNTKEYSINSLOT", slot):
            move_keys(source, target, slot, left)
        for node in (target, source, *self.nodes):
            ask(node, "CLUSTER SETSLOT", slot, "NODE", ask(target, "CLUSTER MYID"))

    def _share_slots(self) -> None:
        first = self.nodes[0]
        for number, node in enumerate(self.nodes):
            begin, end = number * SLOTS // 3, (number + 1) * SLOTS // 3 - 1
            ask(node, "CLUSTER SET-CONFIG-EPOCH", number + 1)
            ask(node, "CLUSTER ADDSLOTSRANGE", begin, end)
            ask(node, "CLUSTER MEET", "127.0.0.1", first.port)

    def _sees_all(self, node: ClusterNode) -> bool:
        covered = sum(last - first + 1 for first, last, *_ in ask(node, "CLUSTER SLOTS"))
        return covered == SLOTS


class Master(RedisServer):
    def command(self) -> list[str]:
        return [*super().command(), "--repl-diskless-sync-delay", "0"]


class Replica(Master):
    def __init__(self, master: Master) -> None:
        super().__init__(appendonly=True)
        self._master = master

    def command(self) -> list[str]:
        return [*super().command(), "--replicaof", f"127.0.0.1 {self._master.port}"]


class Sentinel(Server):
    """Watches a master, which it calls `house`, and has seen its replica."""

    name = "Sentinel"

    def __init__(self) -> None:
        super().__init__()
        self.master = Master(appendonly=True)
        self.replica = Replica(self.master)

    def start(self) -> None:
        for server in (self.master, self.replica):
            server.start()
        wait_until(lambda: b"master_link_status:up" in ask(self.replica, "INFO replication"))
        (self.folder / "sentinel.conf").write_text(
            f"port {self.port}\nbind 127.0.0.1\ndir {self.folder}\n"
            f"sentinel monitor house 127.0.0.1 {self.master.port} 1\n"
            "sentinel down-after-milliseconds house 500\nsentinel failover-timeout house 2000\n"
        )
        super().start()
        wait_until(self._may_promote)

    def remove(self) -> None:
        super().remove()
        for server in (self.replica, self.master):
            server.remove()

    def settle(self) -> None:
        """Returns once the replica has all that the master acknowledged. WAIT waits for what its own connection wrote."""
        with admin(self.master) as client:
            client.set("settled", 1)
            wait_until(lambda: client.wait(1, 100) == 1)

    def new_pool(self, pool: str = "main") -> str:
        for server in (self.master, self.replica):
            with admin(server) as client:
                client.execute_command(*setuser(pool, name=pool, password=PASSWORD))
        return f"redis+sentinel://{pool}:{PASSWORD}@127.0.0.1:{self.port}/house/0"

    def promote(self) -> None:
        """Change master and replica, at once; connections to the old master stay open."""
        ask(self, "SENTINEL FAILOVER", "house")
        wait_until(lambda: int(ask(self, "SENTINEL GET-MASTER-ADDR-BY-NAME", "house")[1]) == self.replica.port)
        ask(self.master, "REPLICAOF", "127.0.0.1", self.replica.port)

    def _may_promote(self) -> bool:
        replicas = ask(self, "SENTINEL REPLICAS", "house")
        return [(each[b"flags"], each[b"master-link-status"]) for each in replicas] == [(b"slave", b"ok")]

    def command(self) -> list[str]:
        return [str(redis_program()), str(self.folder / "sentinel.conf"), "--sentinel"]

    def answers(self) -> bool:
        try:
            return bool(ask(self, "PING"))
        except redis.exceptions.ConnectionError:
            return False


def slot_of(pool: str) -> int:
    return int(key_slot(Keys(pool).tag.encode()))


def move_keys(source: Server, target: Server, slot: int, count: int) -> None:
    keys = ask(source, "CLUSTER GETKEYSINSLOT", slot, count)
    ask(source, "MIGRATE", "127.0.0.1", target.port, "", 0, 5000, "KEYS", *keys)


def admin(server: Server) -> redis.Redis:
    return redis.Redis(port=server.port)


def ask(server: Server, command: str, *arguments: Any) -> Any:
    """The answer as it came."""
    with admin(server) as client, client.client() as connection:
        connection.response_callbacks.clear()
        return connection.execute_command(*command.split(), *arguments)


def free_port_with_bus() -> int:
    while True:
        port = free_port()
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port + 10_000))
            except (OSError, OverflowError):
                continue
            return port
