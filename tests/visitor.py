"""A visitor: the test client that signs in as one of the cast and checks every page it gets."""

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

FOREIGN = re.compile(r"""(?:src|href)=["'](?:https?:)?//""")
# Addresses a page may name but never load: they are links to sources.
INLINE = re.compile(r"""<[^>]+\s(?:on[a-z]+|style)=["']""", re.IGNORECASE)


class Fields(HTMLParser):
    """Collects what the page laws look at."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.headings = 0
        self.labels: set[str] = set()
        self.inputs: list[dict[str, str | None]] = []
        self.post_forms = 0
        self.tokens = 0
        self.loads: list[str] = []
        self._label_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("id"):
            self.ids.append(str(values["id"]))
        if tag == "h1":
            self.headings += 1
        if tag == "label":
            self._label_depth += 1
            if values.get("for"):
                self.labels.add(str(values["for"]))
        if tag in {"input", "select", "textarea"}:
            self._field(tag, values)
        if tag == "form" and (values.get("method") or "").lower() == "post":
            self.post_forms += 1
        if tag in {"script", "link", "img"}:
            self.loads.append(str(values.get("src") or values.get("href") or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._label_depth -= 1

    def _field(self, tag: str, values: dict[str, str | None]) -> None:
        if values.get("name") == "csrf_token":
            self.tokens += 1
        if values.get("type") not in {"hidden", "submit", "button"} and not self._label_depth:
            self.inputs.append(values)


def check_page(html: str) -> None:
    """The page laws: sound HTML, one h1, unique ids, labelled fields, a token in every form, nothing inline or foreign."""
    html5lib.HTMLParser(strict=False).parse(html)
    fields = Fields()
    fields.feed(html)
    doubles = sorted({name for name in fields.ids if fields.ids.count(name) > 1})
    assert not doubles, f"ids twice: {doubles}"
    assert fields.headings == 1, f"{fields.headings} h1 elements"
    bare = [i for i in fields.inputs if i.get("id") not in fields.labels and not i.get("aria-label")]
    assert not bare, f"fields without a label: {bare}"
    assert fields.tokens >= fields.post_forms, "a form without its token"
    assert not INLINE.search(html), f"inline style or handler: {INLINE.search(html)}"
    assert not [u for u in fields.loads if urlsplit(u).netloc], f"foreign asset: {fields.loads}"


class Visitor:
    """A browser of one person."""

    def __init__(self, app: Flask, email: str | None, password: str, language: str = "en") -> None:
        self.app = app
        self.http: FlaskClient = app.test_client()
        self.language = language
        if email:
            answer = self.post("/sign-in", {"email": email, "password": password})
            assert answer.status_code == 303, f"sign-in failed: {answer.status_code}"
            if language != "en":  # a person's own language goes before the browser's
                self.post("/language", {"language": language})

    def get(self, path: str, **options: Any) -> TestResponse:
        answer = self.http.get(path, headers={"Accept-Language": self.language}, **options)
        return self._checked(answer)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Send a form with a sound token (fetched as a page would hold it)."""
        body = {**(data or {}), "csrf_token": self.token()}
        answer = self.http.post(path, data=body, headers={"Accept-Language": self.language}, **options)
        return self._checked(answer)

    def token(self) -> str:
        """A CSRF token of this visitor's own session."""
        with self.app.test_request_context(), self.http.session_transaction() as kept:
            from flask import g, session
            from flask_wtf.csrf import generate_csrf

            session.update(kept)
            made = generate_csrf()
            kept.update(session)
            g.pop("csrf_token", None)
            return str(made)

    @staticmethod
    def _checked(answer: TestResponse) -> TestResponse:
        assert answer.status_code < 500, f"{answer.request.method} {answer.request.path}: {answer.status_code}"
        assert answer.headers.get("X-Content-Type-Options") == "nosniff"
        if (
            answer.mimetype == "text/html"
            and answer.status_code not in (301, 302, 303)
            and not answer.direct_passthrough
        ):
            check_page(answer.get_data(as_text=True))
        return answer
