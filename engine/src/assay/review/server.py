"""The server on loopback: one person who has the address sees the pages, and nobody else sees anything."""

from __future__ import annotations

import hmac
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final

import msgspec

from assay.errors import AssayError
from assay.review.desk import Wanted
from assay.review.page import POLICY, sentence_page

if TYPE_CHECKING:
    from assay.review.desk import Desk

__all__ = ["Server"]

_LOOPBACK: Final = "127.0.0.1"
_MAX_BODY_BYTES: Final = 1_048_576
"""Of a request to save: a comment from a command line or a CSV file may have 131,072 characters, of up to six bytes."""

_HTML: Final = "text/html; charset=utf-8"
_JSON: Final = "application/json"
_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Server(ThreadingHTTPServer):
    """A server on 127.0.0.1 for the person who has the token.

    Args:
        desk: what it serves.
        token: the first part of every path.
        port: where it listens; 0 for any free port.

    Raises:
        OSError: the port cannot be used.
    """

    def __init__(self, desk: Desk, token: str, port: int) -> None:
        super().__init__((_LOOPBACK, port), _Handler)
        self.desk = desk
        self.token = token
        self.hosts = frozenset(f"{name}:{self.server_port}" for name in (_LOOPBACK, "localhost"))

    @property
    def address(self) -> str:
        """The address that a person opens."""
        return f"http://{_LOOPBACK}:{self.server_port}/{self.token}/"

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore browsers that hang up."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # it prints the address alone


class _Handler(BaseHTTPRequestHandler):
    """One request; every refusal is a status without a body."""

    server: Server
    timeout = 10  # seconds, for a client that sends nothing

    def do_GET(self) -> None:
        """Send an answer's page, or lead to the first one."""
        name = self._name(origin_needed=False)
        if name is None:
            return self._send(HTTPStatus.NOT_FOUND)
        if name:
            page = self.server.desk.page(name)
            return self._send_page(page) if page else self._lead_to("")
        try:
            first = self.server.desk.first()
        except AssayError as error:
            return self._send_page(sentence_page(str(error)))
        return self._lead_to(first)

    def do_POST(self) -> None:
        """Save points and a comment."""
        name = self._name(origin_needed=True)
        if not name or self.headers.get("Content-Type") != _JSON:
            return self._send(HTTPStatus.NOT_FOUND)
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdecimal()):
            return self._send(HTTPStatus.LENGTH_REQUIRED)
        if len(length) > len(str(_MAX_BODY_BYTES)) or int(length) > _MAX_BODY_BYTES:
            return self._send(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            wanted = msgspec.json.decode(self.rfile.read(int(length)), type=Wanted)
        except msgspec.MsgspecError:
            return self._send(HTTPStatus.BAD_REQUEST)
        outcome = self.server.desk.save(name, wanted)
        status = HTTPStatus.OK if outcome.saved else HTTPStatus.CONFLICT
        return self._send(status, msgspec.json.encode(outcome), {"Content-Type": _JSON})

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 - as Python calls it
        """Refuse a request that is not HTTP, or has another method."""
        self.close_connection = True
        self._send(HTTPStatus.NOT_FOUND if code == HTTPStatus.NOT_IMPLEMENTED else HTTPStatus(code))

    def version_string(self) -> str:
        """Return no version."""
        return "assay"

    def log_message(self, *arguments: object) -> None:
        """Write no log: it would hold the token."""

    def _name(self, *, origin_needed: bool) -> str | None:
        """Return the part of the path after the token; None if the request is not from the person's own page."""
        hosts = self.headers.get_all("Host", [])
        origins = self.headers.get_all("Origin", [])
        if len(hosts) != 1 or hosts[0] not in self.server.hosts:
            return None
        if origins != [f"http://{hosts[0]}"] and (origins or origin_needed):
            return None
        _, *parts = self.path.split("/")
        if len(parts) != 2 or not hmac.compare_digest(parts[0].encode(), self.server.token.encode()):  # noqa: PLR2004 - token and name
            return None
        return parts[1]

    def _lead_to(self, name: str) -> None:
        self._send(HTTPStatus.SEE_OTHER, b"", {"Location": f"/{self.server.token}/{name}"})

    def _send_page(self, page: bytes) -> None:
        self._send(HTTPStatus.OK, page, {"Content-Type": _HTML})

    def _send(self, status: HTTPStatus, body: bytes = b"", more: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (_HEADERS | (more or {}) | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
