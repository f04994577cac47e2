"""What a batch of messages is handed to: for each channel one connection, opened when it is needed."""

from collections.abc import Iterator
from contextlib import contextmanager

from scheduling.actions.delivery import Send
from scheduling.messaging.email import Mailer
from scheduling.models import Message


@contextmanager
def open_channels() -> Iterator[Send]:
    with Mailer() as mailer:
        senders: dict[str, Send] = {Message.Channel.EMAIL: mailer.send}

        def send(message: Message) -> None:
            senders[message.channel](message)

        yield send
