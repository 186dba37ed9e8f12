"""Sets StarRocks up for the lake: catalog, service user, grants, views. Idempotent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from resources.errors import SettingsError
from resources.lake.catalog.catalog import load_table
from resources.lake.model.table_spec import TableSpec
from resources.settings import Settings
from resources.starrocks.client.client import Run, StarRocks
from resources.starrocks.client.connection import Account, front_ends
from resources.starrocks.client.errors import Denied, StarRocksError
from resources.starrocks.client.literals import NamedSecret, Statement
from resources.starrocks.client.names import TableName
from resources.starrocks.client.statements import any_row, databases_of
from resources.starrocks.client.versions import Version
from resources.starrocks.setup import setup_statements as statements
from resources.starrocks.setup.existing_catalog import (
    catalogs,
    check_no_other_name,
    databases,
    different_properties,
)
from resources.starrocks.setup.external_catalog import (
    Properties,
    catalog_properties,
    has_key,
    is_jdbc,
    lake_databases,
)
from resources.starrocks.setup.reader_key import check_key
from resources.starrocks.setup.reader_role import make_role, role_statements
from resources.starrocks.views.served_table import ServedTable
from resources.starrocks.views.view_definition import check_replicas, view_definition
from resources.starrocks.views.views import ViewChange, create_view

Tell = Callable[[str], None]

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_LONGEST_TRIED = 59
_NEWEST_GRANTS = Version(4, 1, 0)


@dataclass(frozen=True)
class Setup:
    """The set-up that the settings describe, checked by `of`; nothing has been sent yet."""

    settings: Settings
    properties: Properties
    password: NamedSecret

    @classmethod
    def of(cls, settings: Settings, catalog: str | None = None) -> Setup:
        """Check the settings, and the lake's catalog if it exists.

        `catalog` is the name that the caller expects the external catalog to have.

        Raises:
            SettingsError: If StarRocks could not serve such a lake.
        """
        if catalog not in (None, settings.catalog_name):
            raise SettingsError(
                f"The external catalog cannot be called {catalog}: under another name than the "
                f"lake's own, {settings.catalog_name}, it would show no table and no error",
                "Leave the name out. To rename the lake's catalog, publish it anew under "
                "LEDGERLAKE_CATALOG_NAME.",
            )
        properties = catalog_properties(settings)
        lake_databases(settings)
        return cls(settings, properties, _service_password(settings))

    @property
    def sends_openly(self) -> bool:
        """Whether passwords leave this host without verified TLS."""
        hosts = {front_end.host for front_end in front_ends(self.settings)}
        return self.settings.starrocks_tls_authority is None and not hosts <= _LOOPBACK

    def in_the_database(self) -> list[str]:
        """The SQL of StarRocks' role in the catalog's database, if it is in one."""
        return role_statements(self.settings) if is_jdbc(self.settings) else []

    def statements(self, version: Version) -> list[Statement]:
        """Every statement for StarRocks, in order, if nothing is set up yet."""
        name = self.settings.catalog_name
        return [
            statements.create_catalog(name, self.properties),
            Statement(databases_of(name)),
            *self._after_the_catalog(version),
        ]

    def run(self, tell: Tell, tables: Iterable[TableSpec] = (), replace: bool = False) -> Version:
        """Create the role, send what is missing, check that the service user reads the lake.

        Args:
            tell: Called with each changing statement, without secrets, before it is sent.
            tables: A row of the first published one is read.
            replace: Drop an existing catalog and create it again.

        Raises:
            StarRocksError: If StarRocks is no supported version, or refuses.
            SettingsError: If it has a catalog that contradicts the settings, or its role in the
                catalog's database or its key to the object store can do more than read.
        """
        settings = self.settings
        with StarRocks(settings, account=_administrator(settings)) as client:
            version = client.version()
            version.check_supported()
            check_no_other_name(client.run, settings.catalog_name, self.properties)
            if is_jdbc(settings):
                make_role(settings, tell)
            if has_key(settings):
                check_key(settings)
            with client.session() as run:
                for statement in [
                    *self._for_the_catalog(run, replace),
                    *self._after_the_catalog(version),
                ]:
                    tell(str(statement))
                    run(statement.text, statement.parameters)
            self._check(client.run, tables)
        return version

    def _check(self, as_administrator: Run, tables: Iterable[TableSpec]) -> None:
        """Check that StarRocks shows the lake's databases, and the service user may read them.

        A user who may read nothing is shown an empty catalog: the administrator is asked what is
        there, and a SELECT proves what the user may do.
        """
        name, user = self.settings.catalog_name, self.settings.starrocks_user
        wanted = lake_databases(self.settings)
        with StarRocks(self.settings) as client:
            own = databases(client.run, name)
            shown = own | databases(as_administrator, name)
            missing = sorted(wanted - shown)
            if missing:
                raise SettingsError(
                    f"StarRocks' catalog {name} does not show the lake's {', '.join(missing)}",
                    "It reads another catalog: see that LEDGERLAKE_CATALOG_URI means the same "
                    "database to StarRocks' host as to this one, and run setup with --replace."
                    + ("" if shown else " Or neither the administrator nor the user may read it."),
                )
            published = (each for each in tables if load_table(self.settings, each) is not None)
            if (table := next(published, None)) is not None:
                client.run(any_row(TableName(name, table.namespace, table.name)))
        hidden = sorted(wanted - own)
        if hidden:
            raise Denied(
                f"StarRocks' catalog {name} shows {', '.join(hidden)} to its administrator, and "
                f"not to the service user {user}: that one may not read there",
                f"See SHOW GRANTS FOR '{user}'@'%', and that its role is active when it logs in.",
            )

    def _for_the_catalog(self, run: Run, replace: bool) -> list[Statement]:
        name = self.settings.catalog_name
        create = statements.create_catalog(name, self.properties)
        if name not in catalogs(run):
            return [create]
        different = different_properties(run, name, self.properties)
        if replace:
            # StarRocks must accept the new one before the existing one is dropped.
            trial = f"{name[:_LONGEST_TRIED]}_try"
            return [
                statements.create_catalog(trial, self.properties),
                statements.drop_catalog(trial),
                statements.drop_catalog(name),
                create,
            ]
        if different:
            raise SettingsError(
                f"StarRocks has a catalog {name} with other properties than the settings say: "
                f"{', '.join(different)}",
                f"Compare with SHOW CREATE CATALOG `{name}`; then correct the settings, or run "
                "setup with --replace, which drops it there and creates it anew. The lake is not "
                "touched; what was set by hand is lost.",
            )
        return []

    def _after_the_catalog(self, version: Version) -> list[Statement]:
        settings = self.settings
        return [
            statements.serving_database(settings.starrocks_database),
            *statements.service_user(settings.starrocks_user, self.password),
            *statements.grants(settings, version),
        ]


def version_for_printing(settings: Settings) -> tuple[Version, str | None]:
    """The version whose statements to print, and a warning if it had to be guessed.

    Raises:
        Refused: If StarRocks answers, and is no supported version.
    """
    try:
        with StarRocks(settings, account=_administrator(settings)) as client:
            version = client.version()
    except StarRocksError as error:
        why = "does not let us in" if isinstance(error, Denied) else "does not answer"
        return _NEWEST_GRANTS, (
            f"StarRocks {why}, so its version is not known: these are the statements of 4.0 and "
            "later. Up to 3.5 write ALTER for REFRESH in the grant on tables."
        )
    version.check_supported()
    return version, None


def create_views(settings: Settings, tables: Iterable[ServedTable], tell: Tell) -> None:
    """Create the views of published tables, as the service user, who owns and refreshes them.

    Raises:
        Refused: If one needs more replicas than there are back ends; then none is created.
        StarRocksError: If StarRocks refuses one.
    """
    viewed = [each for each in tables if each.view is not None]
    with StarRocks(settings, account=_administrator(settings)) as client:
        check_replicas(client.run, [view_definition(settings, each) for each in viewed])
    with StarRocks(settings) as client:
        for served in viewed:
            if load_table(settings, served.spec) is None:
                continue
            definition = view_definition(settings, served)
            if create_view(client, settings, served) is not ViewChange.NONE:
                tell(definition.create)


def _administrator(settings: Settings) -> Account:
    return Account(settings.starrocks_admin_user, settings.starrocks_admin_password)


def _service_password(settings: Settings) -> NamedSecret:
    if settings.starrocks_user == settings.starrocks_admin_user:
        raise SettingsError(
            f"The service user of StarRocks is its administrator, {settings.starrocks_user}",
            "Set LEDGERLAKE_STARROCKS_USER to a user of its own; setup creates it.",
        )
    if settings.starrocks_password is None or not settings.starrocks_password.get_secret_value():
        raise SettingsError(
            "The service user of StarRocks has no password",
            "Set LEDGERLAKE_STARROCKS_PASSWORD; setup creates the user with it.",
        )
    return NamedSecret(settings.starrocks_password, "LEDGERLAKE_STARROCKS_PASSWORD")
