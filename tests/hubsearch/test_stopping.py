"""A worker hears that it is to stop, at whatever moment it is told."""

import signal
import subprocess
import sys
import threading
import time

from hubsearch.work.stopping import Stop
from tests.conftest import ROOT

BUSY = """
from hubsearch.work.stopping import Stop
stop = Stop()
stop.listen()
print("ready", flush=True)
while not stop.wait(0):
    pass
print("heard", flush=True)
"""


def test_a_signal_is_heard_in_the_middle_of_a_wait() -> None:
    """Again and again, because a lock would only now and then be held in that very moment."""
    for number in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", BUSY], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as told:
            assert told.stdout is not None
            assert told.stdout.readline() == "ready\n"
            time.sleep(0.01 * number)
            told.send_signal(signal.SIGTERM)
            assert told.communicate(timeout=60)[0] == "heard\n"


def test_everybody_who_waits_is_woken_and_whoever_comes_later_does_not_wait() -> None:
    stop = Stop()
    threads = [threading.Thread(target=stop.wait, args=(600,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert not stop.wanted()
    assert not stop.wait(0)
    stop.say()
    stop.say()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert stop.wait(600)
    assert not stop.signalled
