"""The webserver's GraphQL, as the UI uses it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from tests.topology.processes import PATIENCE
from tests.ui.webserver import Webserver

OVER = ("SUCCESS", "FAILURE", "CANCELED")

_REPOSITORY = {"repositoryLocationName": "ledgerlake", "repositoryName": "__repository__"}
_TABLES = "query { assetNodes { assetKey { path } } }"
_LAUNCH = """
mutation ($selector: JobOrPipelineSelector!, $partition: String!) {
  launchRun(executionParams: {
    selector: $selector, runConfigData: {},
    executionMetadata: {tags: [{key: "dagster/partition", value: $partition}]}
  }) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
  }
}
"""
_RUN = "query ($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }"
_RUNS = """
query ($root: String!) {
  runsOrError(filter: {tags: [{key: "dagster/root_run_id", value: $root}]}) {
    ... on Runs { results { runId status } }
  }
}
"""
_MATERIALIZATIONS = """
query ($key: AssetKeyInput!) {
  assetOrError(assetKey: $key) { ... on Asset {
    assetMaterializations { runId metadataEntries {
      label
      ... on TextMetadataEntry { text }
      ... on IntMetadataEntry { intRepr }
      ... on FloatMetadataEntry { floatValue }
    } }
  } }
}
"""
_CHECKS = """
query ($key: AssetKeyInput!) {
  assetNodeOrError(assetKey: $key) { ... on AssetNode {
    assetChecksOrError { ... on AssetChecks { checks {
      name executionForLatestMaterialization { status }
    } } }
  } }
}
"""


class Graphql:
    """What a person does in the UI."""

    def __init__(self, address: str) -> None:
        self._webserver = Webserver(address)

    def knows_tables(self) -> bool:
        """Whether the code location is loaded."""
        return bool(self._webserver.query(_TABLES)["assetNodes"])

    def materialize(self, tables: Sequence[str], partition: str) -> str:
        """Press *Materialize* for the tables and the partition; the run's id."""
        selector = {
            **_REPOSITORY,
            "jobName": "__ASSET_JOB",
            "assetSelection": [{"path": [table]} for table in tables],
        }
        answer = self._webserver.query(_LAUNCH, selector=selector, partition=partition)
        assert "run" in answer["launchRun"], answer
        return answer["launchRun"]["run"]["runId"]

    def status(self, run: str) -> str:
        """The run's status."""
        return self._webserver.query(_RUN, run=run)["runOrError"]["status"]

    def wait_for(self, run: str, *statuses: str) -> str:
        """Wait until the run has one of the statuses, or is over; its status."""
        end = time.monotonic() + PATIENCE
        while (status := self.status(run)) not in (*statuses, *OVER):
            assert time.monotonic() < end, f"the run is still {status}"
            time.sleep(0.1)
        return status

    def retries(self, run: str) -> dict[str, str]:
        """Status of each run that was started again for this one, by its id."""
        runs = self._webserver.query(_RUNS, root=run)["runsOrError"]["results"]
        return {each["runId"]: each["status"] for each in runs if each["runId"] != run}

    def materializations(self, *key: str) -> list[dict[str, Any]]:
        """Metadata of each materialization of the asset, latest first."""
        found = self._webserver.query(_MATERIALIZATIONS, key={"path": list(key)})["assetOrError"]
        return [
            {
                entry["label"]: entry.get("text") or entry.get("intRepr") or entry.get("floatValue")
                for entry in each["metadataEntries"]
            }
            for each in found.get("assetMaterializations", [])
        ]

    def checks(self, *key: str) -> dict[str, str]:
        """Status of each check of the asset that ran after its latest materialization."""
        node = self._webserver.query(_CHECKS, key={"path": list(key)})["assetNodeOrError"]
        return {
            check["name"]: check["executionForLatestMaterialization"]["status"]
            for check in node["assetChecksOrError"]["checks"]
            if check["executionForLatestMaterialization"]
        }
