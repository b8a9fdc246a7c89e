"""The systems under test: where each comes from, how it is started, and which profile predicts it.

Everything is kept in one cache folder. A system that cannot be had is absent, with the reason; absent is not an error.
"""
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Callable

import drain_scenarios
import node_http1_scenarios
import node_http2_scenarios
import node_net_scenarios
from scenarios import Suite
from server_process import ServerProcess

SERVERS = Path(__file__).resolve().parent / "servers"


class Absent(Exception):
    """The system cannot be had here; the message says why."""


@dataclass(frozen=True)
class Peer:
    """A system that plays our scenarios."""
    name: str       # of its folder of logs
    profile: str
    suites: tuple[Suite, ...]
    find: Callable    # (cache, may_install) -> what `start` needs; raises Absent
    start: Callable   # (found, recording, suite, scenario) -> ServerProcess
    client_options: dict = field(default_factory=dict)
    stands_for: str = ""  # the system whose name a log's folder has to bear for `lastcall import`, if that is not its own


@dataclass(frozen=True)
class RecordingPeer:
    """A system with a program of its own that plays all its scenarios in one run."""
    name: str
    profile: str
    suite: Suite      # whose scenarios are the logs that come of it
    find: Callable    # (cache, may_install) -> what `record` needs; raises Absent
    record: Callable  # (found, folder): writes the logs; raises Absent
    stands_for: str = ""


def run(command, what, **options):
    """Runs a package manager's or compiler's command; its failure makes the system absent."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False, **options)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Absent(f"{what}: {error}") from error
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()
        raise Absent(f"{what}: {said[-1]}")
    return done.stdout


def installed(path, may_install, install, what):
    """The path, after installing what should be there if it is not and may be."""
    if not path.exists() and may_install:
        install()
    if not path.exists():
        raise Absent(f"{what} is not installed in the cache")
    return path


def of_version(binary, option, version):
    """The binary, if it says that it is of this version: predictions are made for releases."""
    done = subprocess.run([str(binary), option], capture_output=True, text=True, timeout=60, check=False)
    said = (done.stdout + done.stderr).strip().splitlines()
    if not said or version not in said[0]:
        raise Absent(f"{binary.name} is not {version}: {said[0] if said else 'it does not say its version'}")
    return binary


# Node: the npm packages node-<os>-<machine> carry the released binary.

def find_node(version):
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine().lower())
    package = f"node-{platform.system().lower()}-{machine}"

    def find(cache, may_install):
        folder = cache / f"node-{version}"

        def install():
            if shutil.which("npm") is None:
                raise Absent("npm is missing, which would fetch it")
            run(["npm", "install", "--silent", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts",
                 "--prefix", str(folder), f"{package}@{version}"], f"npm install {package}@{version}")
        binary = installed(folder / "node_modules" / package / "bin" / "node", may_install, install, f"Node {version}")
        return of_version(binary, "--version", version)
    return find


PROGRAMS = {"h2": ("node_h2_server.js", {"api": "stream", "errListeners": True, "opts": {}}),
            "h1": ("node_h1_server.js", {}), "net": ("node_net_server.js", {})}


def start_node(binary, recording, suite, scenario):
    program, defaults = PROGRAMS[suite.name]
    options = {**defaults, **scenario.options}
    recording.event("scenario", program=program, options=options)
    return ServerProcess(recording, [str(binary), str(SERVERS / program), json.dumps(options)],
                         remarks=("server stdout", "server stderr"))


def node(version):
    suites = node_http2_scenarios.suite, node_http1_scenarios.suite, node_net_scenarios.suite
    return Peer(f"node-{version}", f"node-{version}", suites, find_node(version), start_node)


# Debian packages: unpacked into the cache, not installed, so that no service starts and no other version gives way.

def unpacked(cache, may_install, packages, path):
    """The file at `path` of the packages."""
    folder = cache / f"debian-{packages[0]}"

    def install():
        if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
            raise Absent("apt-get or dpkg-deb is missing, which would fetch it")
        archives = folder / "archives"
        archives.mkdir(parents=True, exist_ok=True)
        run(["apt-get", "download", *packages], f"apt-get download {' '.join(packages)}", cwd=archives)
        for archive in sorted(archives.glob("*.deb")):
            run(["dpkg-deb", "-x", str(archive), str(folder)], f"dpkg-deb -x {archive.name}")
    return installed(folder / path, may_install, install, f"Debian's {packages[0]}")


def documents(cache):
    """The folder that the servers of files serve."""
    folder = cache / "documents"
    folder.mkdir(parents=True, exist_ok=True)
    for name, length in (("small", 2), ("big", 300_000), ("huge", 8_000_000)):
        if not (folder / name).exists() or (folder / name).stat().st_size != length:
            (folder / name).write_bytes(b"x" * length)
    return folder


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def when_it_listens(server, port):
    """Waits until a server that says nothing accepts connections, and tells its port."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and not server.has_exited():
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            server.port = port
            break
        except OSError:
            time.sleep(0.02)
    return server


