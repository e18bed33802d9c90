"""What happens when files are saved: a function gets its new code, a template becomes the stack once more.

watchfiles tells what was saved: docs/decisions/0024-watching-files.md.
"""

import queue
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gatewright.base.errors import GatewrightError
from gatewright.cli.deploy.archives import is_left_out
from gatewright.cli.deploy.packaging import FunctionCode, Packaged
from gatewright.cli.deploy.session import Screen, Session

_STEP_MS: Final = 10
"""For how long nothing must be saved any more before what was saved is looked at."""
_LONGEST_MS: Final = 300
_WAKE_MS: Final = 100


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved, as far as a stack is made of it."""

    functions: tuple[FunctionCode, ...]
    """Those whose code it is."""
    changes_stack: bool
    """Whether it is the template, or anything else that the stack is deployed for."""
    moves_places: bool = False
    """Whether a directory of code came or went: it has to be watched anew."""


def sort_out(paths: Collection[Path], packaged: Packaged) -> Saved:
    """Say what saved files are to a stack."""
    functions = tuple(each for each in packaged.functions if any(_is_in(path, each.artifact.path) for path in paths))
    places = {*packaged.others, *(each.artifact.path for each in packaged.functions)}
    return Saved(
        functions,
        any(_is_in(path, other) for path in paths for other in packaged.others),
        any(path in places and not path.is_file() for path in paths),
    )


def _is_in(path: Path, place: Path) -> bool:
    if path == place:
        return True
    return path.is_relative_to(place) and not any(map(is_left_out, path.relative_to(place).parts))


def watch(session: Session, screen: Screen) -> None:
    """Deploy, and again when files are saved, until it is interrupted.

    What goes wrong is shown, and the next save tries again. Raises `DeployFailed` when there is nothing to watch.
    """
    Watching(session, screen, session.package()).run()


class Watching:
    """A session that goes on."""

    def __init__(self, session: Session, screen: Screen, packaged: Packaged) -> None:
        self._session = session
        self._screen = screen
        self._packaged = packaged
        """What was deployed last."""
        self._complaint = ""

    def run(self) -> None:
        """Deploy what there is, and all that comes."""
        self._deploy(self._packaged)
        while True:
            with Files(self._packaged) as files:
                # Something may have been saved before its place was watched.
                following = self._look_again()
                if following is None:
                    self._screen.say("watching for saved files (Ctrl-C ends)")
                    self._serve_saves(files)
                    following = self._look_again()
            if following is not None:
                self._deploy(following)

    def _look_again(self) -> Packaged | None:
        """Package once more; return None when there is nothing new, or nothing that can be deployed."""
        try:
            following = self._session.package()
        except GatewrightError as error:
            self._complain(str(error))
            return None
        self._complaint = ""
        return None if following.text == self._packaged.text else following

    def _deploy(self, packaged: Packaged) -> None:
        self._packaged = packaged
        try:
            self._session.deploy(packaged)
        except GatewrightError as error:
            self._complain(str(error))

    def _serve_saves(self, files: "Files") -> None:
        """Give functions their new code, until something is saved that takes more."""
        while True:
            saved = sort_out(files.next(), self._packaged)
            if saved.changes_stack or saved.moves_places:
                return
            for function in saved.functions:
                self._update(function)

    def _update(self, function: FunctionCode) -> None:
        began = time.monotonic()
        name = "/".join(function.logical_ids)
        try:
            if self._session.update(function):
                took_ms = (time.monotonic() - began) * 1000
                self._screen.say(f"{time.strftime('%H:%M:%S')}  {name} has its new code ({took_ms:.0f} ms)")
        except GatewrightError as error:
            self._complain(f"{name}: {error}")

    def _complain(self, text: str) -> None:
        """Say what is wrong, once for as long as it is."""
        if text != self._complaint:
            self._screen.say(f"gatewright: {text}")
        self._complaint = text


class Files:
    """The files of a stack, watched for the length of a block."""

    def __init__(self, packaged: Packaged) -> None:
        places = [each.artifact.path for each in packaged.functions] + packaged.others
        self._trees = {place for place in places if place.is_dir()}
        # An editor puts another file in the place of the one that it saves: what stays is the directory.
        self._folders = {place.parent for place in places if place.parent.is_dir()}
        self._saved: queue.SimpleQueue[set[Path]] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> "Files":
        for paths, is_recursive in ((self._trees, True), (self._folders, False)):
            if paths:
                is_ready = threading.Event()
                arguments = (paths, is_recursive, is_ready)
                thread = threading.Thread(target=self._watch, args=arguments, name="watch", daemon=True)
                thread.start()
                self._threads.append(thread)
                is_ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def next(self) -> set[Path]:
        """Return the paths that were saved next."""
        while True:
            try:
                return self._saved.get(timeout=_WAKE_MS / 1000)  # so that Ctrl-C is noticed
            except queue.Empty:
                continue

    def _watch(self, paths: set[Path], is_recursive: bool, is_ready: threading.Event) -> None:
        import watchfiles

        try:
            for changes in watchfiles.watch(
                *paths,
                watch_filter=None,
                debounce=_LONGEST_MS,
                step=_STEP_MS,
                stop_event=self._stop,
                rust_timeout=_WAKE_MS,
                yield_on_timeout=True,  # the first time that nothing was saved, everything is watched
                recursive=is_recursive,
                raise_interrupt=False,
            ):
                is_ready.set()
                if changes:
                    self._saved.put({Path(path) for _, path in changes})
        except FileNotFoundError:  # one of them has just gone
            self._saved.put(paths)
        finally:
            is_ready.set()
