"""What the lake relies on StarRocks for, asked of the stand-in, or of a real StarRocks.

With STARROCKS_URL, `starrocks://user:password@host:9030`, and STARROCKS_LAKE, the settings.env of
a lake that `ledgerlake starrocks setup` was run for, the same questions go to the real one. The
user must be an administrator. Catalog and files must be within reach of StarRocks and of this
machine; what the tests make there, in a namespace and with a user of their own, they take away.
Codes and texts are those of a front end of 4.1.
"""

from __future__ import annotations

import uuid

import pytest
from pydantic import SecretStr

from resources.lake.catalog.catalog import open_catalog
from resources.starrocks.client.client import StarRocks
from resources.starrocks.client.connection import Account
from resources.starrocks.client.errors import Denied, NotThere, Refused, StarRocksError
from resources.starrocks.client.names import TableName
from resources.starrocks.client.statements import (
    current_snapshot,
    databases_of,
    no_row,
    refresh_table,
    row_count,
    rows_by_partition,
)
from tests.lake.builders import FIRST, SECOND, THIRD
from tests.starrocks.facts import Served, served, settings

__all__ = ["served", "settings"]


def test_it_is_a_version_that_reads_the_lake_rightly(served: Served) -> None:
    served.starrocks.version().check_supported()


def test_a_publish_shows_after_a_refresh_and_not_before(served: Served) -> None:
    by_day = rows_by_partition(served.name, "dt")
    bounds = (str(FIRST), str(THIRD))
    assert served.rows(by_day, *bounds) == [(FIRST, 2)]
    served.publish(SECOND)
    assert served.rows(row_count(served.name)) == [(2,)]
    served.rows(refresh_table(served.name))
    assert sorted(served.rows(by_day, *bounds)) == [(FIRST, 2), (SECOND, 1)]


def test_the_metadata_table_tells_which_snapshot_queries_read(served: Served) -> None:
    before = served.lake.snapshot(served.spec).snapshot_id
    ask = current_snapshot(served.name)
    assert served.rows(ask) == [(before,)]
    served.publish(SECOND)
    assert served.rows(ask) == [(before,)]
    served.rows(refresh_table(served.name))
    assert served.rows(ask) == [(served.lake.snapshot(served.spec).snapshot_id,)]


def test_refusals_are_known_by_number_or_text(served: Served) -> None:
    catalog, database = served.name.catalog, served.name.database
    missing = TableName(catalog, database, "missing")
    elsewhere = TableName(catalog, "facts_missing", "missing")
    for table in (missing, elsewhere):
        error = served.error(refresh_table(table))
        assert (error.code, "Unknown table 'missing'" in error.message) == (5502, True)
    assert served.error(row_count(missing)).code == 5502
    assert served.error(current_snapshot(missing)).code == 5502
    assert served.error(row_count(elsewhere)).code == 5501
    assert served.error(f"SHOW TABLES FROM `{catalog}`.`facts_missing`").code == 5501
    assert served.error(refresh_table(TableName("facts_missing", database, "t"))).code == 5078
    assert served.error("REFRESH EXTERNAL").code == 1064
    assert served.error(f"{refresh_table(served.name)} PARTITION (dt = '2026-03-01')").code == 1064


