"""An S3 on this machine: moto's server, in a process of its own."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest

from tests.servers.certificate import Certificate

if TYPE_CHECKING:
    from pyarrow.fs import S3FileSystem

_PATIENCE = 120  # seconds; on two busy cores a start takes longer than 30
_REGION = "us-east-1"
_EVERYTHING = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
)


@dataclass(frozen=True)
class S3Server:
    """Where the server listens, and a key to it.

    The server takes any key and lets it do everything, unless it was started to keep rights.
    """

    endpoint: str
    access_key: str = field(default_factory=lambda: secrets.token_hex(8))
    secret_key: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    region: str = _REGION
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    tls_authority: Path | None = None

    def new_key(self, policy: str) -> tuple[str, str]:
        """The id and secret of a new key that may do what the policy says (JSON, as IAM's).

        Of a server that keeps rights.
        """
        iam = _iam(self)
        name = f"user-{uuid.uuid4().hex[:8]}"
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="policy", PolicyDocument=policy)
        made = iam.create_access_key(UserName=name)["AccessKey"]
        return made["AccessKeyId"], made["SecretAccessKey"]

    def starrocks_settings(self, policy: str) -> dict[str, object]:
        """A new key for StarRocks that may do what the policy says."""
        key_id, secret = self.new_key(policy)
        return {
            "starrocks_s3_access_key_id": key_id,
            "starrocks_s3_secret_access_key": secret,
        }

    def end(self) -> None:
        """End the server, with all it holds."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)

    def new_bucket(self) -> str:
        """The name of a new, empty bucket."""
        name = f"bucket-{uuid.uuid4().hex[:12]}"
        self.filesystem(allow_bucket_creation=True).create_dir(name)
        return name

    def filesystem(self, **options: bool) -> S3FileSystem:
        """What is in the buckets, seen past the lake."""
        from pyarrow.fs import S3FileSystem

        return S3FileSystem(
            access_key=self.access_key,
            secret_key=self.secret_key,
            endpoint_override=self.endpoint,
            region=self.region,
            force_virtual_addressing=False,
            tls_ca_file_path=self.tls_authority and str(self.tls_authority),
            **options,
        )

    def files(self, folder: str) -> set[str]:
        """`s3://` locations of all objects below `bucket/folder`, folder markers left out."""
        from pyarrow.fs import FileSelector, FileType

        found = self.filesystem().get_file_info(
            FileSelector(folder, recursive=True, allow_not_found=True)
        )
        return {f"s3://{each.path}" for each in found if each.type == FileType.File}

    def settings(self, bucket: str) -> dict[str, object]:
        """Settings of a lake whose warehouse is in the bucket."""
        return {
            "warehouse": f"s3://{bucket}/warehouse",
            "s3_endpoint": self.endpoint,
            "s3_region": self.region,
            "s3_access_key_id": self.access_key,
            "s3_secret_access_key": self.secret_key,
            **({"s3_tls_authority": self.tls_authority} if self.tls_authority else {}),
        }

    def environment(self, bucket: str) -> dict[str, str]:
        """The same settings, as variables of a process's environment."""
        return {
            f"LEDGERLAKE_{name.upper()}": str(value)
            for name, value in self.settings(bucket).items()
        }


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """An S3 for all tests of the process; each takes a bucket of its own."""
    with serve_s3() as server:
        yield server


@pytest.fixture(scope="session")
def s3_with_rights() -> Iterator[S3Server]:
    """One that lets each key do what its policy says, and its own everything."""
    with serve_s3(keeps_rights=True) as server:
        yield server


@contextmanager
def serve_s3(
    port: int | None = None, certificate: Certificate | None = None, keeps_rights: bool = False
) -> Generator[S3Server]:
    """Run the server on the port, or on a free one, of the loopback address."""
    command = _find_server()
    port = port or _free_port()
    arguments = [*command, "-H", "127.0.0.1", "-p", str(port)]
    if certificate is not None:
        arguments += ["-s", "-c", str(certificate.certificate), "-k", str(certificate.key)]
    scheme, authority = ("https", certificate.authority) if certificate else ("http", None)
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(arguments, stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        _wait_for(process, port)
        address = f"{scheme}://127.0.0.1:{port}"
        server = S3Server(address, process=process, tls_authority=authority)
        yield _with_rights(server) if keeps_rights else server
    finally:
        # It keeps nothing that could be lost.
        process.kill()
        process.wait(10)


def _with_rights(server: S3Server) -> S3Server:
    """The server with a key that may do everything; from now on no other may do anything."""
    key_id, secret = server.new_key(_EVERYTHING)
    address = f"{server.endpoint}/moto-api/reset-auth"
    urlopen(Request(address, b"0", {"Content-Type": "text/plain"}, method="POST")).close()
    return replace(server, access_key=key_id, secret_key=secret)


def _iam(server: S3Server) -> Any:
    import boto3

    return boto3.client(
        "iam",
        endpoint_url=server.endpoint,
        region_name=server.region,
        aws_access_key_id=server.access_key,
        aws_secret_access_key=server.secret_key,
    )


def _find_server() -> list[str]:
    """The command that starts it. Without it the test is skipped; in CI it fails."""
    if find_spec("moto") and find_spec("flask"):
        return [sys.executable, "-c", "from moto.server import main; main()"]
    if found := shutil.which("moto_server"):
        return [found]
    missing = "moto's server is missing: pip install 'ledgerlake[dev]'"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert process.poll() is None, f"moto's server ended with {process.returncode}"
            assert time.monotonic() < end, "moto's server does not listen"
            time.sleep(0.05)
