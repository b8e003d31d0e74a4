"""Run a function in a child process with limits: memory, processor time, wall-clock time, no network, no files written.

The child is a fresh interpreter, used for many calls and thrown away after a failure. It answers by pickle; only plain
values and the classes of the modules named as trusted are ever built from its answer.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import pickle
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from importlib import import_module
from types import TracebackType
from typing import IO, Any, NoReturn

from lims.errors import LimsError
from lims.marks import N_

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 20
WALL_SECONDS = 60.0
MAX_ANSWER_BYTES = 256 * 1024 * 1024
TRUSTED = ("instruments.contract", "instruments.registry")

_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); sys.dont_write_bytecode = True; from lims.sandbox import serve; serve()"
_LENGTH = struct.Struct("!Q")
_SENTENCES = {
    "timeout": N_("Reading the file took longer than %(limit)s and was stopped. Nothing was taken."),
    "cpu": N_("Reading the file needed more computing time than allowed (%(limit)s) and was stopped. Nothing was taken."),
    "memory": N_("Reading the file needed more memory than allowed (%(limit)s) and was stopped. Nothing was taken."),
    "forbidden": N_("Reading the file tried something that is not allowed (%(limit)s) and was stopped. Nothing was taken."),
    "crashed": N_("Reading the file broke down (%(limit)s). Nothing was taken; report this file."),
}


class SandboxFailure(LimsError):
    """The child gave no answer. ``reason`` is timeout, cpu, memory, forbidden or crashed."""

    status = 422

    def __init__(self, reason: str, limit: str) -> None:
        super().__init__(f"sandbox.{reason}", _SENTENCES[reason], limit=limit)
        self.reason = reason


class Sandbox:
    """One child process; calls are served one after the other, from any thread."""

    def __init__(
        self, memory_bytes: int = MEMORY_BYTES, cpu_seconds: int = CPU_SECONDS, wall_seconds: float = WALL_SECONDS,
        trusted: tuple[str, ...] = TRUSTED,
    ) -> None:
        self.memory_bytes, self.cpu_seconds, self.wall_seconds, self.trusted = memory_bytes, cpu_seconds, wall_seconds, trusted
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def run(self, function: str, *args: object, **kwargs: object) -> Any:
        """Call ``module:function`` in the child: its value comes back, a trusted exception is raised again, all else is SandboxFailure."""
        with self._lock:
            child = self._ready()
            try:
                self._send(child, (function, args, kwargs))
                kind, answer = self._receive(child)
            except BaseException:
                self._stop()
                raise
            if kind != "value" and kind != "raised":
                self._stop()
                raise SandboxFailure(kind, str(answer))
        if kind == "raised":
            raise answer
        return answer

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._stop()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self._stop()
        limits = {"memory": self.memory_bytes, "cpu": self.cpu_seconds, "trusted": self.trusted}
        self._child = subprocess.Popen(
            [sys.executable, "-c", _START, json.dumps(sys.path), json.dumps(limits)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, close_fds=True, env=_environment(),
        )
        return self._child

    def _send(self, child: subprocess.Popen[bytes], call: object) -> None:
        message = pickle.dumps(call)
        stream = _pipe(child.stdin)
        try:
            stream.write(_LENGTH.pack(len(message)) + message)
            stream.flush()
        except (BrokenPipeError, OSError):
            self._fail(child)

    def _receive(self, child: subprocess.Popen[bytes]) -> tuple[str, Any]:
        deadline = time.monotonic() + self.wall_seconds
        (length,) = _LENGTH.unpack(self._read(child, _LENGTH.size, deadline))
        if length > MAX_ANSWER_BYTES:
            raise SandboxFailure("memory", f"{MAX_ANSWER_BYTES} bytes")
        kind, answer = _Plain(self._read(child, length, deadline), self.trusted).load()
        return str(kind), answer

    def _read(self, child: subprocess.Popen[bytes], size: int, deadline: float) -> bytes:
        descriptor = _pipe(child.stdout).fileno()
        parts: list[bytes] = []
        while size:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([descriptor], [], [], left)[0]:
                raise SandboxFailure("timeout", f"{self.wall_seconds:g} s")
            part = os.read(descriptor, min(size, 1 << 20))
            if not part:
                self._fail(child)
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _fail(self, child: subprocess.Popen[bytes]) -> NoReturn:
        """The pipe is closed: name the reason by how the child ended."""
        try:
            code = child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            code = 0
        if code == -signal.SIGXCPU:
            raise SandboxFailure("cpu", f"{self.cpu_seconds} s")
        raise SandboxFailure("crashed", signal.Signals(-code).name if code < 0 else f"exit {code}")

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()


def run(function: str, *args: object, **kwargs: object) -> Any:
    """Call ``module:function`` once, in a child of its own."""
    with Sandbox() as sandbox:
        return sandbox.run(function, *args, **kwargs)


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise RuntimeError("the child was started without pipes")
    return stream


def _environment() -> dict[str, str]:
    """Only what an interpreter needs: no settings, addresses or secrets of the server."""
    kept = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if name in kept} | {"PYTHONIOENCODING": "utf-8", "MALLOC_ARENA_MAX": "1"}


class _Plain(pickle.Unpickler):
    """Builds plain values and the classes of trusted modules; a pickle that names anything else is a broken child."""

    def __init__(self, message: bytes, trusted: tuple[str, ...]) -> None:
        super().__init__(io.BytesIO(message))
        self._trusted = trusted

    def find_class(self, module: str, name: str) -> Any:
        found = getattr(import_module(module), name, None) if module in self._trusted and "." not in name else None
        if found is None or getattr(found, "__module__", None) != module:
            raise SandboxFailure("forbidden", f"{module}.{name}")
        return found


# ---- in the child ----


class _Forbidden(BaseException):
    """Not an Exception, so that no parser's own handler hides it."""


