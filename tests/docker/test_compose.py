"""What must hold of compose.yaml, whoever starts it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from resources.settings import Settings
from resources.starrocks.setup.reader_key import read_policy
from tests.docker.conftest import find_compose

ONCE = {"minio_setup", "starrocks_first_start", "starrocks_setup"}
STARROCKS = {"starrocks", "starrocks_first_start"}
_VARIABLE = re.compile(r"\$\{\w+:-([^}]*)\}")

Services = dict[str, dict[str, Any]]


def test_compose_takes_the_file(docker_folder: Path, tmp_path: Path) -> None:
    """By the program's own reading, with every secret in its place."""
    folder = shutil.copytree(docker_folder, tmp_path / "docker", ignore=_no_secrets)
    subprocess.run([folder / "make_secrets"], check=True, capture_output=True)
    command = [*find_compose(), "--file", "compose.yaml", "config", "--quiet"]
    checked = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def _no_secrets(_folder: str, names: list[str]) -> set[str]:
    return {"secrets", ".env", "__pycache__"} & set(names)


def test_it_has_the_whole_topology(services: Services) -> None:
    assert set(services) == {
        *("postgres", "minio", "minio_setup"),
        *("starrocks", "starrocks_first_start", "starrocks_setup"),
        *("code", "webserver", "daemon"),
    }


def test_versions_are_pinned(services: Services, docker_folder: Path) -> None:
    """To the patch: neither latest, nor a series that moves."""
    images = [_VARIABLE.sub(r"\1", service["image"]) for service in services.values()]
    dockerfile = (docker_folder / "Dockerfile").read_text(encoding="utf-8")
    images += re.findall(r"^ARG PYTHON_IMAGE=(\S+:\S+)", dockerfile, re.MULTILINE)
    assert len(images) == len(services) + 1
    assert re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)[0] == "${PYTHON_IMAGE}"
    for image in images:
        tag = image.rsplit(":", 1)[1]
        assert re.match(r"\d+\.\d+\.\d+|17\.\d+-|RELEASE\.\d{4}-\d\d-\d\dT", tag), image


def test_every_image_can_be_pinned_by_its_digest(services: Services) -> None:
    """By a variable that takes the whole name; ours are built, from one that can be pinned."""
    for name, service in services.items():
        if "build" in service:
            assert service["build"]["args"]["PYTHON_IMAGE"].startswith("${PYTHON_IMAGE:-"), name
        else:
            assert re.fullmatch(r"\$\{\w+_IMAGE:-[^}]+\}", service["image"]), name


def test_nothing_is_reachable_from_outside_the_host(services: Services) -> None:
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published), published
    assert not any("network_mode" in service for service in services.values())


def test_only_what_has_a_port_has_a_way_out(compose: dict[str, Any], services: Services) -> None:
    assert compose["networks"]["inside"]["internal"] is True
    for name, service in services.items():
        assert ("outside" in service["networks"]) == ("ports" in service), name


def test_no_container_has_the_engine_or_its_rights(services: Services) -> None:
    for name, service in services.items():
        mounted = " ".join(service.get("volumes", []))
        assert "docker.sock" not in mounted and "/var/run" not in mounted, name
        assert not service.get("privileged") and service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name


def test_only_starrocks_has_any_rights_and_a_root_that_can_be_written_to(
    services: Services,
) -> None:
    """Its image takes users and writes its own configuration when it starts."""
    allowed = {"CHOWN", "DAC_OVERRIDE", "KILL", "SETGID", "SETUID"}
    for name, service in services.items():
        if name in STARROCKS:
            assert set(service["cap_add"]) == allowed and "read_only" not in service, name
        else:
            assert "cap_add" not in service and service["read_only"] is True, name


def test_nobody_reaches_starrocks_before_its_root_has_a_password(services: Services) -> None:
    first = services["starrocks_first_start"]
    assert "ports" not in first
    (alone,) = first["networks"]
    assert [name for name, each in services.items() if alone in each["networks"]] == [
        "starrocks_first_start"
    ]
    waited = services["starrocks"]["depends_on"]["starrocks_first_start"]["condition"]
    assert waited == "service_completed_successfully"
    assert first["volumes"] == services["starrocks"]["volumes"]


def test_the_ui_is_behind_the_guard(services: Services) -> None:
    assert services["webserver"]["command"][:3] == ["python", "-m", "user_interface"]


