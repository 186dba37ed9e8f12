"""A run killed at any moment leaves no object behind that the next run does not clean up."""

from __future__ import annotations

import random
import time
from multiprocessing.context import ForkServerContext

from resources.lake.lake import Lake
from tests.lake.builders import FIRST, files_in_history, order_rows, publish_orders, read
from tests.lake.publish import children
from tests.lake.publish.test_kill import BOTH, NEW, OLD, leases
from tests.lake.storage.object_store.lake_on_s3 import objects
from tests.servers.s3 import S3Server

DATA = "fact/dwd_order/data"


def test_killed_before_the_commit(lake: Lake, s3: S3Server, processes: ForkServerContext):
    publish_orders(lake, BOTH, OLD)
    before = objects(s3, lake)
    process = processes.Process(
        target=children.publish_and_die, args=(lake.settings.home, BOTH, 4, "publishing")
    )
    process.start()
    process.join(30)

    assert process.exitcode == -9
    assert read(lake) == sorted(OLD)
    (dead,) = leases(lake)
    left = objects(s3, lake) - before
    assert left and all(dead in location for location in left)

    publish_orders(lake, FIRST, order_rows(FIRST, 1))

    assert leases(lake) == []
    assert objects(s3, lake, DATA) == files_in_history(lake)


def test_killed_at_any_moment(lake: Lake, s3: S3Server, processes: ForkServerContext):
    publish_orders(lake, BOTH, OLD)
    began = time.perf_counter()
    publish_orders(lake, BOTH, OLD)
    longest_delay = 2 * (time.perf_counter() - began)
    chance = random.Random(20260302)
    for _ in range(2):
        mine, theirs = processes.Pipe(duplex=False)
        process = processes.Process(
            target=children.publish_until_killed, args=(theirs, lake.settings.home, BOTH, 4)
        )
        process.start()
        assert mine.poll(30)
        time.sleep(chance.uniform(0.0, longest_delay))
        process.kill()
        process.join(10)

        assert read(lake) in (sorted(OLD), sorted(NEW))
        publish_orders(lake, BOTH, OLD)
        assert read(lake) == sorted(OLD)
        assert leases(lake) == []
        assert objects(s3, lake, DATA) == files_in_history(lake)
