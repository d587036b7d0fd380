# ft_harness.py: what every test of the window needs: a display and a session bus of its own, TAP.
# SPDX-License-Identifier: GPL-3.0-or-later
"""A test file calls begin() first of all, which starts it again inside that display, then marks its tests with
@test and ends with sys.exit(main()). Its arguments: PROGRAM [TEST…]."""

import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile
import traceback

GROUP = "[org/friendtorrent/FriendTorrent]"
TESTS = []
FOUND = []  # what the last window that a test gave up on had


@contextlib.contextmanager
def display():
    """An X server that chooses a free number itself, so that tests of several folders can run at once. No key repeats
    itself: on a busy machine it would between its press and its release."""
    reading, writing = os.pipe()
    screen = os.environ.get("FT_UI_SCREEN", "1000x800") + "x24"
    server = subprocess.Popen(["Xvfb", "-displayfd", str(writing), "-screen", "0", screen,
                               "-nolisten", "tcp", "-noreset", "-r"], pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as numbers:
            yield ":" + numbers.readline().strip()
    finally:
        server.terminate()
        server.wait()


def start_again():
    """With everything of its own: nothing of the person who runs the tests is touched."""
    with tempfile.TemporaryDirectory(prefix="friendtorrent-ui-") as runtime, display() as name:
        os.chmod(runtime, 0o700)
        report = os.dup(1)
        environment = dict(os.environ, FT_UI_REPORT=str(report), XDG_RUNTIME_DIR=runtime, DISPLAY=name,
                           GDK_BACKEND="x11", GSETTINGS_BACKEND="keyfile", GSK_RENDERER="cairo", GTK_A11Y="atspi",
                           LC_ALL="C.UTF-8", LANGUAGE="", ADW_DISABLE_PORTAL="1")
        for variable in ("WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS"):
            environment.pop(variable, None)
        # What daemons print is no part of the report.
        return subprocess.run(["dbus-run-session", "--", sys.executable, *sys.argv], env=environment,
                              stdout=2, pass_fds=[report], check=False).returncode


def begin():
    if "FT_UI_REPORT" not in os.environ:
        sys.exit(start_again())


def test(function):
    TESTS.append(function)
    return function


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


def settings_file(home):
    return pathlib.Path(home, "config", "glib-2.0", "settings", "keyfile")


def write_settings(home, **values):
    """Settings as GVariant texts, by their keys with _ in place of -. A program that runs follows them."""
    path = settings_file(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = path.read_text().splitlines() if path.exists() else [GROUP, "dht-routers=@as []"]
    names = {key.replace("_", "-") for key in values}
    kept = [line for line in lines if line.split("=")[0] not in names]
    new = [f"{key.replace('_', '-')}={value}" for key, value in values.items()]
    # In one step, as GLib does it: nobody reads half of it.
    whole = path.with_suffix(".new")
    whole.write_text("\n".join(kept + new) + "\n")
    whole.replace(path)


def set_until(home, what, condition, **values):
    """Settings of a program that runs: it may write its own at the same moment, and one of the two is lost."""
    from ft_face import wait_for

    def try_again():
        if condition():
            return True
        write_settings(home, **values)
        return False

    wait_for(what, try_again)


def read_setting(home, key):
    """A setting as GVariant text, or None while it has its default."""
    path = settings_file(home)
    for line in path.read_text().splitlines() if path.exists() else []:
        if line.startswith(key + "="):
            return line[len(key) + 1:]
    return None


@contextlib.contextmanager
def running(home, *arguments, program=None, asks=False):
    """The program with a home of its own; it must have complained of nothing. Unless it ASKS how, it adds at once."""
    from ft_face import Face  # finds the session bus of this process: only inside it

    # Other tests may run at the same time.
    if read_setting(home, "listen-port") is None:
        write_settings(home, listen_port="uint32 0")
    # Nobody around this machine is spoken to.
    for key in ("port-mapping", "lsd"):
        if read_setting(home, key) is None:
            write_settings(home, **{key.replace("-", "_"): "false"})
    if not asks and read_setting(home, "show-add-dialog") is None:
        write_settings(home, show_add_dialog="false")
    face = Face(program if program is not None else sys.argv[1], home, *arguments)
    try:
        yield face
    except Exception as error:
        status, FOUND[:] = face.process.poll(), face.describe()
        said = "; ".join(face.end()) or "nothing"
        raise AssertionError(f"{error}; the program has the status {status} and complained of {said}") from error
    complaints = face.end()
    expect(not complaints, "it complained: " + "; ".join(complaints))


def main():
    chosen = [function for function in TESTS if not sys.argv[2:] or function.__name__ in sys.argv[2:]]
    failed = False
    with os.fdopen(int(os.environ["FT_UI_REPORT"]), "w", buffering=1) as report:
        print(f"1..{len(chosen)}", file=report)
        for number, function in enumerate(chosen, 1):
            with tempfile.TemporaryDirectory(prefix="friendtorrent-ui-home-") as home:
                FOUND.clear()
                try:
                    function(home)
                    print(f"ok {number} {function.__name__}", file=report)
                except Exception:  # noqa: BLE001: whatever it is, the other tests still run
                    failed = True
                    for line in FOUND + traceback.format_exc().splitlines():
                        print("#", line, file=report)
                    print(f"not ok {number} {function.__name__}", file=report)
    return 1 if failed else 0

