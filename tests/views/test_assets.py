"""Styles, scripts and the typeface: ours alone, kept for a year, and never an old one."""

import re
from collections.abc import Callable

from flask import Flask

from tests.visitor import Visitor


def test_links_carry_a_stamp_of_what_they_name(visit: Callable[..., Visitor]) -> None:
    html = visit(None).get("/sign-in").text
    links = re.findall(r'(?:href|src)="(/static/[^"]+)"', html)
    assert len(links) >= 7 and all(re.search(r"\?v=[0-9a-f]{8}$", link) for link in links)


def test_a_stamp_follows_the_content(app: Flask) -> None:
    with app.test_request_context():
        stamps = {app.url_for("static", filename=name).partition("v=")[2] for name in ("base.css", "layout.css")}
    assert len(stamps) == 2


def test_the_typeface_is_served_from_here_and_kept(app: Flask) -> None:
    browser = app.test_client()
    with browser.get("/static/tokens.css") as styles:
        address = re.search(r'url\("\.\./(faces/[^"]+)"\)', styles.text)
        assert address is not None and "http" not in styles.text
    with browser.get("/" + address[1]) as face:
        assert face.status_code == 200 and (face.content_type or "").startswith("font/") and len(face.data) > 100_000
        assert "max-age=31536000" in face.headers["Cache-Control"]
