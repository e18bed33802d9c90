"""nginx and haproxy on the loopback interface: the server behind, and who else could stand in front of it.

One process or thread each, as one gatewright node is one process.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from string import Template

from benchmarks.load import Target
from benchmarks.programs import ProgramFailed, find, free_port, running, wait_until_answering

_NGINX = Template("""
daemon off; master_process off; worker_processes 1; pid $directory/$name.pid; error_log $directory/$name.log crit;
events { worker_connections 2048; }
http {
    access_log off; keepalive_requests 100000000;
    client_body_temp_path $directory; proxy_temp_path $directory; fastcgi_temp_path $directory;
    uwsgi_temp_path $directory; scgi_temp_path $directory;
    $http
}
""")

_ORIGIN = Template("""
    server { listen 127.0.0.1:$port backlog=4096; default_type application/json; location / { return 200 '$body'; } }
""")

_NGINX_PROXY = Template("""
    upstream origin { server 127.0.0.1:$origin; keepalive 128; keepalive_requests 100000000; }
    server {
        listen 127.0.0.1:$port backlog=4096;
        location / { proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection ""; }
    }
""")

_HAPROXY = Template("""
global
    maxconn 4096
    nbthread 1
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    http-reuse always
frontend front
    bind 127.0.0.1:$port
    default_backend origin
backend origin
    server origin 127.0.0.1:$origin maxconn 2048
""")

_BODY = '{"message":"' + "x" * 1000 + '"}'


@contextlib.contextmanager
def nginx_origin(directory: Path) -> Iterator[Target]:
    """Run the server that the proxies call: nginx answering 1 KiB of JSON out of its configuration."""
    port = free_port()
    with _nginx(directory, "origin", port, _ORIGIN.substitute(port=port, body=_BODY)) as target:
        yield target


@contextlib.contextmanager
def nginx_proxy(directory: Path, origin: Target) -> Iterator[Target]:
    """Run nginx with pooled upstream connections in front of the origin."""
    port = free_port()
    with _nginx(directory, "nginx", port, _NGINX_PROXY.substitute(port=port, origin=origin.port)) as target:
        yield target


@contextlib.contextmanager
def haproxy(directory: Path, origin: Target) -> Iterator[Target]:
    """Run haproxy in front of the origin."""
    port = free_port()
    configuration = directory / "haproxy.cfg"
    configuration.write_text(_HAPROXY.substitute(port=port, origin=origin.port))
    log = directory / "haproxy.log"
    with running([_path("haproxy"), "-db", "-q", "-f", str(configuration)], log) as process:
        wait_until_answering(process, port, "/", log)
        yield Target("haproxy", port, pid=process.pid)


@contextlib.contextmanager
def _nginx(directory: Path, name: str, port: int, http: str) -> Iterator[Target]:
    configuration = directory / f"{name}.conf"
    configuration.write_text(_NGINX.substitute(directory=directory, name=name, http=http))
    log = directory / f"{name}.log"
    with running([_path("nginx"), "-c", str(configuration), "-e", str(log)], log) as process:
        wait_until_answering(process, port, "/", log)
        yield Target(name, port, pid=process.pid)


def _path(program: str) -> str:
    path = find(program)
    if path is None:
        raise ProgramFailed(f"{program} is missing")
    return path
