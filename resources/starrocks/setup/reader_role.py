"""StarRocks' own role in the catalog's PostgreSQL: it reads the catalog's two tables, no more.

SHOW CREATE CATALOG tells every user of StarRocks the password of this role in clear text. So it
must be of no use for anything but what those users may see anyway: where the tables' files are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from psycopg2.extensions import encrypt_password
from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from resources.errors import SettingsError
from resources.identifiers import quoted, text_literal
from resources.lake.catalog.locks.catalog_engine import database_engine, database_url
from resources.settings import Settings

CATALOG_TABLES = ("iceberg_tables", "iceberg_namespace_properties")

_PASSWORD = "LEDGERLAKE_STARROCKS_CATALOG_PASSWORD"
_OURS = "StarRocks reads the lake's catalog with it; made by ledgerlake starrocks setup"
_CONNECT_SECONDS = 10

_SCHEMA = (
    "SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    f"WHERE c.oid = to_regclass('{CATALOG_TABLES[0]}')"
)

# What the role can do beyond reading the two tables, a sentence a row, whoever granted it.
_EXCESS = """
SELECT 'is ' || w.what FROM pg_roles r, LATERAL (VALUES
    (r.rolsuper, 'a superuser'), (r.rolcreaterole, 'allowed to create roles'),
    (r.rolcreatedb, 'allowed to create databases'), (r.rolreplication, 'allowed to replicate'),
    (r.rolbypassrls, 'beyond row security')) AS w (so, what)
    WHERE r.rolname = current_user AND w.so
UNION ALL SELECT 'is a member of ' || g.rolname FROM pg_auth_members m
    JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles r ON r.oid = m.member
    WHERE r.rolname = current_user
UNION ALL SELECT 'may change ' || c.oid::regclass FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_'
    AND n.nspname <> 'information_schema'
    AND (has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
        OR has_any_column_privilege(c.oid, 'INSERT, UPDATE, REFERENCES'))
UNION ALL SELECT 'may read ' || c.oid::regclass FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_'
    AND n.nspname <> 'information_schema'
    AND c.oid NOT IN (to_regclass('iceberg_tables'), to_regclass('iceberg_namespace_properties'))
    AND has_any_column_privilege(c.oid, 'SELECT')
UNION ALL SELECT 'may create in the schema ' || n.nspname FROM pg_namespace n
    WHERE has_schema_privilege(n.oid, 'CREATE')
UNION ALL SELECT 'may create in the database' WHERE
    has_database_privilege(current_database(), 'CREATE, TEMPORARY')