@pytest.mark.parametrize(
    ("statement", "code", "text", "kind"),
    [
        ('CREATE EXTERNAL CATALOG {catalog} PROPERTIES ("type" = "iceberg")', 5514, "", Refused),
        ('CREATE EXTERNAL CATALOG `1a` PROPERTIES ("type" = "iceberg")', 5063, "", Refused),
        ("CREATE DATABASE `default_catalog`.{serving}", 1007, "", Refused),
        ("DROP DATABASE `facts_missing`", 1008, "", NotThere),
        ("SELECT * FROM `facts_missing`", 1046, "", Refused),
        ("ALTER MATERIALIZED VIEW {serving}.`no` ACTIVE", 1064, "no is not found", NotThere),
        ("DROP MATERIALIZED VIEW {serving}.`no`", 1064, "no is not found", NotThere),
        (
            "REFRESH MATERIALIZED VIEW {serving}.`no` WITH ASYNC MODE",
            1064,
            "Can not find materialized view:no",
            NotThere,
        ),
        ("DROP MATERIALIZED VIEW IF EXISTS `facts_missing`.`no`", 5501, "", NotThere),
        (
            "CREATE MATERIALIZED VIEW `facts_missing`.`no` REFRESH DEFERRED MANUAL "
            "AS SELECT `dt` FROM {table}",
            1064,
            "Can not find database:facts_missing in default_catalog",
            NotThere,
        ),
        (
            "GRANT USAGE ON CATALOG `facts_missing` TO ROLE `public`",
            1064,
            "cannot find catalog: facts_missing",
            NotThere,
        ),
        (
            "GRANT CREATE MATERIALIZED VIEW ON DATABASE `facts_missing` TO ROLE `public`",
            1064,
            "cannot find db: facts_missing",
            NotThere,
        ),
        ("CACHE SELECT a.`dt` FROM {table} a JOIN {table} b ON a.`dt` = b.`dt`", 1064, "", Refused),
        (
            "SELECT `no` FROM {table}",
            1064,
            "Getting analyzing error. Detail message: ",
            Refused,
        ),
        (
            "CREATE MATERIALIZED VIEW {view} PARTITION BY (`dt`) REFRESH DEFERRED MANUAL "
            'PROPERTIES ("replication_num" = "99") AS SELECT `dt` FROM {table}',
            1064,
            "replication num should be less than",
            Refused,
        ),
    ],
)
def test_each_refusal_has_its_code_and_is_what_it_is_taken_for(
    served: Served, statement: str, code: int, text: str, kind: type[StarRocksError]
) -> None:
    names = {"catalog": f"`{served.name.catalog}`", "table": served.name.sql, "view": served.view}
    serving = f"`{served.lake.settings.starrocks_database}`"
    error = served.error(statement.format(serving=serving, **names))
    assert (error.code, text in error.message, type(error)) == (code, True, kind), error.message


def test_who_may_read_nothing_sees_an_empty_catalog_and_the_metadata_of_every_table(
    served: Served,
) -> None:
    """So neither proves that somebody may read; and the catalog's password is told to all."""
    name, word = f"facts_{uuid.uuid4().hex[:8]}", SecretStr("a word")
    served.starrocks.run(f"CREATE USER '{name}'@'%%' IDENTIFIED BY %s", (word,))
    try:
        with StarRocks(served.lake.settings, account=Account(name, word)) as nobody:
            shown = {database for (database,) in nobody.run(databases_of(served.name.catalog))}
            assert not shown - {"information_schema", "sys"}
            assert len(nobody.run(current_snapshot(served.name))) == 1
            assert nobody.run(f"SHOW CREATE CATALOG `{served.name.catalog}`")
            with pytest.raises(Denied) as denied:
                nobody.run(no_row(served.name))
            assert denied.value.code == 5203
    finally:
        served.rows(f"DROP USER '{name}'@'%'")


def test_a_table_that_was_dropped_is_gone_for_its_metadata_at_once(served: Served) -> None:
    assert served.rows(row_count(served.name)) == [(2,)]
    open_catalog(served.lake.settings).drop_table((served.spec.namespace, served.spec.name))
    assert served.error(current_snapshot(served.name)).code == 5502
    served.rows(refresh_table(served.name))
    assert served.error(refresh_table(served.name)).code == 5502


def test_a_hot_partition_can_be_warmed_up(served: Served) -> None:
    select = f"SELECT `order_id`, `dt` FROM {served.name.sql} WHERE `dt` = '{FIRST}'"
    assert served.rows(f"CACHE {select}")
