"""Guarantees, commands: keep a supposition under a name, or forget it. It never touches a fact."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from tracker.guarantees.models import Scenario
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal


def keep_scenario(actor: Actor, *, name: str, inputs: Mapping[str, Any]) -> Scenario:
    """Keep the inputs of a supposition under a name."""
    if actor.user_id is None:
        raise Refusal(None, _("Only a person keeps a scenario."))
    row = Scenario(name=name, inputs=dict(inputs), made_by_id=actor.user_id, made_by=actor.name)
    db.session.add(row)
    record(actor, "scenario:kept", row)
    return row


def forget_scenario(actor: Actor, *, scenario: Scenario, version: int) -> None:
    """Forget a scenario."""
    check_version(scenario, version)
    record(actor, "scenario:forgotten", scenario, changes={"name": [scenario.name, None]})
    db.session.delete(scenario)