"""


def role_statements(settings: Settings) -> list[str]:
    """The SQL that makes the role, for people: its password is the name of the setting."""
    return [_role(settings, "CREATE", f"'<{_PASSWORD}>'"), *_grants(settings, "public")]


def make_role(settings: Settings, tell: Callable[[str], None]) -> None:
    """Make the role unless it is there, and let it read the catalog's tables and nothing else.

    Args:
        settings: Of a lake whose catalog is in PostgreSQL, which has its tables already.
        tell: Is told each statement, without the password, before it is sent.

    Raises:
        SettingsError: If the lake's own role may not do it, or the role can do more than read;
            says what an administrator of the database has to run.
    """
    name = settings.starrocks_catalog_user
    with database_engine(settings).connect() as connection:
        _let_connect(settings, connection)
        problem = _cannot_log_in(settings)
        if problem is not None:
            _let_log_in(settings, connection, tell, problem)
        schema = connection.scalar(text(_SCHEMA))
        if schema is None:
            raise SettingsError(
                f"The catalog's database has no table {CATALOG_TABLES[0]}",
                "See that LEDGERLAKE_CATALOG_URI names the database of the lake.",
            )
        for statement in [*_revokes(connection, name), *_grants(settings, str(schema))]:
            tell(statement)
            try:
                _send(connection, statement)
            except DBAPIError as error:
                _cannot(settings, [statement], error)
        connection.commit()
    check_role(settings)


def check_role(settings: Settings) -> None:
    """Log in as the role, and see that it reads the catalog's tables and can do nothing else.

    Raises:
        SettingsError: Names what it cannot do, or what it can do beyond that.
    """
    name = settings.starrocks_catalog_user
    problem = _cannot_log_in(settings)
    if problem is not None:
        raise SettingsError(
            f"The role {name} cannot log in to the catalog's database: {problem}",
            "See that the database lets it in from here (pg_hba.conf), and from StarRocks' hosts.",
        )
    with _engine(settings).connect() as connection:
        try:
            for table in CATALOG_TABLES:
                connection.execute(text(f"SELECT 1 FROM {quoted(table)} LIMIT 1"))
        except DBAPIError as error:
            _cannot(settings, _grants(settings, "public"), error)
        excess = sorted(str(row[0]) for row in connection.execute(text(_EXCESS)))
    if excess:
        raise SettingsError(
            f"The role {name} can do more than read the lake's catalog: it "
            f"{', '.join(excess[:5])}{' and more' if excess[5:] else ''}. Every user of "
            "StarRocks can see its password",
            "Revoke that, from the role or from PUBLIC, as an administrator of the database (what "
            "the lake's own role has through PUBLIC, grant it first); or name another role: "
            "LEDGERLAKE_STARROCKS_CATALOG_USER.",
        )


def _let_connect(settings: Settings, connection: Connection) -> None:
    """A role that an administrator has made may not open the database yet."""
    try:
        _send(connection, _connect(settings))
        connection.commit()
    except DBAPIError:
        # There is no such role, or who may give the right is another. That shows below.
        connection.rollback()


def _let_log_in(
    settings: Settings, connection: Connection, tell: Callable[[str], None], problem: str
) -> None:
    """Create the role; of one that setup has made before, set the password."""
    name = settings.starrocks_catalog_user
    found = connection.execute(
        text("SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = :name"),
        {"name": name},
    ).one_or_none()
    if found is not None and found[0] != _OURS:
        raise SettingsError(
            f"There is a role {name} in the catalog's database, which setup has not made, and it "
            f"cannot log in: {problem}",
            f"Correct {_PASSWORD}, or name another role: LEDGERLAKE_STARROCKS_CATALOG_USER.",
        )
    make = partial(_role, settings, "CREATE" if found is None else "ALTER")
    comment = f"COMMENT ON ROLE {quoted(name)} IS {text_literal(_OURS)}"
    told = make(f"'<{_PASSWORD}>'")
    tell(told)
    try:
        _send(connection, make(text_literal(_verifier(settings, connection))))
        _send(connection, comment)
        connection.commit()
    except DBAPIError as error:
        _cannot(settings, [told, comment], error)


def _verifier(settings: Settings, connection: Connection) -> str:
    """The password as PostgreSQL keeps it: no log of statements tells it."""
    assert settings.starrocks_catalog_password is not None
    driver: Any = connection.connection.dbapi_connection
    password = settings.starrocks_catalog_password.get_secret_value()
    return encrypt_password(password, settings.starrocks_catalog_user, driver, "scram-sha-256")


def _send(connection: Connection, statement: str) -> None:
    # The driver takes a single percent sign for the place of a value.
    connection.exec_driver_sql(statement.replace("%", "%%"))


def _cannot(settings: Settings, statements: list[str], error: DBAPIError) -> NoReturn:
    why = (str(error.orig).splitlines() or ["it does not say why"])[0]
    listed = ";\n".join(statements)
    # Not chained: the statement that failed holds the password's verifier.
    raise SettingsError(
        f"The lake's own role cannot give StarRocks its role {settings.starrocks_catalog_user} in "
        f"the catalog's database: {why}",
        f"Let an administrator of the database run this, and run setup again:\n{listed};",
    ) from None


def _role(settings: Settings, verb: str, password: str) -> str:
    return f"{verb} ROLE {quoted(settings.starrocks_catalog_user)} LOGIN PASSWORD {password}"


def _grants(settings: Settings, schema: str) -> list[str]:
    role = quoted(settings.starrocks_catalog_user)
    tables = ", ".join(f"{quoted(schema)}.{quoted(table)}" for table in CATALOG_TABLES)
    return [
        _connect(settings),
        f"GRANT USAGE ON SCHEMA {quoted(schema)} TO {role}",
        f"GRANT SELECT ON {tables} TO {role}",
    ]


def _connect(settings: Settings) -> str:
    database = quoted(str(database_url(settings).database))
    return f"GRANT CONNECT ON DATABASE {database} TO {quoted(settings.starrocks_catalog_user)}"


def _revokes(connection: Connection, role: str) -> list[str]:
    """What the role was granted on tables, and what everybody may do by PostgreSQL's defaults."""
    of_role = {"role": role}
    tables = connection.scalars(
        text(
            "SELECT DISTINCT c.oid::regclass::text FROM pg_class c, aclexplode(c.relacl) a "
            "WHERE a.grantee = (SELECT oid FROM pg_roles WHERE rolname = :role) "
            "AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1"
        ),
        of_role,
    )
    found = [f"REVOKE ALL ON {each} FROM {quoted(role)}" for each in tables]
    schemas = connection.scalars(
        text(
            "SELECT DISTINCT n.nspname FROM pg_namespace n, aclexplode(n.nspacl) a "
            "WHERE a.grantee = 0 AND a.privilege_type = 'CREATE' ORDER BY 1"
        )
    )
    found += [f"REVOKE CREATE ON SCHEMA {quoted(str(each))} FROM PUBLIC" for each in schemas]
    everybodys = connection.scalars(
        text(
            "SELECT DISTINCT d.datname FROM pg_database d, "
            "aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a "
            "WHERE d.datname = current_database() AND a.grantee = 0 "
            "AND a.privilege_type = 'TEMPORARY'"
        )
    )
    found += [
        f"REVOKE TEMPORARY ON DATABASE {quoted(str(each))} FROM PUBLIC" for each in everybodys
    ]
    return found


def _cannot_log_in(settings: Settings) -> str | None:
    """Why the role cannot log in with its password; None: it can."""
    try:
        with _engine(settings).connect():
            return None
    except OperationalError as error:
        return (str(error.orig).strip().splitlines() or ["no answer"])[-1]


def _engine(settings: Settings) -> Engine:
    return create_engine(
        database_url(settings.of_starrocks()),
        poolclass=NullPool,
        connect_args={"application_name": "ledgerlake", "connect_timeout": _CONNECT_SECONDS},
    )
