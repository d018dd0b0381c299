"""Writes down each connection this process opens, at the socket, whoever asked for it.

An audit hook sees every `connect` and `sendto` that goes through Python's socket module, below every HTTP
library and Twisted. It does not see what C libraries do by themselves: libpq's connections to PostgreSQL,
the resolver's questions to a name server, and programs that are not Python (test servers, shell scripts).

`EGRESS_RECORDS` names the folder; one file a process, one JSON line a connection, written before it is made.
What is started through `subprocess` is recorded as well, whatever environment it is given. The product knows
nothing of this: its guard and its engine's client are wrapped from outside when they are imported.
Only the standard library is imported, at the start of every process.
"""

import functools
import json
import os
import socket
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

VARIABLE = "EGRESS_RECORDS"
HERE = str(Path(__file__).resolve().parent)
PRODUCT = frozenset({"mappings", "harvesters", "dcat", "index", "search_api", "hubsearch"})
_EVENTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_BLINDING = frozenset({"-I", "-E", "-S"})
"""Options with which Python does not load this module."""
_SHOWN = 16
"""Innermost frames written with a connection."""

_passed: list[tuple[str, int]] = []
"""What the guard let pass and nobody has connected to yet."""
_let_through: "WeakKeyDictionary[socket.socket, tuple[str, int]]" = WeakKeyDictionary()
"""Sockets whose connection the guard let pass: Twisted calls connect again to see whether it is up."""
_configured: set[tuple[str, int]] = set()
"""Where the engine's client was told to go."""
_installed = False


def install_if_asked() -> None:
    """Record from now on if the environment says where to."""
    global _installed  # noqa: PLW0603 - an audit hook cannot be taken away again
    if _installed or not os.environ.get(VARIABLE):
        return
    _installed = True
    _hand_on()
    _watch_imports()
    sys.addaudithook(_heard)


def _heard(event: str, args: tuple[object, ...]) -> None:
    if event in _EVENTS and args[1] is not None and not _is_fork_server(args[1]):
        _note(event, args[0], args[1])


def _is_fork_server(address: object) -> bool:
    """Whether it is the socket file over which a program asks its own `multiprocessing` for a process."""
    path = Path(address) if isinstance(address, str) else Path()
    return path.name.startswith("listener-") and path.parent.name.startswith("pymp-")


def _note(event: str, connection: object, address: object) -> None:
    family = getattr(connection, "family", None)
    network = family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple)
    host, port = (str(address[0]).partition("%")[0], int(address[1])) if network else (str(address), 0)
    frames = list(_frames())
    written = {
        "what": event,
        "network": network,
        "host": host,
        "port": port,
        "passed": event == "socket.connect" and _was_let_pass(connection, (host, port)),
        "configured": not _configured.isdisjoint(_names(host, port)),
        "product": next((name for name, _, _ in frames if name.partition(".")[0] in PRODUCT), ""),
        "stack": [f"{name}:{line} {function}" for name, line, function in frames[:_SHOWN]],
    }
    write(written)


def _names(host: str, port: int) -> set[tuple[str, int]]:
    """The ways a setting may have named an address."""
    return {(host, port), ("localhost", port)} if host in ("127.0.0.1", "::1") else {(host, port)}


def write(written: dict[str, object]) -> None:
    """One line of this process's file; who wrote it is added."""
    about = {
        "process": " ".join(sys.orig_argv)[:300],
        "pid": os.getpid(),
        "role": _role(),
        "test": os.environ.get("PYTEST_CURRENT_TEST", ""),
    }
    path = Path(os.environ[VARIABLE], f"{os.getpid()}.jsonl")
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(about | written) + "\n")


def _was_let_pass(connection: object, place: tuple[str, int]) -> bool:
    if isinstance(connection, socket.socket) and _let_through.get(connection) == place:
        return True
    if place not in _passed:
        return False
    _passed.remove(place)
    if isinstance(connection, socket.socket):
        _let_through[connection] = place
    return True