def test_starrocks_gets_a_key_and_a_role_of_its_own(
    services: Services, docker_folder: Path, tmp_path: Path
) -> None:
    """Whose policy is the one that the command prints; the lake's own are in no hand of its."""
    environment = services["starrocks_setup"]["environment"]
    lake = Settings(home=tmp_path, warehouse=environment["LEDGERLAKE_WAREHOUSE"])
    policy = (docker_folder / "minio" / "starrocks_policy.json").read_text(encoding="utf-8")
    assert json.loads(policy) == json.loads(read_policy(lake))
    own, other = "LEDGERLAKE_S3_ACCESS_KEY_ID", "LEDGERLAKE_STARROCKS_S3_ACCESS_KEY_ID"
    assert environment[own] != environment[other]
    assert (
        f"//{environment['LEDGERLAKE_STARROCKS_CATALOG_USER']}@"
        not in (environment["LEDGERLAKE_CATALOG_URI"])
    )
    its = {"ledgerlake_starrocks_catalog_password", "ledgerlake_starrocks_s3_secret_access_key"}
    assert its <= set(services["starrocks_setup"]["secrets"])
    assert not its & set(services["code"]["secrets"])


def test_what_runs_is_watched_and_started_again(services: Services) -> None:
    for name in services.keys() - ONCE:
        assert services[name]["healthcheck"]["test"], name
        assert services[name]["restart"] == "unless-stopped", name
    assert all(services[name]["restart"] == "no" for name in ONCE)


def test_setup_waits_for_what_it_sets_up(services: Services) -> None:
    waited = services["starrocks_setup"]["depends_on"]
    assert services["starrocks_setup"]["command"] == ["ledgerlake", "starrocks", "setup"]
    assert {name: wait["condition"] for name, wait in waited.items()} == {
        "postgres": "service_healthy",
        "minio_setup": "service_completed_successfully",
        "starrocks": "service_healthy",
    }


def test_publishing_does_not_wait_for_starrocks(services: Services) -> None:
    for name in ("code", "webserver", "daemon"):
        waited = services[name]["depends_on"]
        assert waited and not any("starrocks" in each for each in waited), name


def test_secrets_are_files(compose: dict[str, Any], services: Services) -> None:
    """None is in the file or in a container's environment, where `docker inspect` shows it."""
    secrets = compose["secrets"].values()
    assert secrets and all(set(secret) == {"file"} for secret in secrets)
    assert any(service.get("environment") for service in services.values())
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            secret = re.search("PASSWORD|SECRET|TOKEN", name)
            assert not secret or name.endswith("_FILE"), name
            assert not re.search(r"//[^/@]*:[^/@]*@", str(value)), name


def test_each_has_only_the_secrets_it_needs(services: Services) -> None:
    administrator = "ledgerlake_starrocks_admin_password"
    for name in ("webserver", "daemon"):
        assert services[name]["secrets"] == ["dagster_postgres_password"], name
    assert administrator not in services["code"]["secrets"]
    assert "postgres_password" not in services["code"]["secrets"]
    assert "minio_root_password" not in services["code"]["secrets"]


@pytest.mark.parametrize("service", ["code", "starrocks_setup"])
def test_the_lake_understands_its_settings(
    services: Services, service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every variable and every secret file is a setting that exists, and holds what it should."""
    for name, value in services[service]["environment"].items():
        monkeypatch.setenv(name, _VARIABLE.sub(r"\1", str(value)))
    for name in services[service]["secrets"]:
        (tmp_path / name).write_text(f"secret of {name}\n")
    known = {f"LEDGERLAKE_{name.upper()}" for name in Settings.model_fields}
    given = {*services[service]["environment"], *(s.upper() for s in services[service]["secrets"])}
    assert {name for name in given if name.startswith("LEDGERLAKE_")} <= known

    settings = Settings(_secrets_dir=tmp_path)  # pyright: ignore[reportCallIssue]
    assert settings.catalog_password
    assert settings.catalog_password.get_secret_value() == "secret of ledgerlake_catalog_password"
    assert settings.s3_secret_access_key and settings.starrocks_password
    is_setup = service == "starrocks_setup"
    assert (settings.starrocks_catalog_password is not None) == is_setup
    assert (settings.starrocks_s3_secret_access_key is not None) == is_setup
    assert settings.starrocks_front_ends == "starrocks:9030"
    assert settings.warehouse_location == "s3://ledgerlake/warehouse"


def test_telemetry_is_off(services: Services) -> None:
    for name in ("code", "webserver", "daemon"):
        assert services[name]["environment"]["DAGSTER_DISABLE_TELEMETRY"] == "1", name
    assert services["minio"]["environment"]["MINIO_UPDATE"] == "off"
