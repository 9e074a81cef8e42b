"""Accounts, views: the firm names itself; administrators only."""

from collections.abc import Callable

from tests.visitor import Visitor


def test_administrator_names_the_firm(visit: Callable[..., Visitor]) -> None:
    adam = visit("adam")
    assert adam.post("/firm", {"name": ""}).status_code == 422
    assert adam.post("/firm", {"name": "Laurier <b>Advisors</b>"}).status_code == 303
    html = visit("colin").get("/desk").get_data(as_text=True)
    assert "Laurier &lt;b&gt;Advisors" in html
    assert adam.post("/firm", {"name": "Laurier"}).status_code == 303
    for name, status in (("priya", 403), ("colin", 403), ("ana", 403), (None, 302)):
        assert visit(name).get("/firm").status_code == status
