"""The supervisor with real processes: starts, crashes, hangs, stops."""

from __future__ import annotations

import os
import re
import signal
import time
from functools import partial
from pathlib import Path

from domain.status import ProcessState, Status
from tests.control.cli.test_command_line import command
from tests.control.supervisors import Running, alive, eventually, supervisor

QUICK = {
    "MASQUERADE_SUPERVISOR__BACKOFF_FIRST": "0.01",
    "MASQUERADE_SUPERVISOR__BACKOFF_MAX": "0.02",
    "MASQUERADE_SUPERVISOR__RESTART_BUDGET": "3",
    "MASQUERADE_SUPERVISOR__DRAIN_SECONDS": "1",
}


async def pids(running: Running) -> list[int]:
    return [process.pid for process in (await running.status()).processes]


async def told_by_a_child(running: Running) -> Status | None:
    """Once a problem of its own is in it, not that it does not answer yet."""
    status = await running.status()
    return status if any("Redis" in problem for problem in status.problems) else None


async def test_everything_ready_is_announced_once_and_healthy(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=works", "panel=works") as running:
        await running.says("STARTED 2")
        status = await running.status()
    assert status.healthy
    assert [process.name for process in status.processes] == ["worker-1", "panel"]
    assert all(process.memory_mb > 1 for process in status.processes)
    assert status.figures == {"chats": 1, "relayed": 5}
    assert status.bots[0].username == "first_bot"


async def test_of_a_saved_setting_a_process_that_starts_is_neither_late_nor_counted(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=has_settings", "worker-2=never_ready", "worker-3=works") as running:
        await running.becomes("worker-1", ProcessState.READY)
        await running.becomes("worker-3", ProcessState.READY)
        code, text = await command(tmp_path, "config", "set", "profile.max_age", "90")
    assert code == 1
    assert "In force in 1 of 2 processes" in text
    assert "worker-2 is starting, and reads this in its start" in text
    assert "worker-3 is late: " in text


async def test_where_the_others_have_it_a_process_that_starts_is_no_failure(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=has_settings", "worker-2=never_ready") as running:
        await running.becomes("worker-1", ProcessState.READY)
        code, text = await command(tmp_path, "config", "set", "profile.max_age", "90")
    assert code == 0
    assert "In force in 1 of 1 processes" in text


async def test_a_token_under_another_programs_name_is_said_at_the_start(tmp_path: Path) -> None:
    token = f"123456789:{'A' * 35}"
    async with supervisor(tmp_path, "worker-1=works", environ={"TELEGRAM_BOT_TOKEN": token}) as running:
        warned = await running.says("WARNED")
        assert warned == "WARNED TELEGRAM_BOT_TOKEN is not a setting and changes nothing; was BOT_TOKENS meant?"
        await running.says("STARTED")
        assert "A" * 35 not in running.log()


async def test_workers_reports_are_merged(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=works", "worker-2=works") as running:
        await running.says("STARTED")
        status = await running.status()
    assert status.figures == {"chats": 1, "relayed": 10}
    assert (status.actors[0].alive, status.actors[0].deepest) == (4, 3)
    assert len(status.bots) == 1


async def test_a_crashing_child_goes_through_back_off_to_fatal_and_status_says_so(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=works", "panel=crashes", environ=QUICK) as running:
        panel = await running.becomes("panel", ProcessState.FATAL)
        status = await running.status()
    assert panel.restarts == 3
    assert "RuntimeError" in panel.last_error
    assert not status.healthy
    assert any("panel is down for good" in problem and "RuntimeError" in problem for problem in status.problems)
    assert "backoff --again--> starting" in running.log()
    assert "RuntimeError" in running.log("error")


async def test_a_killed_child_comes_back_under_a_new_process(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=works", environ=QUICK) as running:
        await running.says("STARTED")
        before = await running.one("worker-1")
        os.kill(before.pid, signal.SIGKILL)

        async def returned() -> bool:
            now = await running.one("worker-1")
            return now.pid != before.pid and now.state is ProcessState.READY

        await eventually(returned)
        worker = await running.one("worker-1")
        assert (worker.restarts, worker.last_error) == (1, "killed by SIGKILL")
        assert "killed by SIGKILL" in running.log()


async def test_a_child_with_a_wrong_setting_is_not_started_again(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=refuses") as running:
        worker = await running.becomes("worker-1", ProcessState.FATAL)
    assert worker.restarts == 0
    assert worker.last_error == "BOT_TOKENS is wrong; mend it"


async def test_a_child_that_hangs_is_killed_and_started_again(tmp_path: Path) -> None:
    environ = {**QUICK, "MASQUERADE_SUPERVISOR__HEARTBEAT_SECONDS": "1", "MASQUERADE_SUPERVISOR__START_SECONDS": "1"}
    async with supervisor(tmp_path, "worker-1=hangs", environ=environ) as running:
        assert "no heartbeat for 1 s" in await running.says("WARNED worker-1 hung")
        assert "started again" in await running.says("WARNED worker-1 ended (killed by SIGKILL)")


async def test_a_child_that_uses_too_much_memory_is_restarted_gracefully(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=grows", environ=QUICK) as running:
        assert "supervisor.memory_limit_mb" in await running.says("WARNED worker-1 is restarted")
        await running.says("WARNED worker-1 is restarted")
        assert "worker-1 draining --again--> starting" in running.log()
        assert "backoff" not in running.log()


async def all_grow(tmp_path: Path, running: Running, then: str) -> None:
    """All workers use too much memory; whoever is started after that behaves as `then` says."""
    await running.says("STARTED")
    (tmp_path / "behaviour").write_text(then)
    (tmp_path / "grow").touch()


async def test_workers_that_use_too_much_memory_are_restarted_one_after_the_other(tmp_path: Path) -> None:
    (tmp_path / "behaviour").write_text("grows_when_told")
    workers = tuple(f"worker-{number}=as_the_file_says" for number in (1, 2, 3))
    async with supervisor(tmp_path, *workers, environ=QUICK) as running:
        await all_grow(tmp_path, running, "works")
        for _ in workers:
            await running.says("WARNED")
        await eventually(lambda: running.log().count("--ready--> ready") == 2 * len(workers))
        changes = re.findall(r"(worker-\d) \w+ --(?:too much memory|ready)--> (\w+)", running.log())[len(workers) :]
    assert [state for _, state in changes] == ["draining", "ready"] * len(workers)
    assert [name for name, _ in changes[::2]] == [name for name, _ in changes[1::2]]


async def test_where_one_does_not_come_back_no_other_worker_is_restarted_for_its_memory(tmp_path: Path) -> None:
    (tmp_path / "behaviour").write_text("grows_when_told")
    async with supervisor(tmp_path, "worker-1=as_the_file_says", "worker-2=as_the_file_says", environ=QUICK) as running:
        await all_grow(tmp_path, running, "refuses")
        await running.says("WARNED worker")
        assert "BOT_TOKENS is wrong" in await running.says("WARNED restart")
        states = {process.state for process in (await running.status()).processes}
    assert states == {ProcessState.FATAL, ProcessState.READY}


async def test_what_a_child_waits_for_before_it_is_ready_is_a_problem_in_status(tmp_path: Path) -> None:
    environ = {"MASQUERADE_SUPERVISOR__START_SECONDS": "0.5"}
    async with supervisor(tmp_path, "worker-1=never_ready", "panel=works", environ=environ) as running:
        await running.says("STARTED 2")
        status = await eventually(partial(told_by_a_child, running))
    assert status.problems == ("Redis at 127.0.0.1:1 cannot be reached; start it",)
    assert not status.healthy


async def test_stop_drains_and_waits_for_the_end(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=works", "panel=works") as running:
        await running.says("STARTED")
        children = await pids(running)
        assert await running.client.stop() == running.process.pid
        assert await running.client.gone(within=10)
        assert not any(map(alive, children))
        assert await running.ends() == 0
    log = running.log()
    assert log.index("panel draining --exit--> stopped") < log.index("worker-1 ready --stop--> draining")
    assert log.count("drained") == 2


async def test_ctrl_c_stops_it(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=works") as running:
        await running.says("STARTED")
        running.process.send_signal(signal.SIGINT)
        await running.says("STOPPED")
        assert await running.ends() == 0


async def test_a_stop_during_the_start_is_obeyed(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=never_ready", "panel=works") as running:
        await running.becomes("worker-1", ProcessState.STARTING)
        running.process.send_signal(signal.SIGTERM)
        assert await running.says("ST") == "STOPPED"
        assert (await running.ends()) == 0


async def test_a_child_that_does_not_stop_is_killed_at_the_deadline(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=never_stops", environ=QUICK) as running:
        await running.says("STARTED")
        running.process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert await running.ends() == 0
    assert 1 < time.monotonic() - began < 8


async def test_a_child_that_misses_its_deadline_says_so(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=ignores_the_deadline", environ=QUICK) as running:
        await running.says("STARTED")
        running.process.send_signal(signal.SIGTERM)
        assert "cancelled" in await running.says("WARNED not stopped in time")
        assert await running.ends() == 0


async def test_the_second_ctrl_c_does_not_wait(tmp_path: Path) -> None:
    environ = {"MASQUERADE_SUPERVISOR__DRAIN_SECONDS": "300"}
    async with supervisor(tmp_path, "worker-1=works", "panel=never_stops", environ=environ) as running:
        await running.says("STARTED")
        running.process.send_signal(signal.SIGINT)
        await running.becomes("panel", ProcessState.DRAINING)
        running.process.send_signal(signal.SIGINT)
        assert await running.ends() == 0


async def test_children_are_gone_a_second_after_the_supervisor_is_killed(tmp_path: Path) -> None:
    behaviours = ("works", "hangs", "ignores_the_deadline", "imports_for_long")
    children = [f"worker-{number}={behaviour}" for number, behaviour in enumerate(behaviours)]
    async with supervisor(tmp_path, *children, environ={"MASQUERADE_SUPERVISOR__START_SECONDS": "2"}) as running:
        await running.says("STARTED")
        orphans = await pids(running)
        running.process.send_signal(signal.SIGKILL)
        began = time.monotonic()
        await eventually(lambda: not any(map(alive, orphans)))
        assert time.monotonic() - began < 1.3


async def test_after_a_kill_the_next_run_waits_for_the_old_children(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=hangs") as first:
        await first.says("STARTED")
        (child,) = await pids(first)
        first.process.send_signal(signal.SIGKILL)
        await first.process.wait()
        async with supervisor(tmp_path, "worker-1=works") as second:
            await second.becomes("worker-1", ProcessState.READY)
            assert not alive(child)


async def test_a_second_run_in_the_same_folder_is_refused_and_names_the_first(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=works") as running:
        await running.says("STARTED")
        async with supervisor(tmp_path, "worker-1=works") as second:
            assert f"process {running.process.pid}" in await second.says("REFUSED")
            assert await second.ends() == 1
        assert (await running.status()).healthy


async def test_sigusr1_makes_a_child_say_what_it_does(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=works") as running:
        await running.says("STARTED")
        os.kill((await running.one("worker-1")).pid, signal.SIGUSR1)
        await eventually(lambda: "dump: task" in running.log())
