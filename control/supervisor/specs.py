"""Which processes this installation consists of, with the arguments and environment of each."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from control.child import FOLDER
from control.settings import constraints
from control.settings.loading import Loaded
from control.settings.variables import NAMES, ONE_MORE_TOKEN, PREFIX
from control.supervisor.spawn import Spec
from domain.errors import SettingsError
from domain.settings import Settings

CODE = Path(__file__).resolve().parents[2]
LOOPBACK = "127.0.0.1"
WORKER = "worker-"
PANEL = "panel"
OUTLIVES_SECONDS = 15 * 60.0
"""So long a panel goes on without a supervisor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The sandbox that this run starts in Telegram's place."""

    folder: Path
    tokens: tuple[str, ...]
    public_key: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    stages: Sequence[Sequence[Spec]]
    """In the order of their start."""
    worker: Callable[[int], Spec]
    """The worker of that number."""
    panel: Callable[[int], Spec]
    """The panel of that number."""


def wants_sandbox(loaded: Loaded, *, asked: bool) -> bool:
    """If not asked for, only if nothing real is configured. Raises `SettingsError` if Telegram could not be spoken to."""
    settings = loaded.settings
    if asked:
        if settings.telegram.server:
            server = constraints.name("telegram.server", loaded.origins)
            raise SettingsError(f"--sandbox and {server} name two servers; leave one out")
        return True
    if not constraints.is_real(settings):
        return True
    _telegram_knows_us(loaded)
    return False


def plan(loaded: Loaded, folder: Path, world: World | None) -> Plan:
    """Three stages: the sandbox, the workers, the panel."""
    settings = loaded.settings
    paths = [str(CODE), *filter(None, [os.environ.get("PYTHONPATH")])]
    common = {FOLDER: str(folder), "PYTHONPATH": os.pathsep.join(paths)}
    limit = settings.supervisor.memory_limit_mb
    environ = {**common, **(_pointed_at(world, settings) if world else {})}

    def worker(number: int) -> Spec:
        name = f"{WORKER}{number}"
        return Spec(name=name, module="control.worker", arguments=("--name", name), environ=environ, memory_limit_mb=limit)

    workers = [worker(number) for number in range(1, settings.cluster.workers + 1)]

    def panel(number: int) -> Spec:
        name = PANEL if number == 1 else f"{PANEL}-{number}"
        place = (settings.admin.host, settings.admin.port)
        own = ("--name", name)
        return Spec(
            name=name,
            module="control.panel",
            arguments=own,
            environ=environ,
            memory_limit_mb=limit,
            listens=place,
            outlives=OUTLIVES_SECONDS,
        )

    sandbox = [Spec(name="sandbox", module="control.sandbox", environ=common)] if world else []
    return Plan(stages=[stage for stage in (sandbox, workers, [panel(1)]) if stage], worker=worker, panel=panel)


def is_worker(name: str) -> bool:
    return kind_of(name) == "worker"


def is_panel(name: str) -> bool:
    return kind_of(name) == PANEL


def kind_of(name: str) -> str:
    """worker, panel or sandbox."""
    return name.partition("-")[0]


def number_of(name: str) -> int:
    """The first panel has no number in its name."""
    return int(name.partition("-")[2] or 1)


def ports_are_free(loaded: Loaded, *, sandbox: bool, panel: bool = True) -> None:
    """Raises `SettingsError` for the first port that another program listens on, and for a host that is not this machine.

    `panel`: whether the panel's port is wanted too.
    """
    settings = loaded.settings
    wanted = [("admin.port", settings.admin.host, settings.admin.port)] if panel else []
    if sandbox:
        wanted += [("sandbox.port", LOOPBACK, settings.sandbox.port), ("sandbox.http_port", LOOPBACK, settings.sandbox.http_port)]
    for setting, host, port in wanted:
        try:
            _listen_once(host, port)
        except OSError as error:
            foreign = isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL
            where = constraints.name("admin.host" if foreign else setting, loaded.origins)
            mend = "write an address of this machine" if foreign else "choose another port or end what uses it"
            reason = (error.strerror or str(error)).lower()
            raise SettingsError(f"{where}: {host}:{port} cannot be used ({reason}); {mend}") from error


def _listen_once(host: str, port: int) -> None:
    """Raises OSError if no program can listen there."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)


def sandbox_folder(settings: Settings) -> Path:
    return Path(settings.data) / "sandbox"


def _telegram_knows_us(loaded: Loaded) -> None:
    telegram = loaded.settings.telegram
    if telegram.server:
        _key_is_readable(Path(telegram.public_key), constraints.name("telegram.public_key", loaded.origins))
        return
    for setting in ("api_id", "api_hash"):
        if not getattr(telegram, setting):
            variable = f"TELEGRAM_{setting.upper()}"
            mend = "Telegram gives it at https://my.telegram.org; or add --sandbox to try without Telegram"
            raise SettingsError(f"{variable} (telegram.{setting}) is missing; {mend}")


def _key_is_readable(pem: Path, where: str) -> None:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem.read_bytes())
    except OSError as error:
        raise SettingsError(f"{where}: {pem} cannot be read ({error.strerror}); name the server's PEM file") from error
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPublicKey):
        raise SettingsError(f"{where}: {pem} holds no RSA public key in PEM format; name the server's PEM file")


def _pointed_at(world: World, settings: Settings) -> Mapping[str, str]:
    """Variables that point a worker at the sandbox and its bots. If the operator chose some of these bots, only at those.

    An empty variable hides the one of that name in `.env`.
    """
    named = settings.telegram.tokens
    tokens: Sequence[str] = named if set(named) & set(world.tokens) else world.tokens
    names = {
        "BOT_TOKENS": ",".join(tokens),
        "TELEGRAM_SERVER": f"{LOOPBACK}:{settings.sandbox.port}",
        "TELEGRAM_PUBLIC_KEY": str(world.public_key),
    }
    generic = {PREFIX + NAMES[name].upper().replace(".", "__"): "" for name in names}
    return {**names, ONE_MORE_TOKEN: "", **generic}
