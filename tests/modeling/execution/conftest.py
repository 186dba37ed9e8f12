"""The warehouse whose books are closed in several tests."""

from __future__ import annotations

import pytest

from tests.modeling.conftest import WriteWarehouse
from tests.modeling.execution.closing_lake import MODULES
from warehouse_assets.modeling.declaration.warehouse import Warehouse


@pytest.fixture
def closing_warehouse(write_warehouse: WriteWarehouse) -> Warehouse:
    return write_warehouse(MODULES)