def written_configuration(cache, template, **names):
    """A folder of the server's own with its configuration, in which @NAMES@ are filled in."""
    folder = Path(tempfile.mkdtemp(prefix="server-", dir=cache))
    configuration = (SERVERS / template).read_text(encoding="utf-8")
    for name, value in {"FOLDER": folder, "ROOT": documents(cache), **names}.items():
        configuration = configuration.replace(f"@{name}@", str(value))
    (folder / "server.conf").write_text(configuration, encoding="utf-8")
    return folder


def nginx(name, profile, main=""):
    def find(cache, may_install):
        return of_version(unpacked(cache, may_install, ["nginx"], "usr/sbin/nginx"), "-v", "nginx/1.22.1"), cache

    def start(found, recording, _suite, _scenario):
        binary, cache = found
        port = free_port()
        folder = written_configuration(cache, "nginx.conf.in", PORT=port, MAIN=main)
        command = [str(binary), "-p", str(folder), "-e", "stderr", "-c", str(folder / "server.conf")]
        server = ServerProcess(recording, command, folder=folder)
        server.graceful_signal = signal.SIGQUIT
        return when_it_listens(server, port)
    return Peer(name, profile, (drain_scenarios.suite,), find, start)


def h2o(name, profile, graceful_timeout=0):
    def find(cache, may_install):
        return of_version(unpacked(cache, may_install, ["h2o"], "usr/bin/h2o"), "--version", "h2o version 2.2.5"), cache

    def start(found, recording, _suite, _scenario):
        binary, cache = found
        port = free_port()
        folder = written_configuration(cache, "h2o.conf.in", PORT=port, GRACEFUL=graceful_timeout)
        return when_it_listens(ServerProcess(recording, [str(binary), "-c", str(folder / "server.conf")], folder=folder), port)
    return Peer(name, profile, (drain_scenarios.suite,), find, start)


def nghttpd():
    def find(cache, may_install):
        binary = unpacked(cache, may_install, ["nghttp2-server"], "usr/sbin/nghttpd")
        return of_version(binary, "--version", "nghttp2/1.52.0"), documents(cache)

    def start(found, recording, _suite, _scenario):
        binary, root = found
        port = free_port()
        command = [str(binary), "--no-tls", "-a", "127.0.0.1", "-d", str(root), str(port)]
        return when_it_listens(ServerProcess(recording, command), port)
    return Peer("nghttpd-1.52.0", "nghttpd-1.52", (drain_scenarios.suite,), find, start)


# Go: Debian's Go 1.19. Its net/http carries an HTTP/2 of its own; a version of golang.org/x/net may take its place, which is how
# the code of other releases is had.

def go(name, profile, timeout=None, xnet=None, stands_for=""):
    def find(cache, may_install):
        go_command = of_version(unpacked(cache, may_install, ["golang-1.19-go", "golang-1.19-src"], "usr/lib/go-1.19/bin/go"),
                                "version", "go1.19.8")
        folder = cache / f"go-server-{xnet or 'bundled'}"
        build = partial(build_go_server, go_command, cache, folder, xnet)
        return installed(folder / "go_server", may_install, build, name), documents(cache)

    def start(found, recording, _suite, _scenario):
        binary, root = found
        return ServerProcess(recording, [str(binary), str(root), *([timeout] if timeout else [])])
    return Peer(name, profile, (drain_scenarios.suite,), find, start, {"tls": True}, stands_for)


