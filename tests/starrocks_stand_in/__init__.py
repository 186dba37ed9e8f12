"""A stand-in for StarRocks: a MySQL-protocol server that behaves as the known facts say.

It proves what was sent and how failures are handled, and shows the lake's rows at the snapshot
that it has cached. What StarRocks itself would do, only StarRocks can show.
"""

from tests.starrocks_stand_in.faults import ANY_STATEMENT, REFRESH, Fault, FaultKind, Faults
from tests.starrocks_stand_in.process import StandInProcess
from tests.starrocks_stand_in.received import Received
from tests.starrocks_stand_in.stand_in import StandIn

__all__ = [
    "ANY_STATEMENT",
    "REFRESH",
    "Fault",
    "FaultKind",
    "Faults",
    "Received",
    "StandIn",
    "StandInProcess",
]
