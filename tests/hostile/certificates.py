"""Certificates made for a test by the openssl program: an authority, and what it signed for hosts and for times."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

HAS_OPENSSL = shutil.which("openssl") is not None

_CONFIG = """
[ca]
default_ca = here
[here]
database = index.txt
serial = serial
new_certs_dir = .
certificate = authority.pem
private_key = authority.key
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
"""
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


@dataclass
class Authority:
    """An authority of its own in a folder."""

    folder: Path

    def __post_init__(self) -> None:
        (self.folder / "config").write_text(_CONFIG)
        (self.folder / "index.txt").touch()
        (self.folder / "serial").write_text("01\n")
        files = ("-keyout", "authority.key", "-out", "authority.pem", "-days", "2", "-subj", "/CN=Authority")
        self._run("req", "-x509", *_KEY, *files)

    def server(self, host: str, *, begins: str = "", ends: str = "", self_signed: bool = False) -> ssl.SSLContext:
        """What a server of `host` shows; times as 20260101000000Z, else from now on for two days."""
        name = f"{host}-{begins}-{ends}-{self_signed}"
        key, request, certificate = f"{name}.key", f"{name}.csr", f"{name}.pem"
        subject = ("-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}", "-keyout", key)
        if self_signed:
            self._run("req", "-x509", *_KEY, *subject, "-out", certificate, "-days", "2")
        else:
            times = (*(("-startdate", begins) if begins else ()), *(("-enddate", ends) if ends else ("-days", "2")))
            self._run("req", *_KEY, *subject, "-out", request)
            self._run("ca", "-batch", "-notext", *times, "-in", request, "-out", certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / certificate, self.folder / key)
        return context

    def trusted(self) -> ssl.SSLContext:
        """What a client has that trusts this authority and verifies as clients do."""
        return ssl.create_default_context(cafile=str(self.folder / "authority.pem"))

    def _run(self, *arguments: str) -> None:
        command = ["openssl", arguments[0], "-config", "config", *arguments[1:]]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
