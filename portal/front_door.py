"""The server's door, which closes before those who came in are asked to leave."""

import ctypes
import logging
import socket
import struct
import sys
import time
from typing import Any

from granian._granian import SocketHolder
from granian.server import MPServer

logger = logging.getLogger("portal.front_door")
SECONDS_TO_ASK = 0.5
"""For whoever has come in and said nothing yet, as a browser on a bad line does."""
SO_ATTACH_FILTER = 26
"""Linux's number, which Python does not name."""
NO_KNOCK = b"".join(
    struct.pack("HBBI", *instruction)
    for instruction in (
        (0x30, 0, 0, 13),  # of the TCP header, load the flags
        (0x54, 0, 0, 0x12),  # leave SYN and ACK of them
        (0x15, 0, 1, 0x02),  # only SYN, so somebody begins?
        (0x06, 0, 0, 0),  # then nothing of it passes,
        (0x06, 0, 0, 0xFFFF_FFFF),  # else all
    )
)
"""A packet filter in the words of Linux's socket(7)."""


class FrontDoor(MPServer):
    """Granian with doors that close while all within go on: one for each web process, and whoever comes is sent to any
    of them by the system. At one door for all, whichever process wakes first would let in nearly everybody.

    By itself Granian hangs up, when told to end, on whoever waits at a door or has not asked yet.
    """

    _doors: tuple[socket.socket, ...] = ()
    _shd: Any

    def _init_shared_socket(self) -> None:
        family = socket.AF_INET6 if ":" in self.bind_addr else socket.AF_INET
        address = (self.bind_addr, self.bind_port)
        self._doors = tuple(
            socket.create_server(address, family=family, backlog=self.backlog, reuse_port=True)
            for _ in range(self.workers)
        )
        for door in self._doors:  # whoever comes in by it has it too: no answer waits until its first half is confirmed
            door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._ssp = self._sso = None

    def _spawn_worker(self, idx: int, *args: Any, **kwargs: Any) -> Any:
        """The process of that number, at its own door; also one that comes after it has died."""
        holder: Any = SocketHolder
        self._shd = holder(self._doors[idx].fileno(), False, self.backlog)
        return super()._spawn_worker(idx, *args, **kwargs)

    def _drop_shared_socket(self) -> None:
        """Let go of the doors, in a process that opens them to nobody."""
        for door in self._doors:
            door.close()
        self._doors = ()

    leave = _drop_shared_socket

    def shutdown(self, exit_code: int = 0) -> None:
        """Let nobody in any more, hear those who are inside, then end."""
        self._close_doors()
        logger.info("the door is closed")
        time.sleep(SECONDS_TO_ASK)
        super().shutdown(exit_code)  # type: ignore[no-untyped-call]

    def _close_doors(self) -> None:
        """The system answers no knock any more; who has been let in by it is still served. Whoever knocks meanwhile
        knocks again a second later, and is told that there is no door.
        """
        if sys.platform != "linux":
            return
        program = ctypes.create_string_buffer(NO_KNOCK, len(NO_KNOCK))
        reader = struct.pack("HL", len(NO_KNOCK) // 8, ctypes.addressof(program))
        for door in self._doors:
            try:
                door.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, reader)
            except OSError as error:  # as in a sandbox that has no filters: the door closes when all leave
                logger.warning("the door stays open to the end", extra={"error": type(error).__name__})