def build_go_server(go_command, cache, folder, xnet):
    folder.mkdir(parents=True, exist_ok=True)
    for source in SERVERS.glob("go_*.go"):
        shutil.copy(source, folder)
    (folder / "go.mod").write_text("module go_server\n\ngo 1.19\n", encoding="utf-8")
    environment = {**os.environ, "GOTOOLCHAIN": "local", "GOROOT": str(go_command.parent.parent),
                   "GOPATH": str(cache / "go-modules"), "GOCACHE": str(cache / "go-build"),
                   "GOFLAGS": "-mod=mod -modcacherw -buildvcs=false"}
    if xnet:
        run([str(go_command), "get", f"golang.org/x/net@{xnet}"], f"go get golang.org/x/net@{xnet}", cwd=folder, env=environment)
    tags = "xnet" if xnet else ""
    run([str(go_command), "build", "-tags", tags, "-o", "go_server", "."], "go build", cwd=folder, env=environment)


# Jetty: tests/peers/jetty/run fetches it from Maven Central and records what a servlet is told of RST_STREAM.

def jetty(version, profile):
    name = f"jetty-{version}"

    def find(cache, may_install):
        if not may_install and not (cache / "jetty" / version / "lib").is_dir():
            raise Absent(f"Jetty {version} is not in the cache")
        return cache / "jetty"

    def record(cache, folder):
        done = subprocess.run([sys.executable, str(SERVERS.parent / "jetty" / "run"), "--version", version, "--cache", str(cache),
                               "--out", str(folder.parent / "jetty")], capture_output=True, text=True, timeout=1200, check=False)
        if done.returncode == 77:
            raise Absent(done.stdout.strip().removeprefix("skipped: "))
        if done.returncode != 0:
            raise OSError(done.stderr.strip() or f"tests/peers/jetty/run ended with {done.returncode}")
        (folder.parent / "jetty" / version).replace(folder)
    return RecordingPeer(name, profile, JETTY_SUITE, find, record)


JETTY_SUITE = Suite("servlet", prefix="")

# The last three were never measured: what the profile of the nearest older release says of them is a prediction.
NODE_RELEASES = ("20.3.1", "20.20.2", "23.1.0", "24.21.0", "26.10.0", "18.20.8", "22.12.0", "25.2.0")

# The last version of golang.org/x/net before the repair of CVE-2022-27664, and the repair: it came to Go with 1.18.6.
XNET_FAULTY = "v0.0.0-20220826154423-83b083e8dc8b"
XNET_REPAIRED = "v0.0.0-20220906165146-f3363e06e74c"


def all_peers():
    return [
        *map(node, NODE_RELEASES),
        nginx("nginx-1.22.1", "nginx-1.22"),
        nginx("nginx-1.22.1+worker_shutdown_timeout=3s", "nginx-1.22+worker_shutdown_timeout", "worker_shutdown_timeout 3s;"),
        h2o("h2o-2.2.5", "h2o-2.2.5"),
        h2o("h2o-2.2.5+graceful-shutdown-timeout=3", "h2o-2.2.5+graceful-shutdown-timeout", graceful_timeout=3),
        nghttpd(),
        go("go-tls-notimeout-1.19.8", "go-1.19.8"),
        go("go-tls-1.19.8", "go-1.19.8+timeout", timeout="10s"),
        go("go-xnet-20220826", "go-1.18.5", xnet=XNET_FAULTY, stands_for="go-tls-notimeout-1.18.5"),
        go("go-xnet-20220906", "go-1.18.6", xnet=XNET_REPAIRED, stands_for="go-tls-notimeout-1.18.6"),
        jetty("9.4.57", "jetty-9.4.57"),
        jetty("11.0.24", "jetty-11"),
        *(jetty(version, f"jetty-{version}") for version in ("12.0.14-ee9", "12.0.14-ee10", "12.0.15-ee9")),
        jetty("12.0.15-ee10", "jetty-12.0.15"),
    ]
