"""How dev.py speaks: plain lines, and one clear sentence when something is missing."""


class SetupError(Exception):
    """The work cannot go on; the message is the sentence to show, with what to do about it."""


def say(line: str) -> None:
    print(line, flush=True)
