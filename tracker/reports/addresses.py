"""Reports, views: where a cell leads: a record's page in the program, or nowhere in what leaves the firm."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import current_app, url_for

Address = Callable[[str, Any], str]
SAMPLE = UUID(int=0)
KEYS = {"documents.show": "request_id", "coordination.partner": "partner_id"}  # every other page is a client's


def to_records() -> Address:
    """The pages' addresses, each route worked out once: a sheet has tens of thousands of cells that lead somewhere."""
    base, known = str(current_app.config["TRACKER_BASE_URL"]), dict[str, str]()

    def address(endpoint: str, record_id: Any) -> str:
        if endpoint not in known:
            known[endpoint] = url_for(endpoint, _external=False, **{KEYS.get(endpoint, "client_id"): str(SAMPLE)})
        return base + known[endpoint].replace(str(SAMPLE), str(record_id))

    return address


def to_nowhere(endpoint: str, record_id: Any) -> str:
    """No address: whoever gets a pack has no account with the firm."""
    return ""
