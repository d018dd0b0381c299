"""What a hub's process asks its zygote, and what it is answered, over a pair of connected sockets.

A request is a four-byte length, with four descriptors, and that many bytes of JSON: the environment. The
answer is the process id in four bytes. When the process ends, how it did goes into the fourth descriptor.
"""

import json
import socket
import struct
from collections.abc import Mapping
from typing import NamedTuple

_LENGTH = struct.Struct("!I")
PROCESS_ID = struct.Struct("!i")
STATUS = struct.Struct("!i")
"""An exit status, or the negative number of the signal that ended the process."""


class Descriptors(NamedTuple):
    """A process's standard input, output and error, and where its end is told."""

    stdin: int
    stdout: int
    stderr: int
    end: int


def send(channel: socket.socket, descriptors: Descriptors, environment: Mapping[str, str]) -> None:
    """Ask for a process. Raises OSError when the zygote is no more."""
    body = json.dumps(dict(environment)).encode()
    socket.send_fds(channel, [_LENGTH.pack(len(body))], descriptors)
    channel.sendall(body)


def receive(channel: socket.socket) -> tuple[Descriptors, dict[str, str]] | None:
    """The next request; None when there is nobody who asks any more."""
    head, descriptors, _, _ = socket.recv_fds(channel, _LENGTH.size, len(Descriptors._fields))
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body = read(channel, length)
    return None if body is None else (Descriptors(*descriptors), json.loads(body))


def read(channel: socket.socket, length: int) -> bytes | None:
    """So many bytes; None when the other side is gone before."""
    body = bytearray()
    while len(body) < length:
        data = channel.recv(length - len(body))
        if not data:
            return None
        body += data
    return bytes(body)
