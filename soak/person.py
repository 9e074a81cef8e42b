"""A person at a browser, as far as these trials need one: pages, forms, cookies, nothing of ours inside the program."""

import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import Message
from http.cookiejar import CookieJar
from typing import IO, Any
from urllib.parse import urlencode

TIMEOUT_SECONDS = 30


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer of its own here: 303 says that it was done."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Answer:
    """Status (0 when nobody answered), text and where it leads."""

    status: int
    text: str = ""
    location: str = ""


class Person:
    """Somebody signed in at `url`."""

    def __init__(self, url: str, sign_in: dict[str, Any]) -> None:
        self.url = url
        self._opener = urllib.request.build_opener(_Stay, urllib.request.HTTPCookieProcessor(CookieJar()))
        form = {"email": sign_in["email"], "password": sign_in["password"]}
        self.is_in = self.post("/sign-in", form, form_at="/sign-in").status in (302, 303)

    def get(self, path: str) -> Answer:
        """One page."""
        return self._send(urllib.request.Request(self.url + path))

    def post(self, path: str, values: dict[str, str], *, form_at: str | None = None) -> Answer:
        """A form sent; `form_at` is the page it stands on, whose hidden fields go with it unless `values` names them."""
        hidden = hidden_fields(self.get(form_at).text) if form_at else {}
        body = urlencode({**hidden, **values}).encode()
        return self._send(urllib.request.Request(self.url + path, body))

    def _send(self, request: urllib.request.Request) -> Answer:
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                return Answer(response.status, response.read().decode("utf-8", "replace"))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read().decode("utf-8", "replace"), error.headers.get("Location", ""))
        except (OSError, EOFError):
            return Answer(0)


def hidden_fields(html: str) -> dict[str, str]:
    """The hidden fields of the page's main form: token, version, one-time key. The first of each name."""
    start = html.find("<main")
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", html[max(start, 0) :]):
        told = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if told.get("type") == "hidden" and "name" in told:
            found.setdefault(told["name"], told.get("value", ""))
    return found
