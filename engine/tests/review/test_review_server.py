"""The server shows its pages to the person who has the address, and a status without a body to everybody else."""

import socket

import pytest
from reviewing import TOKEN, scores

BODY = b'{"points": "1", "comment": "", "about": "", "seen": 0}'
LARGEST = 1_048_576


def test_the_address_leads_to_the_first_answer(person):
    status, headers, body = person.ask("GET", f"/{TOKEN}/")
    assert (status, body) == (303, "")
    status, headers, body = person.ask("GET", headers["Location"])
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "why not" in body


def test_localhost_is_this_machine_too(person):
    name = f"localhost:{person.server.server_port}"
    assert person.ask("GET", person.first(), Host=name, Origin=f"http://{name}")[0] == 200


@pytest.mark.parametrize(
    "path", ["/", f"/{TOKEN}", f"/{TOKEN[:-1]}/", f"/{TOKEN}x/", "//", f"/{TOKEN}/a/b", "/%C3%A9/", "*"]
)
def test_a_path_without_the_token_gets_nothing(person, path):
    assert person.ask("GET", path)[::2] == (404, "")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": None},
        {"Host": "127.0.0.1"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1:1"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_host_or_origin_gets_nothing(person, headers):
    path = person.first()
    assert person.ask("GET", path, **headers)[::2] == (404, "")
    assert person.send(path, BODY, **headers)[::2] == (404, "")


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "X"])
def test_another_method_gets_nothing(person, method):
    assert person.ask(method, person.first())[::2] == (404, "")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": None}, 404),
        ({"Content_Type": None}, 404),
        ({"Content_Type": "text/plain"}, 404),
        ({"Content_Length": None}, 411),
        ({"Content_Length": "-1"}, 411),
        ({"Content_Length": str(LARGEST + 1)}, 413),
        ({"Content_Length": "9" * 5000}, 413),
    ],
)
def test_only_a_small_request_of_the_page_itself_saves(person, grades, headers, status):
    assert person.send(person.first(), BODY, **headers)[::2] == (status, "")
    assert scores(grades) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"points=1", b"[" * 600_000, BODY.replace(b"}", b', "more": 1}'), BODY.replace(b'"1"', b"1"),
     BODY.replace(b'""', b'"\\ud800"', 1)],
    ids=["nothing", "no fields", "no JSON", "deep", "a field too many", "a number", "half a character"],
)  # fmt: skip
def test_anything_but_the_four_fields_is_refused(person, grades, body):
    assert person.send(person.first(), body)[::2] == (400, "")
    assert scores(grades) == []


def test_bytes_that_are_not_http_get_a_status_alone(person):
    for sent in (b"hello\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /" + b"a" * 70_000 + b"\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", person.server.server_port)) as line:
            line.sendall(sent)
            answer = b"".join(iter(lambda: line.recv(4096), b""))
        assert answer.partition(b"\r\n\r\n")[2] == b""


def test_every_answer_has_the_headers_of_a_private_page(person):
    path = person.first()
    for status, headers, _ in (person.ask("GET", path), person.ask("GET", "/"), person.ask("PUT", path)):
        assert headers["Cache-Control"] == "no-store", status
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Server"] == "assay"
        policy = headers["Content-Security-Policy"].split("; ")
        assert {"default-src 'none'", "frame-ancestors 'none'", "form-action 'none'", "base-uri 'none'"} <= set(policy)
        assert "unsafe" not in " ".join(policy)


def test_the_policy_of_the_header_is_that_of_the_page(person):
    _, headers, page = person.ask("GET", person.first())
    policy = headers["Content-Security-Policy"].removesuffix("; frame-ancestors 'none'")
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in page


def test_nothing_is_printed(person, capfd):
    person.ask("GET", person.first())
    person.ask("GET", "/other")
    assert capfd.readouterr() == ("", "")


def test_the_server_listens_on_loopback_alone(person):
    assert person.server.socket.getsockname()[0] == "127.0.0.1"
