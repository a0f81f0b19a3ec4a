"""`reviewbot serve DIR`: browses a folder of finished reviews on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from reviewbot.errors import InputError, UsageError
from reviewbot.text import visible

__all__ = ["serve"]

_ADDRESS = "127.0.0.1"
_INTERRUPTED = 130


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, metavar="N",
              help="The port on 127.0.0.1; 0 takes a free one.")
@click.option("-q", "--quiet", is_flag=True, help="Do not print the address.")
def serve(folder: Path, port: int, *, quiet: bool) -> None:
    """Browse the finished reviews of a folder in a web browser, on this machine only.

    DIR holds what 'reviewbot review -o json=DIR/NAME.json -o html=DIR/NAME.html' wrote, also in folders below it. The
    list can be searched, and sorted by weight and date. Ctrl-C ends it.
    """
    # Only this command needs a server.
    from waitress.server import create_server  # noqa: PLC0415

    from reviewbot.cli.shelf_server import Server, local_hosts  # noqa: PLC0415
    from reviewbot.report.shelf import Shelf  # noqa: PLC0415

    if folder.is_file():
        raise InputError("this is a file", where=str(folder), hint=f"name its folder, {visible(str(folder.parent))}")
    if not folder.is_dir():
        raise InputError("no such folder", where=str(folder), hint="name the folder that holds the JSON of reviews")
    application = Server(Shelf(folder.resolve()), frozenset())
    try:
        server = create_server(application, host=_ADDRESS, port=port, threads=2, ident=None, connection_limit=50,
                               channel_timeout=30, max_request_header_size=16384, max_request_body_size=1024,
                               clear_untrusted_proxy_headers=True)
    except OSError as error:
        raise UsageError(f"cannot listen on port {port}: {error.strerror}",
                         hint="--port 0 takes a free one") from error
    application.hosts = local_hosts(int(server.effective_port))
    if not quiet:
        click.echo(f"http://{_ADDRESS}:{server.effective_port}/")
    server.run()  # returns when it is interrupted
    click.get_current_context().exit(_INTERRUPTED)
