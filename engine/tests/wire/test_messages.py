"""The header of the messages lists all of them."""

import msgspec

from assay.wire import messages


def test_the_header_lists_every_message():
    table = messages.__doc__.partition("\n\n")[2].partition("\n\n")[0]
    listed = {word.strip(",") for line in table.splitlines() for word in line.rpartition("   ")[2].split()}
    defined = {name for name, found in vars(messages).items() if isinstance(found, type(msgspec.Struct))}
    assert defined - listed == set()
