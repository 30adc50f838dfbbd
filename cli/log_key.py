"""The log's key, for commands that sign; and checkpoints that somebody hands in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.errors import failure
from cli.extras import needs
from cli.session import reading

if TYPE_CHECKING:
    from pathlib import Path

    from cli.settings import Settings
    from ledger.log.notes import Checkpoint, VerifierKey
    from ledger.log.signing import LogKey


def own_key(settings: Settings) -> LogKey:
    """Give the key that lies in the store's folder.

    Raises:
        StoreMissing: there is no store, which is said rather than that its key is missing.
        LogKeyMissing: there is none.
        Failure: the extra [signing] is not installed.
    """
    with needs(settings, "signing"):
        from ledger.errors import LogKeyMissing
        from ledger.log.signing import read_own_key

        try:
            return read_own_key(settings.store)
        except LogKeyMissing:
            with reading(settings):  # where there is no store at all, that is what is said
                raise


def signed_by(settings: Settings, key: VerifierKey, *, path: Path) -> tuple[Checkpoint, str]:
    """Read the checkpoint in a file, and see that a key signed it.

    Raises:
        Failure: it is none, or the key did not sign it.
    """
    with needs(settings, "signing"):
        from ledger.log.notes import BadNote
        from ledger.log.signing import verified

    try:
        written = path.read_text(encoding="utf-8")
        return verified(written, key), written
    except BadNote as bad:
        code = "bad_checkpoint"
        raise failure(code, bad.says.say(settings.lang), where=str(path)) from bad
    except UnicodeDecodeError as error:
        code = "bad_checkpoint"
        raise failure(code, str(error), where=str(path)) from error
