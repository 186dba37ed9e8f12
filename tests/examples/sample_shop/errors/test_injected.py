"""Errors on demand: exactly those that the truth file lists, and nothing else is touched."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from examples.sample_shop import deliveries
from examples.sample_shop.errors.registry import ERROR_KINDS, ERRORS_OF_SOURCE
from examples.sample_shop.errors.truth import read_truth
from examples.sample_shop.fill import fill
from examples.sample_shop.shop_settings import ShopSettings
from resources.errors import SettingsError, SourceError
from resources.lake.model.window import Window
from tests.examples.sample_shop.bills import CHANNELS, read_bill
from tests.examples.sample_shop.reading import SOURCES, Row, read_day

FIRST = date(2026, 2, 24)
# The first days on which everything happens: sellers are settled after a week.
DAYS = [FIRST + timedelta(days=7), FIRST + timedelta(days=8)]
SHOP = ShopSettings(seed=5, orders_per_day=400, first_date=FIRST)
# Sources of a few rows a day need a higher rate for their errors to happen at all.
RARE = (
    "refund_fee_kept",
    "summary_wrong",
    "payout_missing",
    "payout_net_wrong",
    "bank_credit_missing",
    "bank_amount",
    "seller_payout_missing",
    "seller_payout_amount",
)
EVERY_KIND = (
    dict.fromkeys(ERROR_KINDS, 0.12) | dict.fromkeys(RARE, 0.4) | {"chargeback_missing": 1.0}
)

Keys = tuple[tuple[str, str], ...]
Truth = dict[str, Any]


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days without errors."""
    landing = tmp_path_factory.mktemp("right")
    fill(landing, SHOP, Window.of_days(*DAYS))
    return landing


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same two days with every kind of error."""
    landing = tmp_path_factory.mktemp("wrong")
    fill(landing, replace(SHOP, errors=EVERY_KIND), Window.of_days(*DAYS))
    return landing


def truth_of(landing: Path, day: date) -> list[Truth]:
    """What the truth file of a day lists."""
    lines = (landing / "_truth" / f"{day.isoformat()}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _rows(landing: Path, source: str, day: date) -> list[Row]:
    """The rows of a source by its folder, bills among them."""
    if source.startswith("channel/") and source.removeprefix("channel/") in CHANNELS:
        channel = source.removeprefix("channel/")
        return [vars(row) for row in read_bill(landing, channel, day, SHOP.time_zone)]
    (name,) = (name for name, folder in SOURCES.items() if folder == source)
    rows = read_day(landing, name, day)
    if name == "order":
        for row in rows:
            row["shard_number"] = row["shard_database"] * SHOP.tables + row["shard_table"]
    return rows


def _sources(landing: Path) -> list[str]:
    found = {path.relative_to(landing).parts[:2] for path in landing.glob("[!_.]*/*")}
    return sorted("/".join(parts) for parts in found)


def _keys(row: Row, names: tuple[str, ...]) -> Keys:
    return tuple((name, str(row[name] or "")) for name in names)


def _differences(
    right: Path, wrong: Path, source: str, day: date
) -> tuple[dict[Keys, Row], dict[Keys, Row]]:
    """Rows that are only where nothing is wrong, and rows that are only where something is."""
    names = ERRORS_OF_SOURCE[source].keys if source in ERRORS_OF_SOURCE else ()

    def only(one: Path, other: Path) -> dict[Keys, Row]:
        rows = _rows(one, source, day)
        more = Counter(repr(row) for row in rows)
        more.subtract(repr(row) for row in _rows(other, source, day))
        return {_keys(row, names): row for row in rows if more[repr(row)] > 0}

    return only(right, wrong), only(wrong, right)


def test_the_truth_lists_exactly_the_rows_that_differ(right: Path, wrong: Path) -> None:
    assert _sources(right) == _sources(wrong)
    for day in DAYS:
        truth = truth_of(wrong, day)
        for source in _sources(right):
            listed = [case for case in truth if case["source"] == source]
            missing, added = _differences(right, wrong, source, day)
            lost: set[Keys] = set()
            found: set[Keys] = set()
            for case in listed:
                keys = _keys(case["keys"], tuple(case["keys"]))
                if case["effect"] in ("changed", "missing"):
                    lost.add(keys)
                    assert str(missing[keys][case["column"]]) == case["expected"], case
                if case["effect"] in ("changed", "added"):
                    found.add(keys)
                    assert str(added[keys][case["column"]]) == str(case["given"]), case
            assert (missing.keys(), added.keys()) == (lost, found), (source, day)


def test_every_kind_happens_and_says_who_finds_it(wrong: Path) -> None:
    cases = [case for day in DAYS for case in truth_of(wrong, day)]
    assert {case["kind"] for case in cases} == set(ERROR_KINDS)
    for case in cases:
        kind = ERROR_KINDS[case["kind"]]
        assert (case["scenario"], case["column"]) == (kind.scenario, kind.column)
        assert set(case["also_seen_by"]) <= {seen.scenario for seen in kind.also_seen_by}, case
        assert (case["expected"] is None) == (case["effect"] == "added")
        assert case["given"] is None or case["effect"] != "missing"
        assert case["expected"] != case["given"]
        for effect, row, value in (
            ("added", case["expected_row"], case["expected"]),
            ("missing", case["given_row"], case["given"]),
        ):
            assert (row is None) == (case["effect"] == effect)
            assert not row or row.get(case["column"], value) == value
            assert not row or set(row) >= set(ERRORS_OF_SOURCE[case["source"]].told)
    assert {kind.scenario for kind in ERROR_KINDS.values()} >= set(range(1, 19))
    # Some scenarios see an error only of some rows.
    of_payments = {
        tuple(case["also_seen_by"]) for case in cases if case["kind"] == "payment_missing"
    }
    assert {(3, 18), (3, 17, 18), (15, 18)} <= of_payments


def test_the_truth_is_read_as_typed_errors_each_once(wrong: Path) -> None:
    errors = read_truth(wrong, DAYS)
    assert {error.day for error in errors} == set(DAYS)
    assert {error.kind for error in errors} == set(ERROR_KINDS)
    lines = [case for day in DAYS for case in truth_of(wrong, day)]
    # Some are told again the next day, or in a newer version.
    assert 0.8 * len(lines) < len(errors) < len(lines)
    missing = [error for error in errors if error.kind == "payment_missing"]
    assert missing
    for error in missing:
        assert (error.source, error.effect) == ("payment_center/payment", "missing")
        assert error.scenario == 2 and 18 in error.also_seen_by
        assert error.given is None and Decimal(str(error.expected)) > 0
        assert error.keys["payment_no"] and error.currency in ("CNY", "HKD", "USD")


def test_a_day_without_truth_is_an_error_that_names_it(right: Path) -> None:
    with pytest.raises(SourceError, match=f"truth of {DAYS[0]}"):
        read_truth(right, DAYS)


def test_what_is_billed_a_day_late_is_missing_first_and_then_there(wrong: Path) -> None:
    missing, added = (
        {
            case["keys"]["channel_transaction_no"]: case["expected"] or case["given"]
            for case in truth_of(wrong, day)
            if case["kind"] == "bill_next_day" and case["effect"] == effect
        }
        for day, effect in zip(DAYS, ("missing", "added"), strict=True)
    )
    assert missing == added
    assert len(missing) > 20


def test_cases_are_the_same_however_the_shop_is_filled(
    wrong: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "SLICE", 150)
    day = DAYS[1]
    fill(tmp_path, replace(SHOP, errors=EVERY_KIND), Window.of_day(day), threads=1)
    assert truth_of(tmp_path, day) == truth_of(wrong, day)
    for source in _sources(wrong):
        assert _differences(wrong, tmp_path, source, day) == ({}, {}), source


def test_a_kind_happens_at_its_rate(tmp_path: Path) -> None:
    shop = replace(SHOP, orders_per_day=4000, errors={"bill_amount": 0.12})
    fill(tmp_path, shop, Window.of_day(FIRST))
    rows = sum(len(_rows(tmp_path, f"channel/{name}", FIRST)) for name in CHANNELS)
    assert 0.105 < len(truth_of(tmp_path, FIRST)) / rows < 0.135


def test_a_kind_happens_to_the_same_rows_whatever_else_is_asked_for(
    wrong: Path, tmp_path: Path
) -> None:
    day = DAYS[0]
    fill(tmp_path, replace(SHOP, errors={"bill_amount": 0.12}), Window.of_day(day))
    alone = {str(case["keys"]) for case in truth_of(tmp_path, day)}
    among_others = {
        str(case["keys"]) for case in truth_of(wrong, day) if case["kind"] == "bill_amount"
    }
    # A row has one error: some have another now.
    assert among_others < alone


def test_rates_of_zero_are_no_rates_at_all(right: Path, tmp_path: Path) -> None:
    day = DAYS[0]
    fill(tmp_path, replace(SHOP, errors=dict.fromkeys(ERROR_KINDS, 0.0)), Window.of_day(day))
    files = sorted(path for path in tmp_path.rglob("part-*"))
    assert files
    for file in files:
        assert file.read_bytes() == (right / file.relative_to(tmp_path)).read_bytes()
    assert not (tmp_path / "_truth").exists()
    assert not (right / "_truth").exists()


def test_a_landing_folder_keeps_to_its_errors(tmp_path: Path) -> None:
    shop = replace(SHOP, orders_per_day=5, errors={"bank_amount": 1.0})
    second = FIRST + timedelta(days=1)
    fill(tmp_path, shop, Window.of_days(FIRST, second))
    assert truth_of(tmp_path, FIRST) == []
    assert {case["kind"] for case in truth_of(tmp_path, second)} == {"bank_amount"}
    with pytest.raises(SettingsError, match="another sample shop: errors"):
        fill(tmp_path, replace(shop, errors={}), Window.of_day(second))


@pytest.mark.parametrize("errors", [{"no_such_error": 0.1}, {"bill_amount": 1.5}])
def test_impossible_errors_are_refused(errors: dict[str, float]) -> None:
    with pytest.raises(SettingsError, match="sample shop"):
        ShopSettings(errors=errors)
