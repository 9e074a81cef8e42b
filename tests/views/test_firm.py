"""Accounts, views: the firm names itself; administrators only."""

from collections.abc import Callable

from tests.visitor import Visitor


def test_administrator_names_the_firm(visit: Callable[..., Visitor]) -> None:
    adam = visit("adam")
    assert adam.post("/firm", {"name": "", "warning_percent": "120"}).status_code == 422
    assert adam.post("/firm", {"name": "Laurier <b>Advisors</b>", "warning_percent": "120"}).status_code == 303
    html = visit("colin").get("/desk").get_data(as_text=True)
    assert "Laurier &lt;b&gt;Advisors" in html
    assert adam.post("/firm", {"name": "Laurier", "warning_percent": "120"}).status_code == 303
    for name, status in (("priya", 403), ("colin", 403), ("ana", 403), (None, 302)):
        assert visit(name).get("/firm").status_code == status


def test_warning_band_is_the_firms_own_and_shows_on_the_ladder(visit: Callable[..., Visitor]) -> None:
    adam = visit("adam")
    for wrong in ("99", "301", "lots", ""):
        answer = adam.post("/firm", {"name": "Laurier", "warning_percent": wrong})
        assert answer.status_code == 422
        assert f'value="{wrong}"' in answer.get_data(as_text=True)
    assert adam.post("/firm", {"name": "Laurier", "warning_percent": "135"}).status_code == 303
    assert "under 135 %" in visit("priya").get("/guarantees").get_data(as_text=True)
