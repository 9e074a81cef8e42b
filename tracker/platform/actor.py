"""The actor: who does this, in which role and language, and how far the scope goes."""

from dataclasses import dataclass
from uuid import UUID

from flask import g

from tracker.permissions import SEES_ALL_CLIENTS, STAFF, Permission, Role, allows
from tracker.platform.tenancy import Scope


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the program itself) acting; handed to every command, never looked up inside one."""

    user_id: UUID | None
    name: str
    role: Role | None
    language: str = "en"
    email: str = ""
    partner_id: UUID | None = None

    @property
    def is_staff(self) -> bool:
        """Whether this person works for the firm."""
        return self.role in STAFF

    @property
    def scope(self) -> Scope:
        """The clients this person may touch."""
        if self.role is None or self.user_id is None:
            return Scope.nothing()
        if self.role in SEES_ALL_CLIENTS:
            return Scope.firm(f"role {self.role}")
        if self.role is Role.BROKER:
            return Scope.nothing(is_outside=True)
        return Scope.member(self.user_id, is_outside=self.role not in STAFF)

    def may(self, permission: Permission) -> bool:
        """Whether the actor's role holds `permission`."""
        return self.role is not None and allows(self.role, permission)


NOBODY = Actor(None, "", None)
SYSTEM = Actor(None, "tracker", Role.ADMIN)


def system_scope(reason: str) -> Scope:
    """The scope of the command line and of jobs."""
    return Scope.firm(reason)


def actor() -> Actor:
    """The actor of this request (NOBODY before sign-in)."""
    current = g.get("actor", NOBODY)
    return current if isinstance(current, Actor) else NOBODY