def _frames() -> "list[tuple[str, int, str]]":
    """(module, line, function), innermost first, this module left out."""
    found = []
    frame = sys._getframe(2)
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name == "__main__" and (spec := frame.f_globals.get("__spec__")) is not None:
            name = spec.name
        if name != __name__:
            found.append((name, frame.f_lineno, frame.f_code.co_name))
        frame = frame.f_back
    return found


def _role() -> str:
    """`fetching` for a fetching child, `product` for hubsearch itself, else `other`: a test or its tools."""
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    name = spec.name if spec is not None else Path(getattr(sys, "argv", [""])[0]).name
    if name in ("harvesters.child", "harvesters.zygote"):
        return "fetching"
    return "product" if name.partition(".")[0] == "hubsearch" or _parent_is_product() else "other"


@functools.cache
def _parent_is_product() -> bool:
    """A process of multiprocessing is part of the program that started it."""
    if not any("multiprocessing" in word for word in sys.orig_argv):
        return False
    try:
        words = Path(f"/proc/{os.getppid()}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return b"hubsearch" in words or any(word.endswith(b"bin/hubsearch") for word in words)


def _hand_on() -> None:
    """Children get the variable and this folder, also where their environment is made from nothing."""
    begin = subprocess.Popen.__init__
    os.environ["PYTHONPATH"] = _with_this_folder(os.environ.get("PYTHONPATH", ""))

    @functools.wraps(begin)
    def started(self, args, *rest, **named):  # type: ignore[no-untyped-def]
        env = named.get("env")
        if env is not None:
            current = {
                name: os.environ[name] for name in (VARIABLE, "PYTEST_CURRENT_TEST") if name in os.environ
            }
            named["env"] = {**current, **env, "PYTHONPATH": _with_this_folder(env.get("PYTHONPATH", ""))}
        words = [os.fsdecode(word) for word in args] if isinstance(args, (list, tuple)) else []
        if words[:1] == [sys.executable] and _BLINDING.intersection(_options(words[1:])):
            write({"what": "blind", "host": " ".join(words)[:200], "port": 0, "stack": []})
        begin(self, args, *rest, **named)

    subprocess.Popen.__init__ = started  # type: ignore[method-assign]


def _options(words: list[str]) -> list[str]:
    """Python's own options: the words before the first that is none, `-c` and `-m` included."""
    found = []
    for word in words:
        if not word.startswith("-") or word in ("-c", "-m"):
            break
        found.append(word)
    return found


def _with_this_folder(path: str) -> str:
    folders = [folder for folder in path.split(os.pathsep) if folder]
    return os.pathsep.join(folders if HERE in folders else [HERE, *folders])


def _watch_imports() -> None:
    for name, wrap in _WRAPPED.items():
        if name in sys.modules:
            wrap(sys.modules[name])
    sys.meta_path.insert(0, _Importing())


class _Importing:
    """Finds the modules of `_WRAPPED` as everybody does, and wraps them once they are loaded."""

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        wrap = _WRAPPED.get(name)
        others = (finder for finder in sys.meta_path if finder is not self)
        found = (finder.find_spec(name, path, target) for finder in others) if wrap else ()
        spec = next((spec for spec in found if spec is not None), None)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def exec_module(module: object) -> None:
                load(module)
                wrap(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _wrap_guard(module: object) -> None:
    check = module.Egress.check  # type: ignore[attr-defined]

    @functools.wraps(check)
    def checked(self, host, port, address):  # type: ignore[no-untyped-def]
        check(self, host, port, address)
        _passed.append((address.partition("%")[0], port))

    module.Egress.check = checked  # type: ignore[attr-defined]


def _wrap_engine(module: object) -> None:
    begin = module.Cluster.__init__  # type: ignore[attr-defined]

    @functools.wraps(begin)
    def began(self, urls, access):  # type: ignore[no-untyped-def]
        begin(self, urls, access)
        for url in urls.split(","):
            parts = urlsplit(url.strip())
            _configured.add((parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)))

    module.Cluster.__init__ = began  # type: ignore[attr-defined]


_WRAPPED = {"harvesters.egress": _wrap_guard, "index.engines.elasticsearch.client": _wrap_engine}
