"""From a click in the UI to rows that StarRocks shows: the production topology, as processes."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, contextmanager

from resources.lake.catalog.catalog import open_catalog
from tests.servers.postgres import PostgresDatabase
from tests.topology.graphql import Graphql
from tests.topology.starrocks import rows
from tests.topology.topology import Topology

SOURCE, SERVED = "ods_seller", "dim_seller"
VERIFIED = "shows_what_was_published"


def test_everything_listens_on_loopback(deployed: Topology) -> None:
    for service in (deployed.code, deployed.webserver):
        addresses = service.addresses()
        assert addresses and all(each.startswith("127.0.0.1:") for each in addresses), service.name
    assert not deployed.daemon.addresses()


def test_what_is_published_arrives_verified_whatever_is_killed(
    deployed: Topology, catalog: PostgresDatabase
) -> None:
    """The code location is killed in the middle of the run, the daemon before it could refresh."""
    graphql, day = deployed.graphql, str(deployed.settings.first_date)
    with held_up(catalog):
        run = graphql.materialize([SOURCE, SERVED], day)
        assert graphql.wait_for(run, "STARTED") == "STARTED"
        deployed.code.kill()
    deployed.start_code()
    again = deployed.wait_for(lambda: next(iter(graphql.retries(run)), None), "running it again")
    assert graphql.status(run) == "FAILURE"

    assert graphql.wait_for(again, "STARTED") == "STARTED"
    deployed.daemon.kill()
    assert graphql.wait_for(again) == "SUCCESS"
    assert not graphql.materializations("starrocks", SERVED)

    deployed.daemon.start()
    verdict = deployed.wait_for(lambda: verdict_on(graphql, SERVED), "refreshing")
    assert verdict == "SUCCEEDED"
    table = open_catalog(deployed.settings).load_table(("dim", SERVED))
    published = table.metadata.current_snapshot_id
    assert graphql.materializations("starrocks", SERVED)[0]["snapshot_id"] == str(published)
    assert shown(deployed, f"{SERVED}$snapshots", "MAX(snapshot_id)") == published
    assert shown(deployed, SERVED, "COUNT(*)") == table.scan().count() > 0


def verdict_on(graphql: Graphql, table: str) -> str | None:
    """Whether StarRocks was seen to show the table, once it was looked."""
    status = graphql.checks("starrocks", table).get(VERIFIED)
    return None if status == "IN_PROGRESS" else status


@contextmanager
def held_up(catalog: PostgresDatabase) -> Generator[None]:
    """Let nobody see the catalog, so that a run is not over too soon."""
    with closing(catalog.connect()) as connection:
        connection.autocommit = False
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE iceberg_tables")
            yield


def shown(deployed: Topology, table: str, expression: str) -> int:
    """What an analyst is answered."""
    name = f"`{deployed.settings.catalog_name}`.`dim`.`{table}`"
    return rows(deployed.settings, f"SELECT {expression} FROM {name}")[0][0]
