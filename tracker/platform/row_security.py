"""The second wall on PostgreSQL: row-level security on every client's table, put up by `tracker init`, and whether it stands."""

from collections.abc import Iterator

from sqlalchemy import Connection, Engine, Row, text
from sqlalchemy.orm import registry

from tracker.platform.wall import PARTNER_KEY, ROLE, Walled, outside_engine, walled

POLICIES = ("wall_firm", "wall_member", "wall_partner")

# Each asked once per statement, not once per row. What was never told is NULL, and lets nothing through.
_REACH = "(SELECT current_setting('tracker.reach', true))"
_WHO = "(SELECT NULLIF(current_setting('tracker.who', true), '')::uuid)"

_ME = text("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = session_user")
_CREATE_ROLE = f"""DO $$ BEGIN
    CREATE ROLE {ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$"""
_FORCED = text("""SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace
    AND relrowsecurity AND relforcerowsecurity
    AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid AND polname = 'wall_member')""")


def put_up(engine: Engine, models: registry) -> None:
    """Build the wall anew from the models. Safe to repeat; nothing to do on SQLite, whose views come with a connection."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect().execution_options(writes=True, as_owner=True) as connection, connection.begin():
        for table in walled(models):
            for statement in _statements(table):
                connection.exec_driver_sql(statement)
        _provide_role(connection)
    engine.dispose()  # a connection learns when it is opened whether there is a role to step down to


def take_down(connection: Connection) -> None:
    """Drop the policies, so that tables they mention can be changed or dropped. Row security stays forced: till `put_up`
    builds them anew, nobody but the owner's superior sees a row."""
    if connection.dialect.name != "postgresql":
        return
    standing = text("SELECT tablename, policyname FROM pg_policies WHERE schemaname = current_schema()")
    for table, policy in connection.execute(standing).all():
        if policy in POLICIES:
            connection.exec_driver_sql(f'DROP POLICY {policy} ON "{table}"')


def open_to_all(connection: Connection) -> None:
    """Let this transaction see every client's rows: a migration has to, or it would change none and say nothing."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL tracker.reach = 'firm'")


def gaps(engine: Engine, models: registry) -> list[str]:
    """What keeps the second wall from standing, in words. Empty when it is in force."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            return list(_gaps(connection, models))
    with outside_engine(engine, models).connect() as connection:
        query = "SELECT name FROM temp.sqlite_schema WHERE type = 'view'"
        missing = {table.name for table in walled(models)} - {row[0] for row in connection.exec_driver_sql(query)}
    return [f"no view stands before {name}" for name in sorted(missing)]


def _statements(table: Walled) -> Iterator[str]:
    yield f'ALTER TABLE "{table.name}" ENABLE ROW LEVEL SECURITY'
    yield f'ALTER TABLE "{table.name}" FORCE ROW LEVEL SECURITY'
    for policy in POLICIES:
        yield f'DROP POLICY IF EXISTS {policy} ON "{table.name}"'
    yield f"CREATE POLICY wall_firm ON \"{table.name}\" USING ({_REACH} = 'firm')"
    members = f"SELECT client_id FROM membership WHERE user_id = {_WHO}"  # noqa: S608
    member = f'"{table.client_key}" IN ({members})'
    yield f"CREATE POLICY wall_member ON \"{table.name}\" USING ({_REACH} = 'member' AND {member})"
    of_partner = _of_partner(table)
    if of_partner:
        condition = f"{_REACH} = 'partner' AND ({' OR '.join(of_partner)})"
        yield f'CREATE POLICY wall_partner ON "{table.name}" FOR SELECT USING ({condition})'


def _of_partner(table: Walled) -> list[str]:
    if table.names_partner:
        return [f'"{PARTNER_KEY}" = {_WHO}']
    return [
        f'"id" IN (SELECT "{column}" FROM "{child}" WHERE "{PARTNER_KEY}" = {_WHO})'  # noqa: S608
        for child, column in table.children
    ]


def _provide_role(connection: Connection) -> None:
    """A role without rights above row security, for a user who has them: only such a user needs it."""
    me = connection.execute(_ME).one()
    if not _is_above(me) or not (me.rolsuper or me.rolcreaterole):
        return
    connection.exec_driver_sql(_CREATE_ROLE)
    schema = connection.dialect.identifier_preparer.quote(str(connection.scalar(text("SELECT current_schema()"))))
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {ROLE}")
    connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {ROLE}")
    connection.exec_driver_sql(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {ROLE}")
    if not me.rolsuper:
        connection.exec_driver_sql(f"GRANT {ROLE} TO SESSION_USER")


def _is_above(me: Row[tuple[bool, bool, bool]]) -> bool:
    return bool(me.rolsuper or me.rolbypassrls)


def _gaps(connection: Connection, models: registry) -> Iterator[str]:
    forced = set(connection.scalars(_FORCED))
    for table in walled(models):
        if table.name not in forced:
            yield f"no row security on {table.name}: run tracker init"
    if _is_above(connection.execute(_ME).one()) and not connection.info.get("steps_down"):
        yield f"the database user is above row security and there is no role {ROLE} to step down to: run tracker init"
