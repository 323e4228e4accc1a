"""Messages through a pipe: whole, in their order, without waiting for the other side until the end."""

from __future__ import annotations

import os
import threading

from iamlint.project.messages import Inbox, Outbox

LARGE = [f"{number:07}" * 9 for number in range(40_000)]
"""More than any pipe holds."""


def test_messages_arrive_as_soon_as_they_are_sent() -> None:
    from_there, to_here = os.pipe()
    inbox, outbox = Inbox(from_there), Outbox(to_here)
    inbox.look()
    assert inbox.messages == []
    outbox.send({1: "one"})
    outbox.send({})
    inbox.look()
    assert inbox.messages == [{1: "one"}, {}]
    outbox.send(("last",))
    outbox.close()
    inbox.wait()
    assert inbox.messages == [{1: "one"}, {}, ("last",)]
    inbox.close()
    inbox.close()


def test_nobody_waits_while_a_pipe_is_full_or_a_message_on_its_way() -> None:
    from_there, to_here = os.pipe()
    inbox, outbox = Inbox(from_there), Outbox(to_here)
    outbox.send(LARGE)
    outbox.send("small")
    inbox.look()
    assert inbox.messages == []
    rest = threading.Thread(target=outbox.close)
    rest.start()
    inbox.wait()
    rest.join()
    assert inbox.messages == [LARGE, "small"]
    inbox.close()


def test_half_a_message_is_none() -> None:
    from_there, to_here = os.pipe()
    inbox, outbox = Inbox(from_there), Outbox(to_here)
    outbox.send("whole")
    os.set_blocking(to_here, True)
    os.write(to_here, (100).to_bytes(8, "little") + b"half")
    os.close(to_here)
    inbox.wait()
    assert inbox.messages == ["whole"]
    inbox.close()
