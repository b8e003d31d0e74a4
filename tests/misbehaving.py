"""Parsers gone wrong, for the child process to survive: they loop, allocate, abort, write files and open sockets."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
import time
from pathlib import Path


def loop() -> None:
    while True:
        pass


def sleep() -> None:
    time.sleep(600)


def allocate() -> int:
    return len(bytearray(4_000_000_000))


def abort() -> None:
    os.abort()


def open_socket() -> None:
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    except Exception as error:
        raise ValueError("a parser hides what happened") from error


def write_file(path: str) -> None:
    Path(path).write_text("left behind")


def temporary_file() -> str:
    with tempfile.NamedTemporaryFile(delete=False) as file:
        return file.name


def start_program() -> int:
    return os.system("true")


def print_much() -> str:
    sys.stdout.write("\0" * 100_000)
    return "printed"


def foreign_answer() -> object:
    return Path("/")


def environment() -> list[str]:
    return sorted(os.environ)


def process_number() -> int:
    return os.getpid()