def serve() -> None:
    """Answer calls from standard input until it closes."""
    limits = json.loads(sys.argv[2])
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a parser prints does not disturb the answers
    _limit(limits)
    sys.addaudithook(_guard)
    while header := requests.read(_LENGTH.size):
        name, args, kwargs = pickle.loads(requests.read(_LENGTH.unpack(header)[0]))
        message = _answer(name, args, kwargs, limits)
        answers.write(_LENGTH.pack(len(message)) + message)
        answers.flush()


def _answer(name: str, args: tuple[Any, ...], kwargs: dict[str, Any], limits: dict[str, Any]) -> bytes:
    try:
        _allow_cpu(limits["cpu"])
        module, _, function = name.partition(":")
        call: Callable[..., Any] = getattr(import_module(module), function)
        return pickle.dumps(("value", call(*args, **kwargs)))
    except _Forbidden as error:
        return pickle.dumps(("forbidden", str(error)))
    except MemoryError:
        return pickle.dumps(("memory", f"{limits['memory'] // 1024 // 1024} MB"))
    except BaseException as error:  # noqa: BLE001 - the child must answer whatever happened
        if type(error).__module__ in limits["trusted"]:
            return pickle.dumps(("raised", error))
        return pickle.dumps(("crashed", type(error).__name__))


def _limit(limits: dict[str, Any]) -> None:
    """Memory, core dumps and file sizes by the system; a network of its own where that is permitted."""
    try:
        import resource
    except ImportError:  # Windows: time limits and the guard remain
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    _leave_the_network()


def _leave_the_network() -> None:
    import ctypes

    new_user, new_network = 0x10000000, 0x40000000
    try:
        libc = ctypes.CDLL(None)
        if libc.unshare(new_network):
            libc.unshare(new_user | new_network)
    except (OSError, AttributeError):
        return


def _allow_cpu(seconds: int) -> None:
    """The limit counts from the start of the process: move it up by what the earlier calls used."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime) + seconds, hard))


_FORBIDDEN = (
    "socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.fork", "os.kill", "ctypes.dlopen", "tempfile.",
    "shutil.", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def _guard(event: str, args: tuple[Any, ...]) -> None:
    if event == "open":
        mode, flags = args[1], args[2]
        if (isinstance(mode, str) and set(mode) & set("wax+")) or (isinstance(flags, int) and flags & _WRITING):
            raise _Forbidden("open for writing")
    elif event.startswith(_FORBIDDEN):
        raise _Forbidden(event)
