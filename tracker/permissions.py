"""Who may do what, on one page. A route names one permission; a role holds a set of them."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is to the firm."""

    ADMIN = "admin"
    MANAGER = "manager"
    CONSULTANT = "consultant"
    CONTACT = "contact"  # at a client
    BROKER = "broker"  # at a partner


class Permission(StrEnum):
    """One thing that may be done, `subject:action`."""

    OWN_ACCOUNT = "own-account:use"
    DESK_READ = "desk:read"
    CLIENT_READ = "client:read"
    CLIENT_EDIT = "client:edit"
    CLIENT_CREATE = "client:create"
    CLIENT_ASSIGN = "client:assign"
    CLIENT_ARCHIVE = "client:archive"
    STATEMENT_EDIT = "statement:edit"
    IMPORT_RUN = "import:run"
    ENGAGEMENT_READ = "engagement:read"
    ENGAGEMENT_EDIT = "engagement:edit"
    ASSESSMENT_READ = "assessment:read"
    ASSESSMENT_ANSWER = "assessment:answer"
    ASSESSMENT_SIGN = "assessment:sign"
    DOCUMENT_READ = "document:read"
    DOCUMENT_REQUEST = "document:request"
    DOCUMENT_REVIEW = "document:review"
    GUARANTEE_READ = "guarantee:read"
    GUARANTEE_EDIT = "guarantee:edit"
    COORDINATION_READ = "coordination:read"
    COORDINATION_EDIT = "coordination:edit"
    TASK_EDIT = "task:edit"
    CALENDAR_READ = "calendar:read"
    REPORT_MAKE = "report:make"
    API_USE = "api:use"
    PEOPLE_READ = "people:read"
    PEOPLE_INVITE = "people:invite"
    PEOPLE_MANAGE = "people:manage"
    FIRM_SETTINGS = "firm:settings"
    AUDIT_READ = "audit:read"
    RULEBOOK_READ = "rulebook:read"
    PORTAL_READ = "portal:read"
    PORTAL_UPLOAD = "portal:upload"
    PORTAL_ANSWER = "portal:answer"
    BROKER_READ = "broker:read"


_EVERYBODY = frozenset({Permission.OWN_ACCOUNT})

_CONSULTANT = _EVERYBODY | {
    Permission.DESK_READ,
    Permission.CLIENT_READ,
    Permission.CLIENT_EDIT,
    Permission.STATEMENT_EDIT,
    Permission.ENGAGEMENT_READ,
    Permission.ENGAGEMENT_EDIT,
    Permission.ASSESSMENT_READ,
    Permission.ASSESSMENT_ANSWER,
    Permission.ASSESSMENT_SIGN,
    Permission.DOCUMENT_READ,
    Permission.DOCUMENT_REQUEST,
    Permission.DOCUMENT_REVIEW,
    Permission.GUARANTEE_READ,
    Permission.GUARANTEE_EDIT,
    Permission.COORDINATION_READ,
    Permission.COORDINATION_EDIT,
    Permission.TASK_EDIT,
    Permission.CALENDAR_READ,
    Permission.REPORT_MAKE,
    Permission.API_USE,
    Permission.RULEBOOK_READ,
    Permission.PEOPLE_READ,
    Permission.PEOPLE_INVITE,
}

_MANAGER = _CONSULTANT | {
    Permission.CLIENT_CREATE,
    Permission.CLIENT_ASSIGN,
    Permission.CLIENT_ARCHIVE,
    Permission.IMPORT_RUN,
    Permission.AUDIT_READ,
}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: _MANAGER | {Permission.PEOPLE_MANAGE, Permission.FIRM_SETTINGS},
    Role.MANAGER: _MANAGER,
    Role.CONSULTANT: _CONSULTANT,
    Role.CONTACT: _EVERYBODY | {Permission.PORTAL_READ, Permission.PORTAL_UPLOAD, Permission.PORTAL_ANSWER},
    Role.BROKER: _EVERYBODY | {Permission.BROKER_READ},
}

STAFF = frozenset({Role.ADMIN, Role.MANAGER, Role.CONSULTANT})
SEES_ALL_CLIENTS = frozenset({Role.ADMIN, Role.MANAGER})


def allows(role: Role, permission: Permission) -> bool:
    """Whether a role holds a permission."""
    return permission in ROLE_PERMISSIONS[role]
