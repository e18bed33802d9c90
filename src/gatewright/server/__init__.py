"""One node: the composition root. It builds every object, joins the planes, and starts and stops them."""

from gatewright.server.node import Server

__all__ = ["Server"]
