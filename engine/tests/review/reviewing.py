"""Reports with written answers, and the requests of a person's browser."""

import contextlib
import http.client
import json
import re

from reports import check, exercise, report

from assay.gradebook.records import Origin
from assay.gradebook.store import open_gradebook

__all__ = ["ORIGIN", "TOKEN", "Person", "hand_in", "scores"]

ORIGIN = Origin("/home/ta", ("class",), "/home/ta/course")
TOKEN = "a-secret"


def hand_in(path, student, *answers):
    """Store a report with these written answers."""
    parts = (exercise("2", "Noise", check("mean", points=3.0)),)
    with open_gradebook(path, create=True) as book:
        book.add(report(student, parts, assignment="basics", answers=answers), None, ORIGIN)


class Person:
    """The requests of a person's browser."""

    def __init__(self, server):
        self.server = server
        self.host = f"127.0.0.1:{server.server_port}"

    def ask(self, method, path, body=None, **headers):
        """Return the status, the headers and the body of the answer; a header that is None is left out."""
        sent = {"Host": self.host} | {name.replace("_", "-"): value for name, value in headers.items()}
        line = http.client.HTTPConnection("127.0.0.1", self.server.server_port, timeout=10)
        with contextlib.closing(line):
            line.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in sent.items():
                if value is not None:
                    line.putheader(name, value)
            line.endheaders(body)
            answer = line.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()

    def first(self):
        """Return the path that the address leads to."""
        return self.ask("GET", f"/{TOKEN}/")[1]["Location"]

    def state(self, path):
        """Return the hash of the text and the number of the score that a page shows."""
        page = self.ask("GET", path)[2]
        return {
            "about": re.search(r'data-about="(\w+)"', page)[1],
            "seen": int(re.search(r'data-seen="(\d+)"', page)[1]),
        }

    def send(self, path, body, **headers):
        """Send JSON as the page's script does."""
        content = json.dumps(body).encode() if isinstance(body, dict) else body
        origin = {"Origin": f"http://{self.host}", "Content_Type": "application/json"}
        return self.ask("POST", path, content, **({"Content_Length": str(len(content))} | origin | headers))

    def save(self, path, points, comment="", **state):
        """Save as a person who has just loaded the page, or with an older state; return the status and the outcome."""
        status, _, body = self.send(path, {"points": points, "comment": comment} | (state or self.state(path)))
        return status, json.loads(body)


def scores(path):
    """Return the points and comments that a gradebook keeps, the oldest first."""
    with open_gradebook(path) as book:
        return [(each.student, each.target, each.points, each.text) for each in book.decisions()]
