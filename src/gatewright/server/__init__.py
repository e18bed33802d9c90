"""One node: started and stopped by `start`, built by `node`, the composition root."""

from gatewright.server.start import Server

__all__ = ["Server"]
