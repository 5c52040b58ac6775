import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from pipeline.cli_processes import count_staged, descendants

_PARENT = """
    import subprocess, sys, time
    from pipeline.cli_processes import end_on_signals
    with end_on_signals():
        # a shell with a child, as Beam starts its workers
        worker = subprocess.Popen(["sh", "-c", "sleep 60 & echo $!; wait"], stdout=subprocess.PIPE, text=True)
        print(worker.pid, worker.stdout.readline().strip(), flush=True)
        {waiting}
"""
_WAITS = {
    "in Python": "time.sleep(60)",
    # Never comes back and is not woken by a signal, like a wait inside gRPC.
    "in C": "import ctypes; c = ctypes.CDLL(None); lock = ctypes.create_string_buffer(128); "
    "c.pthread_mutex_lock(lock); c.pthread_mutex_lock(lock)",
}


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see whether the workers are gone")
@pytest.mark.parametrize("wait", _WAITS)
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_to_the_driver_alone_ends_it_and_all_workers_at_once(wait: str, number: int, code: int) -> None:
    script = textwrap.dedent(_PARENT).format(waiting=_WAITS[wait])
    driver = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert driver.stdout is not None
    workers = [int(word) for word in driver.stdout.readline().split()]
    assert len(workers) == 2
    assert all(map(is_alive, workers))
    driver.send_signal(number)
    _, errors = driver.communicate(timeout=20)
    assert driver.returncode == code
    assert "the same command continues" in errors
    assert "Traceback" not in errors
    until = time.monotonic() + 5
    while any(map(is_alive, workers)) and time.monotonic() < until:
        time.sleep(0.01)
    assert not any(map(is_alive, workers))


def test_handlers_are_put_back() -> None:
    script = """
        import signal
        from pipeline.cli_processes import end_on_signals
        before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
        with end_on_signals():
            assert signal.getsignal(signal.SIGINT) not in before
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
        assert signal.set_wakeup_fd(-1) == -1
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_thread_other_than_the_main_one_may_use_it_too() -> None:
    script = """
        import threading
        from pipeline.cli_processes import end_on_signals
        done = []
        def work():
            with end_on_signals():
                done.append(1)
        thread = threading.Thread(target=work); thread.start(); thread.join()
        assert done
    """
    assert subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False).returncode == 0


def test_descendants_are_found_over_generations() -> None:
    worker = subprocess.Popen(["sh", "-c", "sleep 30 & echo $!; wait"], stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    try:
        below = descendants(os.getpid())
        child = int(worker.stdout.readline())
        below = descendants(os.getpid())
        assert worker.pid in below
        assert child in below
        assert below.index(worker.pid) < below.index(child)
        assert os.getpid() not in below
    finally:
        for pid in descendants(worker.pid):
            os.kill(pid, signal.SIGKILL)
        worker.kill()
        worker.communicate()


def test_what_is_staged_is_counted_for_one_output_only(tmp_path: Path) -> None:
    staged = (".out.copydesk/staged/ab/1/split.json", ".out.copydesk/staged/ab/2/shard-0.parquet", ".b.copydesk/staged/ab/1/split.json")
    for name in staged:
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    assert count_staged(str(tmp_path / "out")) == 1
    assert count_staged(str(tmp_path / "none")) == 0
