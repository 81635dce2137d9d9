"""The process that reads submissions for a comparison, with limits on each; none of their code is executed.

Started as `python -m assay.similarity SOCKET MEMORY SECONDS`; it ends when the command closes the socket.
"""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING

import copydetect
import msgspec
import numpy as np

from assay.content import Unreadable, text_of
from assay.similarity.messages import MAX_FRAME_BYTES, Code, Refusal, Source
from assay.similarity.reading import PASSAGE
from assay.wire.limited_process import answer_requests

if TYPE_CHECKING:
    import socket

    from assay.similarity.messages import Reply

_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t].*$", re.MULTILINE)

_decode = msgspec.msgpack.Decoder(Source).decode
_encode = msgspec.msgpack.Encoder().encode


def _reply(_: socket.socket, data: bytes) -> bytes:
    return _encode(_read(_decode(data)))


def _read(source: Source) -> Reply:
    try:
        text = text_of(source.data).text
        if source.kind == "notebook":
            cells = json.loads(text)["cells"]
            text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    except Unreadable as error:
        return Refusal(str(error))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Refusal("it cannot be read as a notebook")
    # JSON may hold halves of surrogate pairs, which no message can.
    return _code(io.StringIO(text.encode("utf-8", "replace").decode(), newline=None).read())


def _code(text: str) -> Code:
    # The lexer drops newlines around the code, so that its places would be others. Everybody imports the same.
    stripped = _IMPORT.sub("", text).strip("\n")
    above = _IMPORT.sub("", text).find(stripped) if stripped else 0
    # A window of 1 keeps every passage: then the result does not depend on the hashes' order.
    found = copydetect.CodeFingerprint("code.py", PASSAGE, 1, language="python", fp=io.StringIO(stripped))
    fingerprints = {place: value for value, places in found.hash_idx.items() for place in places}
    characters = np.arange(len(found.filtered_code))
    if len(found.offsets):
        # The library's offset at a class name is that name's length alone; offsets never decrease.
        offsets = np.maximum.accumulate(found.offsets[:, 1])
        nearest = np.searchsorted(found.offsets[:, 0], characters)
        characters += offsets[np.clip(nearest, 0, len(offsets) - 1)]
    newlines = [place for place, character in enumerate(stripped) if character == "\n"]
    lines = np.searchsorted(newlines, characters) + above
    return Code(text, tuple(int(fingerprints[place]) for place in sorted(fingerprints)), tuple(lines.tolist()))


if __name__ == "__main__":
    answer_requests(_reply, MAX_FRAME_BYTES)
